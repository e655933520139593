// What feeds earn from many simulated people, drawn as results arrive, beside the optimum or a bound; and storing that
// in the file.
import { ask, saying } from "./ask.js";
import { $, count, element, fail, fillTable } from "./parts.js";
import { asked, everyFeed, feedsChosen, number, sceneChanged, specifications, traitMoved } from "./scene.js";

const people = 500; // in one experiment
const atOnce = 25; // in one request
const bounded = 16; // people with a bound, where there is no optimum: as many as in simulate

let trying = null; // stops the experiment
let tried = null; // {request, earned: values by feed, bounds: of the first people, optimum, random, no_bound}

const sumOf = (values) => values.reduce((sum, one) => sum + one, 0);
const meanOf = (values) => sumOf(values) / values.length;
const errorOf = (values) => {
  const mean = meanOf(values);
  return values.length < 2 ? 0 : Math.sqrt(sumOf(values.map((one) => (one - mean) ** 2)) / (values.length - 1) / values.length);
};
const done = () => tried.earned.values().next().value?.length ?? 0;

// What feeds are compared with: levels of the chart, the end of the sentence, a column of the table.
const optimumMeasure = ({ optimum, random }) => ({
  levels: [{ label: "optimum", mean: optimum, strong: true }, { label: "at random", mean: random, strong: false }],
  says: `; the optimum is ${number(optimum)}, and random choice earns ${number(random)}.`,
  column: "% of optimum (random = 0)",
  share: ({ mean }) => (optimum > random ? number((100 * (mean - random)) / (optimum - random)) : ""),
});
const boundMeasure = ({ bounds }) => ({
  levels: [{ label: "no feed earns more", mean: meanOf(bounds), strong: true }],
  says: `; no feed could earn more than ${number(meanOf(bounds))} from the first ${bounds.length} of them, ` +
        "and the optimum may be far lower.",
  column: `% of the bound, from the first ${bounds.length}`,
  share: ({ values }) => number((100 * sumOf(values.slice(0, bounds.length))) / sumOf(bounds)),
});
const noMeasure = ({ no_bound: why }) => ({
  levels: [],
  says: why ? `; there is no bound here: ${why}.` : ".",
  column: null,
});
const measure = () => {
  if (tried.optimum !== null) return optimumMeasure(tried);
  return tried.bounds.length > 0 ? boundMeasure(tried) : noMeasure(tried);
};

const show = async (signal) => {
  const rows = [...tried.earned].map(([policy, values]) => ({ policy, values, mean: meanOf(values), error: errorOf(values) }));
  const { levels, says, column, share } = measure();
  const [theme, , specification] = await specifications;
  if (signal.aborted) return;
  $("many").hidden = false;
  const best = rows.reduce((a, b) => (b.mean > a.mean ? b : a));
  $("many-sentence").textContent =
    `From ${count(done(), "person", "people")} ${best.policy} earns ${rows.length > 1 ? "most, " : ""}${number(best.mean)} a session${says}`;
  const drawn = rows.map(({ policy, mean, error }) => ({ policy, mean, low: mean - 2 * error, high: mean + 2 * error }));
  drawChart($("many").querySelector(".chart"), specification, { rows: drawn, levels }, theme);
  fillTable($("many-table"), "What feeds earn per session", {
    columns: [{ title: "feed" }, { title: "earned", number: true }, { title: "standard error", number: true },
              ...(column ? [{ title: column, number: true }] : [])],
    rows: [...rows.map((one) => [one.policy, number(one.mean), number(one.error), ...(column ? [share(one)] : [])]),
           ...levels.map((one) => [one.label, number(one.mean), "", ...(column ? [""] : [])])],
  });
};

const take = (answer) => {
  for (const feed of answer.feeds) tried.earned.set(feed.policy, [...(tried.earned.get(feed.policy) ?? []), ...feed.earned]);
  Object.assign(tried, { optimum: answer.optimum, random: answer.random, no_bound: answer.no_bound });
  tried.bounds.push(...answer.bounds);
};

// The next few people; where there is no optimum the first ones have bounds too and come one by one, since bounds are
// slow.
const askMore = (signal) => {
  const bounding = done() < bounded && tried.optimum == null && !tried.no_bound;
  const few = Math.min(people - done(), bounding ? 1 : atOnce);
  const body = { ...tried.request, First: done(), People: few, Bounds: bounding ? few : 0 };
  return ask("api/simulation/people", { body, signal });
};

const running = (on) => {
  $("stop").hidden = !on;
  $("try").disabled = on;
  $("keep").disabled = on;
};

const tryMany = async () => {
  stop();
  trying = new AbortController();
  const { signal } = trying;
  tried = { request: asked($("every").checked ? everyFeed() : feedsChosen()), earned: new Map(), bounds: [] };
  forget();
  running(true);
  $("scene-status").textContent = `0 of ${people} people.`;
  try {
    while (done() < people && !signal.aborted) {
      take(await askMore(signal));
      $("scene-status").textContent = `${done()} of ${people} people.`;
      await show(signal);
    }
  } catch (error) {
    const says = saying(error);
    if (says) fail("scene", says);
  }
  if (!signal.aborted) running(false);
};

const stop = () => {
  if (trying === null || $("stop").hidden) return;
  trying.abort();
  running(false);
  $("scene-status").textContent += " Stopped.";
};

const forget = () => {
  $("many").hidden = true;
  fail("scene");
  fail("keep");
  $("keep-says").replaceChildren();
};

// Simulates the same people again, by the same seed, and stores the run.
const keep = async () => {
  $("keep").disabled = true;
  fail("keep");
  $("keep-says").textContent = "Keeping …";
  try {
    const kept = await ask("api/simulation/run", { body: { ...tried.request, People: done() } });
    $("keep-says").replaceChildren(`Stored as run ${kept.run}. `, element("code", kept.command), " repeats it, ",
                                   element("code", "infodiet report"), " shows it.");
  } catch (error) {
    $("keep-says").replaceChildren();
    $("keep").disabled = false;
    fail("keep", saying(error));
  }
};

$("try").addEventListener("click", tryMany);
$("stop").addEventListener("click", stop);
$("keep").addEventListener("click", keep);
for (const change of [sceneChanged, traitMoved]) {
  addEventListener(change, () => {
    stop();
    forget();
  });
}
