// Two feeds before the same simulated person, step by step, and what feeds earn from many people beside the best there is.
import { ask, saying } from "./ask.js";
import { $, count, element, fail, fillTable } from "./parts.js";

const people = 500; // of a try
const atOnce = 25; // of one question
const secondsAStep = 0.7;

let choices; // what the service can simulate
let session = null; // what was watched last: {topics, steps, feeds}
let playing = null; // the timer
let trying = null; // what stops the try

const number = (value) => value.toLocaleString("en", { maximumFractionDigits: 2 });
const specifications = Promise.all(["theme.json", "earned.vg.json", "many.vg.json"].map((name) => ask(`page/${name}`)));

// ---- what is chosen

const scenes = () => [
  ...choices.lessons.map((one) => ({ title: one.title, says: one.question, environment: one.environment })),
  ...choices.environments.map((one) => ({ title: one.name, says: one.summary, environment: one.name })),
];
const scene = () => scenes()[$("scene").selectedIndex];
const environment = () => choices.environments.find((one) => one.name === scene().environment);

// A range that hands can set: from the lowest, or from as far below the usual value as above it.
const rangeOf = (setting) => {
  const reach = Math.max(2 * Math.abs(setting.value), 1);
  const low = Math.max(setting.low, Math.min(0, setting.value - reach));
  const high = Math.min(setting.high, setting.value + reach);
  return { low, high, step: (high - low) / 100 };
};

const traitLine = (setting, kind) => {
  const line = element("div", undefined, { class: "trait" });
  const id = `trait-${kind}-${setting.name}`;
  const { low, high, step } = rangeOf(setting);
  const says = element("output", number(setting.value), { for: id });
  const label = element("label", `${setting.name} `, { for: id });
  label.append(says);
  const slider = element("input", undefined, {
    id, type: "range", min: low, max: high, step, "aria-describedby": `${id}-says`, "data-kind": kind, "data-name": setting.name,
  });
  slider.value = setting.value;
  slider.dataset.usual = slider.value;
  slider.addEventListener("input", () => (says.textContent = number(Number(slider.value))));
  line.append(label, slider, element("p", setting.meaning, { class: "hint", id: `${id}-says` }));
  return line;
};

const showScene = () => {
  const { settings, of_data: ofData } = environment();
  $("scene-says").textContent = scene().says;
  $("traits-title").textContent = ofData ? "What people are like, and what the feed is paid for" : "What people are like";
  const reward = ofData ? choices.reward.map((one) => ({ ...one, value: one.name === "engagement" ? 1 : 0 })) : [];
  $("traits").replaceChildren(...settings.map((one) => traitLine(one, "Settings")), ...reward.map((one) => traitLine(one, "Reward")));
  end();
};

// Names and numbers of one kind that were moved; the reward is sent whole.
const moved = (kind) =>
  Object.fromEntries([...document.querySelectorAll(`#traits input[data-kind="${kind}"]`)]
    .filter((one) => kind === "Reward" || one.value !== one.dataset.usual)
    .map((one) => [one.dataset.name, Number(one.value)]));

const asked = (policies) => {
  const request = { Environment: environment().name, Policies: policies, Settings: moved("Settings") };
  return environment().of_data ? { ...request, Reward: moved("Reward") } : request;
};

const end = () => {
  clearInterval(playing);
  playing = null;
  $("play").textContent = "Play";
  trying?.abort();
  $("session").hidden = true;
  $("many").hidden = true;
  fail("scene");
  $("scene-status").textContent = "";
};

// ---- one person

const earnedBy = (feed, steps) => feed.steps.slice(0, steps).reduce((sum, step) => sum + step.reward, 0);

const itemName = (item) => item.title ?? (item.topics.length > 0 ? item.topics.join(", ") : "an item");
const itemSays = (item) =>
  [item.title === null ? null : item.topics.join(", "),
   item.quality === null ? null : `quality ${number(item.quality)}`,
   item.clickbait === null ? null : `clickbait ${number(item.clickbait)}`].filter(Boolean).join(" · ");

const tasteBars = (taste) => {
  const list = element("ul", undefined, { class: "taste", "aria-label": "Taste" });
  taste.forEach((share, topic) => {
    const line = element("li");
    const bar = element("span", undefined, { class: "bar" });
    bar.style.inlineSize = `${Math.round(100 * share)}%`;
    line.append(element("span", `${session.topics[topic]} ${Math.round(100 * share)}\u00a0%`), bar);
    list.append(line);
  });
  return list;
};

const side = (feed, at) => {
  const step = feed.steps[at - 1];
  const part = element("div", undefined, { class: "side" });
  part.append(element("h4", feed.policy));
  part.append(element("p", `${number(earnedBy(feed, at))} earned in ${count(at, "step", "steps")}`, { class: "count" }));
  const shown = element("ol", undefined, { class: "shown", "aria-label": `Shown by ${feed.policy}` });
  step.shown.forEach((item, place) => {
    const line = element("li", undefined, place === step.chosen ? { class: "taken" } : {});
    line.append(element("span", itemName(item)));
    if (itemSays(item)) line.append(element("small", itemSays(item)));
    if (place === step.chosen) line.append(element("b", "taken"));
    shown.append(line);
  });
  part.append(shown);
  if (step.chosen === null) part.append(element("p", "Nothing was taken.", { class: "count" }));
  if (step.taste.length > 0) part.append(tasteBars(step.taste));
  return part;
};

const showStep = async () => {
  const at = Number($("step").value);
  $("step").setAttribute("aria-valuetext", `step ${at} of ${session.steps}`);
  $("sides").replaceChildren(...session.feeds.map((feed) => side(feed, at)));
  const [theme, specification] = await specifications;
  const lines = session.feeds.flatMap((feed, which) =>
    feed.steps.slice(0, at).map((_, step) => ({ feed: feed.policy, which, step: step + 1, earned: earnedBy(feed, step + 1) })));
  drawChart($("earned").querySelector(".chart"), specification, { lines, frame: [{ steps: session.steps }] }, theme);
  const [first, second] = session.feeds.map((feed) => earnedBy(feed, at));
  $("earned-sentence").textContent =
    `After ${count(at, "step", "steps")} ${session.feeds[0].policy} has earned ${number(first)}` +
    (second === undefined ? "." : ` and ${session.feeds[1].policy} ${number(second)}.`);
};

const fillSteps = () =>
  fillTable($("earned-table"), "What every step showed, what was taken, and what was earned", {
    columns: [{ title: "step", number: true }, ...session.feeds.flatMap((feed) =>
      [{ title: `${feed.policy} showed` }, { title: "taken" }, { title: "earned", number: true }])],
    rows: session.feeds[0].steps.map((_, at) => [String(at + 1), ...session.feeds.flatMap((feed) => {
      const step = feed.steps[at];
      return [step.shown.map(itemName).join("; "), step.chosen === null ? "nothing" : itemName(step.shown[step.chosen]),
              number(step.reward)];
    })]),
  });

const feedsChosen = () => [...new Set([$("left-feed").value, $("right-feed").value])];

const watch = async () => {
  const person = $("simulated").value.trim();
  if (!/^\d{1,9}$/.test(person)) return fail("simulated", "Expected a whole number from 0 to 999999999.");
  fail("simulated");
  end();
  $("scene-status").textContent = "Running …";
  try {
    session = await ask("api/simulation/session", { body: { ...asked(feedsChosen()), Person: Number(person) } });
    $("scene-status").textContent = `Ran ${count(session.steps, "step", "steps")}.`;
    $("session").hidden = false;
    $("step").max = session.steps;
    $("step").value = 1;
    fillSteps();
    await showStep();
    play();
  } catch (error) {
    $("scene-status").textContent = "";
    fail("scene", saying(error));
  }
};

const go = (by) => {
  $("step").value = Number($("step").value) + by;
  showStep();
};
const pause = () => {
  clearInterval(playing);
  playing = null;
  $("play").textContent = "Play";
};
const play = () => {
  if (Number($("step").value) === session.steps) $("step").value = 1;
  $("play").textContent = "Pause";
  playing = setInterval(() => {
    if (Number($("step").value) >= session.steps) return pause();
    go(1);
  }, 1000 * secondsAStep);
};
$("play").addEventListener("click", () => (playing === null ? play() : pause()));
$("back").addEventListener("click", () => (pause(), go(-1)));
$("forward").addEventListener("click", () => (pause(), go(1)));
$("step").addEventListener("input", () => (pause(), showStep()));

// ---- many people

const meanOf = (values) => values.reduce((sum, one) => sum + one, 0) / values.length;
const errorOf = (values) => {
  const mean = meanOf(values);
  return values.length < 2 ? 0 : Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1) / values.length);
};

const showMany = async (earned, beside) => {
  const rows = [...earned].map(([policy, values]) => ({ policy, mean: meanOf(values), error: errorOf(values) }));
  const levels = beside.optimum === null ? [] : [{ label: "best there is", mean: beside.optimum, strong: true },
                                                 { label: "at random", mean: beside.random, strong: false }];
  const [theme, , specification] = await specifications;
  $("many").hidden = false;
  const best = rows.reduce((a, b) => (b.mean > a.mean ? b : a));
  const done = earned.values().next().value.length;
  $("many-sentence").textContent =
    `From ${count(done, "person", "people")} ${best.policy} earns most, ${number(best.mean)} a session` +
    (beside.optimum === null ? "; the best there is cannot be computed here."
                             : `; the best there is earns ${number(beside.optimum)}, chance ${number(beside.random)}.`);
  drawChart($("many").querySelector(".chart"), specification,
            { rows: rows.map((one) => ({ ...one, low: one.mean - 2 * one.error, high: one.mean + 2 * one.error })), levels }, theme);
  const share = (mean) => (beside.optimum === null || beside.optimum <= beside.random ? "" :
    number((100 * (mean - beside.random)) / (beside.optimum - beside.random)));
  fillTable($("many-table"), "What feeds earn a session", {
    columns: [{ title: "feed" }, { title: "earned", number: true }, { title: "standard error", number: true },
              { title: "% of the way from random to the best", number: true }],
    rows: [...rows.map((one) => [one.policy, number(one.mean), number(one.error), share(one.mean)]),
           ...levels.map((one) => [one.label, number(one.mean), "", ""])],
  });
};

const tryMany = async () => {
  end();
  trying = new AbortController();
  const { signal } = trying;
  $("stop").hidden = false;
  $("try").disabled = true;
  const earned = new Map();
  try {
    for (let first = 0; first < people && !signal.aborted; first += atOnce) {
      const answer = await ask("api/simulation/people", { body: { ...asked(feedsChosen()), First: first, People: atOnce }, signal });
      for (const feed of answer.feeds) earned.set(feed.policy, [...(earned.get(feed.policy) ?? []), ...feed.earned]);
      $("scene-status").textContent = `${first + atOnce} of ${people} people.`;
      await showMany(earned, answer);
    }
  } catch (error) {
    fail("scene", saying(error));
  }
  if (signal.aborted) $("scene-status").textContent += " Stopped.";
  $("stop").hidden = true;
  $("try").disabled = false;
};

$("stop").addEventListener("click", () => trying?.abort());
$("try").addEventListener("click", tryMany);
$("scene-form").addEventListener("submit", (event) => {
  event.preventDefault();
  watch();
});
$("scene").addEventListener("change", showScene);

// ---- from the start

const start = async () => {
  try {
    choices = await ask("api/simulation");
  } catch (error) {
    fail("scene", saying(error));
    return;
  }
  $("scene").replaceChildren(...scenes().map((one) => element("option", one.title)));
  for (const [id, preset] of [["left-feed", "greedy"], ["right-feed", "optimum"]]) {
    $(id).replaceChildren(...choices.policies.map((one) => element("option", one.name, { title: one.meaning })));
    $(id).value = preset;
  }
  showScene();
};
await start();
addEventListener("infodiet-key", start);
