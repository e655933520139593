// What is simulated: a story, two feeds, the person, and people's traits. session.js and many.js run it and hear of
// changes by the events below.
import { ask, saying } from "./ask.js";
import { $, element, fail } from "./parts.js";

/// Fired when another scene is chosen, and when a trait or a weight is moved.
export const sceneChanged = "infodiet-scene";
export const traitMoved = "infodiet-trait";

export const number = (value) => value.toLocaleString("en", { maximumFractionDigits: 2 });
export const specifications = Promise.all(["theme.json", "earned.vg.json", "many.vg.json"].map((name) => ask(`page/${name}`)));

let choices; // what the service can simulate
let stories = []; // lessons, then environments: {title, says, environment, settings, change}

const storiesOf = ({ lessons, environments }) => [
  ...lessons.map((one) => ({ ...one, says: one.question })),
  ...environments.map((one) => ({ title: one.name, says: one.summary, environment: one.name, settings: {}, change: {} })),
];
const story = () => stories[$("scene").selectedIndex];
const environment = () => choices.environments.find((one) => one.name === story().environment);

// ---- traits of people, weights of the reward

// The range of a slider: from the lowest value, or from as far below the usual value as above it, in about a hundred
// round steps.
const rangeOf = (setting) => {
  const reach = Math.max(2 * Math.abs(setting.value), 1);
  const low = Math.max(setting.low, Math.min(0, setting.value - reach));
  const high = Math.min(setting.high, setting.value + reach);
  const power = 10 ** Math.floor(Math.log10((high - low) / 70));
  const step = power * [5, 2, 1].find((width) => width * power <= (high - low) / 70);
  return { low: Math.ceil(low / step) * step, high: Math.floor(high / step) * step, step };
};

const inWords = (name) => name.replaceAll("_", " ");

const traitLine = (setting, kind) => {
  const line = element("div", undefined, { class: "trait" });
  const id = `trait-${kind}-${setting.name}`;
  const { low, high, step } = rangeOf(setting);
  const says = element("output", number(setting.value), { for: id });
  const label = element("label", `${inWords(setting.name)} `, { for: id });
  label.append(says);
  const slider = element("input", undefined, {
    id, type: "range", min: low, max: high, step, "aria-describedby": `${id}-says`, "data-kind": kind, "data-name": setting.name,
  });
  slider.value = setting.value;
  slider.dataset.exact = setting.value;
  slider.addEventListener("input", () => {
    slider.dataset.exact = slider.value;
    says.textContent = number(Number(slider.value));
  });
  slider.addEventListener("change", () => dispatchEvent(new Event(traitMoved)));
  line.append(label, slider, element("p", setting.meaning, { class: "hint", id: `${id}-says` }));
  return line;
};

const sliders = () => [...document.querySelectorAll("#traits input")];

// Sets exactly that value, also between two steps of the slider.
const setTrait = (slider, value) => {
  slider.value = value;
  slider.dataset.exact = value;
  slider.parentElement.querySelector("output").textContent = number(Number(value));
};

const valuesOf = (kind, which) =>
  Object.fromEntries(sliders().filter((one) => one.dataset.kind === kind && which(one.dataset))
    .map((one) => [one.dataset.name, Number(one.dataset.exact)]));

/// The request to the service for these feeds: moved traits, weights other than 0.
export const asked = (policies) => {
  const settings = valuesOf("Settings", ({ exact, preset }) => exact !== preset);
  const request = { Environment: environment().name, Policies: policies, Settings: settings };
  if (!environment().of_data) return request;
  const reward = valuesOf("Reward", ({ exact }) => Number(exact) !== 0);
  return { ...request, Reward: Object.keys(reward).length > 0 ? reward : { engagement: 0 } };
};
export const feedsChosen = () => [...new Set([$("left-feed").value, $("right-feed").value])];
export const everyFeed = () => environment().policies;

const setAll = (values) => {
  for (const slider of sliders()) if (slider.dataset.name in values) setTrait(slider, String(values[slider.dataset.name]));
};

$("usual").addEventListener("click", () => {
  for (const slider of sliders()) setTrait(slider, slider.dataset.preset);
  setAll(story().settings);
  dispatchEvent(new Event(traitMoved));
});
$("change").addEventListener("click", () => {
  setAll(story().change);
  document.querySelector(".traits").open = true;
  dispatchEvent(new Event(traitMoved));
});

// ---- the story

const showTraits = () => {
  const { settings, of_data: ofData } = environment();
  $("traits-title").textContent = ofData ? "Traits of people, and the feed's reward" : "Traits of people";
  const reward = ofData ? choices.reward.map((one) => ({ ...one, value: one.name === "engagement" ? 1 : 0 })) : [];
  const heading = reward.length > 0 ? [element("h3", "The feed's reward for each item taken")] : [];
  $("traits").replaceChildren(...settings.map((one) => traitLine(one, "Settings")), ...heading,
                              ...reward.map((one) => traitLine(one, "Reward")));
  for (const slider of sliders()) slider.dataset.preset = slider.dataset.exact;
  setAll(story().settings);
};

const sayFeed = (side) => {
  $(`${side}-says`).textContent = choices.policies.find((one) => one.name === $(`${side}-feed`).value)?.meaning ?? "";
};

// Those available here, keeping the earlier choice if possible.
const showFeeds = () => {
  for (const [side, presets] of [["left", ["greedy"]], ["right", ["optimum", "calibrated"]]]) {
    const select = $(`${side}-feed`);
    const before = select.value;
    select.replaceChildren(...environment().policies.map((name) => element("option", name)));
    select.value = [before, ...presets].find((name) => environment().policies.includes(name));
    sayFeed(side);
  }
};

const showStory = () => {
  $("scene-says").textContent = story().says;
  $("scene-assumes").textContent = environment().assumptions;
  showFeeds();
  showTraits();
  const change = Object.entries(story().change).map(([name, value]) => `${inWords(name)} ${number(value)}`);
  $("change-line").hidden = change.length === 0;
  $("change").textContent = `Change it: ${change.join(", ")}`;
  fail("scene");
  dispatchEvent(new Event(sceneChanged));
};

$("scene").addEventListener("change", showStory);
for (const side of ["left", "right"]) {
  $(`${side}-feed`).addEventListener("change", () => {
    sayFeed(side);
    dispatchEvent(new Event(sceneChanged));
  });
}

// ---- from the start

const start = async () => {
  try {
    choices = await ask("api/simulation");
  } catch (error) {
    fail("scene", saying(error));
    return;
  }
  stories = storiesOf(choices);
  const group = (label, some) => {
    const made = element("optgroup", undefined, { label });
    made.append(...some.map((one) => element("option", one.title)));
    return made;
  };
  $("scene").replaceChildren(group("Lessons", stories.slice(0, choices.lessons.length)),
                             group("Environments", stories.slice(choices.lessons.length)));
  showStory();
};
await start();
addEventListener("infodiet-key", start);
