// Two feeds for the same simulated person, played step by step: what is shown and taken, how tastes move, what it
// earns.
import { ask, latest, saying } from "./ask.js";
import { $, count, element, fail, fillTable } from "./parts.js";
import { asked, feedsChosen, number, sceneChanged, specifications, traitMoved } from "./scene.js";

const secondsAStep = 0.7;
const mostTopics = 8;

let session = null; // the session watched last: {topics, steps, feeds}
let watching = false; // a session is shown or requested
let playing = null; // the timer

const earnedBy = (feed, steps) => feed.steps.slice(0, steps).reduce((sum, step) => sum + step.reward, 0);
const takenIn = (step) => (step.chosen === null ? null : step.shown[step.chosen]);

const itemName = (item) => item.title ?? (item.topics.length > 0 ? item.topics.join(", ") : "an item");
const itemSays = (item) =>
  [item.title === null ? null : item.topics.join(", "),
   item.quality === null ? null : `quality ${number(item.quality)}`,
   item.clickbait === null ? null : `clickbait ${number(item.clickbait)}`].filter(Boolean).join(" · ");

// Each topic's share of what was consumed in the first steps; an item of several topics counts in part for each.
const taken = (feed, at) => {
  const shares = session.topics.map(() => 0);
  const items = feed.steps.slice(0, at).map(takenIn).filter(Boolean);
  for (const item of items) {
    for (const topic of item.topics) shares[session.topics.indexOf(topic)] += 1 / item.topics.length / items.length;
  }
  return shares;
};

// The topics that matter most to any feed at the end, most first: the same ones at every step.
const topicsThatMatter = () => {
  const weight = session.topics.map(() => 0);
  for (const feed of session.feeds) {
    for (const shares of [taken(feed, session.steps), feed.steps.at(-1).taste]) shares.forEach((share, topic) => (weight[topic] += share));
  }
  return session.topics.map((_, topic) => topic).filter((topic) => session.topics.length <= mostTopics || weight[topic] > 0)
    .sort((a, b) => (session.topics.length <= mostTopics ? a - b : weight[b] - weight[a])).slice(0, mostTopics);
};

const bars = (title, shares) => {
  const part = element("div");
  part.append(element("h5", title));
  const list = element("ul", undefined, { class: "bars" });
  for (const topic of session.topicsShown) {
    const line = element("li");
    const bar = element("span", undefined, { class: "bar" });
    bar.style.inlineSize = `${100 * shares[topic]}%`;
    const room = element("span", undefined, { class: "room", "aria-hidden": "true" });
    room.append(bar);
    line.append(element("span", session.topics[topic]), room, element("span", `${Math.round(100 * shares[topic])}\u00a0%`));
    list.append(line);
  }
  part.append(list);
  return part;
};

const side = (feed, at) => {
  const step = feed.steps[at - 1];
  const part = element("div", undefined, { class: "side" });
  part.append(element("h4", feed.policy));
  part.append(element("p", `${number(earnedBy(feed, at))} earned in ${count(at, "step", "steps")}`, { class: "count" }));
  const shown = element("ol", undefined, { class: "shown", "aria-label": `Shown by ${feed.policy}` });
  step.shown.forEach((item, position) => {
    const line = element("li", undefined, position === step.chosen ? { class: "taken" } : {});
    line.append(element("span", itemName(item)));
    if (position === step.chosen) line.append(" ", element("b", "taken"));
    if (itemSays(item)) line.append(element("small", itemSays(item)));
    shown.append(line);
  });
  part.append(shown, element("p", step.chosen === null ? "Nothing was taken." : "\u00a0", { class: "count" }));
  if (session.topicsShown.length > 0) part.append(bars("Taken so far", taken(feed, at)));
  if (step.taste.length > 0) part.append(bars("Taste now", step.taste));
  return part;
};

const showStep = async () => {
  const at = Number($("step").value);
  $("step-says").textContent = `${at} of ${session.steps}`;
  $("step").setAttribute("aria-valuetext", `step ${at} of ${session.steps}`);
  $("sides").replaceChildren(...session.feeds.map((feed) => side(feed, at)));
  const [first, second] = session.feeds.map((feed) => earnedBy(feed, at));
  $("earned-sentence").textContent =
    `After ${count(at, "step", "steps")} ${session.feeds[0].policy} has earned ${number(first)}` +
    (second === undefined ? "." : ` and ${session.feeds[1].policy} ${number(second)}.`);
  const [theme, specification] = await specifications;
  const above = second === undefined || first >= second ? 0 : 1; // whose name is above the end of its line
  const lines = session.feeds.flatMap((feed, which) => Array.from({ length: at + 1 }, (_, step) =>
    ({ feed: feed.policy, which, step, earned: earnedBy(feed, step), above: which === above })));
  const most = Math.max(1e-9, ...session.feeds.flatMap((feed) => feed.steps.map((_, step) => earnedBy(feed, step + 1))));
  const least = Math.min(0, ...session.feeds.flatMap((feed) => feed.steps.map((_, step) => earnedBy(feed, step + 1))));
  drawChart($("earned").querySelector(".chart"), specification, { lines, frame: [{ steps: session.steps, least, most }] }, theme);
};

const fillSteps = () =>
  fillTable($("earned-table"), "What every step showed, what was taken, and what was earned", {
    columns: [{ title: "step", number: true }, ...session.feeds.flatMap((feed) =>
      [{ title: `${feed.policy} showed` }, { title: "taken" }, { title: "earned", number: true }])],
    rows: session.feeds[0].steps.map((_, at) => [String(at + 1), ...session.feeds.flatMap((feed) => {
      const step = feed.steps[at];
      return [step.shown.map(itemName).join("; "), step.chosen === null ? "nothing" : itemName(takenIn(step)), number(step.reward)];
    })]),
  });

const run = latest(async (signal, person) => {
  session = await ask("api/simulation/session", { body: { ...asked(feedsChosen()), Person: person }, signal });
  session.topicsShown = topicsThatMatter();
  $("session").hidden = false;
  $("step").max = session.steps;
  fillSteps();
});

// From the first step, or at the current one.
const watch = async (anew) => {
  pause();
  fail("scene");
  const person = $("simulated").value.trim();
  if (!/^\d{1,9}$/.test(person)) {
    fail("simulated", "Expected a whole number from 0 to 999999999.");
    return false;
  }
  fail("simulated");
  $("scene-status").textContent = "Running …";
  watching = true;
  try {
    await run(Number(person));
    $("scene-status").textContent = `Ran ${count(session.steps, "step", "steps")} of person ${Number(person)}.`;
    if (anew) $("step").value = 1;
    await showStep();
    return true;
  } catch (error) {
    const says = saying(error);
    if (!says) return false;
    $("scene-status").textContent = "";
    watching = false;
    $("session").hidden = true;
    fail("scene", says);
    return false;
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
  if (Number($("step").value) === session.steps) go(-session.steps);
  $("play").textContent = "Pause";
  playing = setInterval(() => {
    go(1);
    if (Number($("step").value) >= session.steps) pause();
  }, 1000 * secondsAStep);
};
$("play").addEventListener("click", () => (playing === null ? play() : pause()));
$("back").addEventListener("click", () => (pause(), go(-1)));
$("forward").addEventListener("click", () => (pause(), go(1)));
$("step").addEventListener("input", () => (pause(), showStep()));

$("simulated").addEventListener("input", () => fail("simulated"));
$("scene-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  // Plays by itself unless reduced motion is preferred; then Play starts it.
  if ((await watch(true)) && !matchMedia("(prefers-reduced-motion: reduce)").matches) play();
});
addEventListener(sceneChanged, () => {
  pause();
  run.giveUp();
  watching = false;
  $("session").hidden = true;
  $("scene-status").textContent = "";
});
addEventListener(traitMoved, () => {
  if (watching) watch($("session").hidden);
});
