// Shows a feed: somebody's history with a switch for every interaction, the list it gives, and its label.
import { Refusal, ask, latest, saying, setKey, settled } from "./ask.js";
import { $, count, element, fail, fillTable } from "./parts.js";

const shownAtFirst = 100;
const listLength = 10;

// Whose feed it is: a stored person, or nobody and a history put together here. Interactions are latest first.
let feed = { person: null, interactions: [] };
let firstList = null; // the list with everything switched on, by relevance alone: items in order
let reasons = new Map(); // of the picks of the history as switched now, by item
let showAll = false;

const percent = (share) => (share < 0.095 ? `${(100 * share).toFixed(1)}\u00a0%` : `${Math.round(100 * share)}\u00a0%`);

// ---- what is served, and the key

const tellServed = async () => {
  try {
    const served = await ask("api/model");
    $("key-form").hidden = true;
    $("served").textContent = served.model
      ? `${count(served.items, "item", "items")}, and a model that was published on ${served.published.slice(0, 10)}. ` +
        "See somebody's feed and the reasons for each pick, switch off parts of the history, move the balance, and watch the " +
        "feed and the diet change. Below, try feeds on simulated people."
      : `${count(served.items, "item", "items")}, and no model yet, so every list is the most popular items: ` +
        "run 'infodiet train', and this page will use it.";
    return true;
  } catch (error) {
    $("served").textContent = saying(error);
    $("key-form").hidden = !(error instanceof Refusal && error.status === 401);
    return false;
  }
};

$("key-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!$("key").value) return fail("key", "Type a key first.");
  fail("key");
  setKey($("key").value);
  const known = await tellServed();
  fail("key", known ? null : "The service does not know this key.");
  if (!known) return;
  dispatchEvent(new Event("infodiet-key"));
  showExamples();
});

// ---- whose feed

const foundButton = (says, more, choose) => {
  const line = element("li");
  const button = element("button", undefined, { type: "button" });
  button.append(element("span", says), element("small", more));
  button.addEventListener("click", choose);
  line.append(button);
  return line;
};

const suggest = (field, buttons, areExamples = false) => {
  $(`${field}-found`).replaceChildren(...buttons);
  $(`${field}-examples`).hidden = !areExamples || buttons.length === 0;
};

// A first-time visitor knows no id or title: without words there are examples.
const suggestPeople = latest(async (signal, words) => {
  const found = words ? (await ask("api/find", { values: { words, n: 6 }, signal })).users
                      : (await ask("api/users", { values: { n: 3 }, signal })).Users.map((one) => ({ user: one.UserId }));
  if (words && words === feed.person) return; // chosen meanwhile
  const says = (one) => (words ? count(one.interactions, "interaction", "interactions") : "");
  suggest("person", found.map((one) => foundButton(one.user, says(one), () => choosePerson(one.user))), !words);
});

const suggestTitles = latest(async (signal, words) => {
  const examples = () => ask("api/session/picks", { values: { n: 3, reasons: false }, body: [], signal });
  const { items } = words ? await ask("api/find", { values: { words, n: 8 }, signal }) : await examples();
  const found = items.map((one) => ({ topics: [], ...one }));
  suggest("title", found.map((one) => foundButton(one.title, one.topics.join(", "), () => addToOwn(one))), !words);
  if (words && items.length === 0) fail("title", `No title holds '${words}': try fewer or other words.`);
});

const showExamples = () => Promise.all([suggestPeople(""), suggestTitles("")]).catch(() => {});

const suggestWhileTyped = (field, find) => {
  const soon = settled(150, (words) => find(words).catch((error) => fail(field, saying(error))));
  $(field).addEventListener("input", () => {
    fail(field);
    soon($(field).value.trim());
  });
};
suggestWhileTyped("person", suggestPeople);
suggestWhileTyped("title", suggestTitles);

const choosePerson = async (user) => {
  try {
    const { items } = await ask(`api/history/${encodeURIComponent(user)}`, { values: { n: 10000 } });
    fail("person");
    $("person").value = user;
    suggest("person", []);
    showFeed({ person: user, interactions: items.map((one) => ({ ...one, on: true })) });
    history.replaceState(null, "", `#person=${encodeURIComponent(user)}`);
  } catch (error) {
    fail("person", error.status === 404 ? `Nobody has the id '${user}': type the beginning of an id, and choose from the results.`
                                        : saying(error));
  }
};

const addToOwn = (item) => {
  const own = feed.person === null ? feed.interactions : [];
  $("title").value = "";
  $("person").value = "";
  suggest("title", []);
  $("title").focus();
  showFeed({ person: null, interactions: [{ ...item, time: null, on: true }, ...own] });
  history.replaceState(null, "", location.pathname);
};

$("person-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const user = $("person").value;
  if (!user) return fail("person", "Type an id first, or its beginning.");
  choosePerson(user);
});

$("title-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const words = $("title").value.trim();
  if (!words) return fail("title", "Type a word of a title first.");
  try {
    await suggestTitles(words);
  } catch (error) {
    fail("title", saying(error));
  }
});

// ---- the history and its switches

const interactionLine = (one) => {
  const line = element("li");
  const label = element("label");
  const box = element("input", undefined, { type: "checkbox" });
  box.checked = one.on;
  box.addEventListener("change", () => {
    one.on = box.checked;
    historyChanged();
  });
  const more = [one.topics.join(", "), one.time?.slice(0, 10)].filter(Boolean).join(" · ");
  const words = element("span");
  words.append(element("span", one.title, { class: "title" }), element("small", more));
  label.append(box, words);
  line.append(label);
  return line;
};

const drawHistory = () => {
  const { person, interactions } = feed;
  const few = showAll ? interactions : interactions.slice(0, shownAtFirst);
  $("history-title").textContent = person === null ? "What you consumed" : `What ${person} consumed`;
  $("history").replaceChildren(...few.map(interactionLine));
  $("show-all").hidden = few.length === interactions.length;
  $("show-all").textContent = `Show all ${interactions.length.toLocaleString("en")}`;
  $("clear").hidden = person !== null;
  countHistory();
};

const countHistory = () => {
  const on = feed.interactions.filter((one) => one.on).length;
  $("history-count").textContent =
    on === feed.interactions.length ? `${count(on, "interaction", "interactions")}, all on.`
                                    : `${on} of ${count(feed.interactions.length, "interaction", "interactions")} on.`;
};

const switchAll = (on) => {
  for (const one of feed.interactions) one.on = on;
  drawHistory();
  historyChanged();
};
$("all-on").addEventListener("click", () => switchAll(true));
$("all-off").addEventListener("click", () => switchAll(false));
$("show-all").addEventListener("click", () => {
  showAll = true;
  drawHistory();
  $("history").focus();
});
$("clear").addEventListener("click", () => {
  feed = { person: null, interactions: [] };
  $("feed").hidden = true;
  $("title").focus();
  showExamples();
});

const showFeed = (next) => {
  feed = next;
  firstList = null;
  showAll = false;
  $("balance").value = 0;
  $("feed").hidden = false;
  drawHistory();
  historyChanged();
};

const historyChanged = () => {
  reasons = new Map();
  countHistory();
  drawList();
  drawLabelSoon();
};

// In the service's order: oldest first.
const session = () =>
  feed.interactions.toReversed().map((one) => ({ ItemId: one.item, Timestamp: one.time ?? "", IsOff: !one.on }));

// ---- the list

const balance = () => Number($("balance").value);

const sayBalance = () => {
  const weight = balance();
  const says =
    weight === 0 ? "relevance alone: what is most likely next"
    : weight === 1 ? "balance alone: the mix of topics that was consumed so far"
    : `${Math.round(100 * weight)} % weight on the mix of topics that was consumed so far`;
  $("balance-says").textContent = says;
  $("balance").setAttribute("aria-valuetext", says);
};

const moved = (item, rank) => {
  if (firstList === null) return null;
  const before = firstList.indexOf(item);
  if (before === -1) return { sign: "new", says: "not in the unchanged list" };
  if (before === rank) return null;
  const ranks = count(Math.abs(before - rank), "rank", "ranks");
  return before > rank ? { sign: `↑ ${before - rank}`, says: `up ${ranks}` }
                        : { sign: `↓ ${rank - before}`, says: `down ${ranks}` };
};

const reasonOf = (pick) => {
  const because = pick.because.length > 0 ? pick.because : reasons.get(pick.item);
  if (!because) return null;
  if (because.length === 0) return "no single interaction of this history carries it";
  return "because of " + because.map((one) => `${one.title} (${percent(one.weight)})`).join(", ");
};

const pickLine = (pick, rank) => {
  const line = element("li");
  const head = element("p");
  head.append(element("strong", pick.title));
  const change = moved(pick.item, rank);
  if (change) {
    const mark = element("span", undefined, { class: "moved" });
    mark.append(element("span", change.sign, { "aria-hidden": "true" }), element("span", ` ${change.says}`, { class: "unseen" }));
    head.append(" ", mark);
  }
  line.append(head);
  const says = [reasonOf(pick), pick.chance === null ? null : `chance to come next ${percent(pick.chance)}`];
  line.append(element("p", says.filter(Boolean).join(" · ") || "…", { class: "why" }));
  return line;
};

const sayList = (list) => {
  if (list.nothing) return `Nothing is left to show: ${list.nothing}.`;
  if (list.fallback) return `These are the most popular items: ${list.fallback}.`;
  const on = feed.interactions.every((one) => one.on);
  const changed = firstList !== null && list.items.filter((one) => !firstList.includes(one.item)).length;
  if (on && balance() === 0) return "Unchanged: everything switched on, by relevance alone.";
  return changed ? `${changed} of ${list.items.length} are not in the unchanged list.`
                 : "The same items as in the unchanged list.";
};

const askList = latest(async (signal, withReasons) => {
  const values = { n: listLength, diet: balance(), reasons: withReasons };
  const list = await ask("api/session/picks", { values, body: session(), signal });
  if (withReasons) for (const pick of list.items) reasons.set(pick.item, pick.because);
  if (firstList === null && balance() === 0) firstList = list.items.map((one) => one.item);
  $("list").replaceChildren(...list.items.map(pickLine));
  $("list-says").textContent = sayList(list);
  fail("list");
});

const listFailed = (error) => {
  const says = saying(error);
  if (says) fail("list", says);
};
const addReasonsSoon = settled(250, () => askList(true).catch(listFailed));

// Quick parts at once, reasons when nothing moves any more.
const drawList = () => {
  sayBalance();
  askList(false).then(addReasonsSoon, listFailed);
};
$("balance").addEventListener("input", drawList);

// ---- the label

const parts = Promise.all(["page/theme.json", "page/label.vg.json"].map((path) => ask(path)));

const askLabel = latest(async (signal) => {
  const diet = await ask("api/session/diet", { body: session(), signal });
  const [theme, specification] = await parts;
  $("label-lead").textContent =
    `What was consumed recently, ${count(diet.items, "item", "items")}, compared with people with a history of about the same length.`;
  $("label").hidden = diet.chart === null;
  $("label-missing").hidden = diet.chart !== null;
  $("label-missing").textContent = "No figure can be graded: this needs topics or quality of items, and at least five people to compare with.";
  $("advice").replaceChildren(...diet.advice.map((one) => element("li", one)));
  if (diet.chart === null) return;
  $("label-sentence").textContent = diet.chart.sentence;
  $("label-legend").textContent = diet.chart.legend;
  fillTable($("label-table"), "The numbers of the label", diet.chart.table);
  drawChart($("label").querySelector(".chart"), specification, diet.chart.data, theme);
});

const labelFailed = (error) => {
  const says = saying(error);
  if (!says) return;
  $("label").hidden = true;
  $("advice").replaceChildren();
  $("label-lead").textContent = "";
  $("label-missing").hidden = false;
  $("label-missing").textContent = says;
};
const drawLabelSoon = settled(150, () => askLabel().catch(labelFailed));

// ---- from the start

await tellServed();
const linked = new URLSearchParams(location.hash.slice(1)).get("person");
if (linked) choosePerson(linked);
else showExamples();
