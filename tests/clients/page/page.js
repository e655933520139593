// Uses every control of the page: node page.js CHROMIUM ENDPOINT ENDPOINT-WITH-KEYS [PICTURES]. Says nothing where all is
// well.
const assert = require("assert").strict;
const fs = require("fs");
const path = require("path");
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const [executablePath, endpoint, closed, pictures] = process.argv.slice(2);
const looks = [
  { name: "desk_light", viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  { name: "desk_dark", viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  { name: "phone_light", viewport: { width: 360, height: 740 }, colorScheme: "light", hasTouch: true },
  { name: "phone_dark", viewport: { width: 360, height: 740 }, colorScheme: "dark", hasTouch: true },
];

// Polls: playwright's own wait evaluates text, which the page's policy forbids.
const until = async (page, holds, value) => {
  for (let tries = 0; tries < 2400; ++tries) {
    if (await page.evaluate(holds, value)) return;
    await page.waitForTimeout(50);
  }
  assert.fail(`never: ${holds}`);
};

// A page, and whatever it said on the console or asked beyond the service.
const open = async (browser, look, from, reducedMotion = "reduce") => {
  const context = await browser.newContext({ ...look, name: undefined, reducedMotion });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(from)) complaints.push(`asked ${request.url()}`);
  });
  await page.goto(from);
  await until(page, () => !document.getElementById("served").textContent.startsWith("Asking"));
  return { page, complaints };
};

const titles = (page) => page.locator("#list strong").allTextContents();
const settled = (page) => until(page, () =>
  document.querySelectorAll("#list li").length > 0 && [...document.querySelectorAll("#list .why")].every((one) => one.textContent !== "…"));
const labelDrawn = (page) => page.waitForSelector("#label svg text");

const checkAccess = async (page, where) => {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run({ resultTypes: ["violations"] }));
  assert.deepEqual(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`), [], where);
};

const checkWidth = async (page, where) => {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(over, 0, `${where}: the page scrolls sideways`);
};

const picture = async (page, name) => {
  if (pictures) await page.screenshot({ path: path.join(pictures, `${name}.png`), fullPage: true });
};

// What the service says may come after what stood there before.
const complains = async (page, field, words) => {
  await until(page, ({ id, source }) => {
    const says = document.getElementById(id);
    return !says.hidden && new RegExp(source).test(says.textContent);
  }, { id: `${field}-error`, source: words.source });
  assert.equal(await page.locator(`#${field}`).getAttribute("aria-invalid"), "true");
};

// Somebody of the file, from the keyboard alone.
const aPerson = async (page) => {
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "person");
  await page.keyboard.press("Enter");
  await complains(page, "person", /Type an id first/);
  await page.keyboard.type("nobody-of-that-id");
  await page.keyboard.press("Enter");
  await complains(page, "person", /Nobody has the id 'nobody-of-that-id'/);
  await page.locator("#person").fill("reader-1");
  await until(page, () => [...document.querySelectorAll("#person-found button span")].some((one) => one.textContent === "reader-10"));
  const found = await page.locator("#person-found button span").allTextContents();
  assert.ok(found.includes("reader-1") && found.includes("reader-10"), found.join());
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await settled(page);
  assert.match(page.url(), /#person=reader-1$/);
  assert.match(await page.locator("#history-title").textContent(), /What reader-1 consumed/);
  const told = await (await fetch(`${endpoint}/api/picks/reader-1`)).json();
  assert.deepEqual(await titles(page), told.items.map((one) => one.title));
  // Reasons come after the list.
  await until(page, () => [...document.querySelectorAll("#list .why")].every((one) => /because of|no single interaction of/.test(one.textContent)));
  const why = await page.locator("#list .why").allTextContents();
  told.items.forEach((one, i) => one.because.forEach((because) => assert.ok(why[i].includes(because.title), why[i])));
};

const theSlider = async (page) => {
  const before = await titles(page);
  await page.locator("#balance").focus();
  for (let i = 0; i < 18; ++i) await page.keyboard.press("ArrowRight");
  assert.match(await page.locator("#balance-says").textContent(), /90 % weight/);
  const told = await (await fetch(`${endpoint}/api/picks/reader-1?diet=0.9`)).json();
  await until(page, (list) => JSON.stringify([...document.querySelectorAll("#list strong")].map((one) => one.textContent)) === list,
                             JSON.stringify(told.items.map((one) => one.title)));
  await settled(page);
  assert.ok((await page.locator("#list .moved").count()) > 0);
  await page.keyboard.press("Home");
  await until(page, (list) => JSON.stringify([...document.querySelectorAll("#list strong")].map((one) => one.textContent)) === list,
                             JSON.stringify(before));
};

const theSwitches = async (page) => {
  const before = await titles(page);
  const boxes = page.locator("#history input");
  const number = await boxes.count();
  assert.ok(number > 3);
  await boxes.first().focus();
  await page.keyboard.press("Space");
  assert.match(await page.locator("#history-count").textContent(), new RegExp(`${number - 1} of ${number}`));
  await page.locator("#all-off").click();
  await until(page, () => document.getElementById("list-says").textContent.includes("most popular"));
  const read = new Set(await page.locator("#history .title").allTextContents());
  for (const title of await titles(page)) assert.ok(!read.has(title), "what was read is not shown again");
  await page.waitForSelector("#label-missing:not([hidden])");
  await page.locator("#all-on").click();
  await until(page, (list) => JSON.stringify([...document.querySelectorAll("#list strong")].map((one) => one.textContent)) === list,
                             JSON.stringify(before));
  await settled(page);
};

const theLabel = async (page) => {
  await labelDrawn(page);
  assert.match(await page.locator("#label-sentence").textContent(), /is strongest in/);
  await page.locator("#label summary").focus();
  await page.keyboard.press("Enter");
  assert.ok((await page.locator("#label-table tbody tr").count()) > 3);
  assert.ok((await page.locator("#advice li").count()) > 0);
  const texts = await page.locator("#label svg text").allTextContents();
  assert.ok(texts.length > 10 && texts.every((text) => !/NaN|undefined|null|Infinity/.test(text)));
};

const aHistoryOfOnesOwn = async (page) => {
  await page.locator("#title-form button").first().click();
  await complains(page, "title", /Type a word/);
  await page.locator("#title").fill("qqqq");
  await complains(page, "title", /No title holds 'qqqq'/);
  await page.locator("#title").fill("onerror");
  await until(page, () => document.querySelectorAll("#title-found button").length === 1);
  await page.locator("#title-found button").first().click();
  await settled(page);
  assert.deepEqual(await page.locator("#history .title").allTextContents(), ['<img src=x onerror=alert(1)> & "bold"']);
  assert.match(await page.locator("#history-title").textContent(), /What you consumed/);
  await page.locator("#title").fill("a");
  await until(page, () => document.querySelectorAll("#title-found button").length > 3);
  await page.locator("#title-found button").nth(1).click();
  await until(page, () => document.querySelectorAll("#history li").length === 2);
  await settled(page);
  await page.locator("#clear").click();
  assert.ok(await page.locator("#feed").isHidden());
};

const says = (page, id) => page.locator(`#${id}`).textContent();
const noNonsense = async (page, where) => {
  const texts = await page.locator(`${where} svg text`).allTextContents();
  assert.ok(texts.length > 4 && texts.every((text) => !/NaN|undefined|null|Infinity/.test(text)), texts.join());
};

// A simulated person with two feeds, step by step.
const aSession = async (page, look, motion) => {
  await until(page, () => document.querySelectorAll("#scene option").length > 4);
  await page.locator("#scene").selectOption("drift");
  assert.ok((await says(page, "scene-says")).length > 20);
  await page.locator(".assumed summary").click();
  assert.ok((await says(page, "scene-assumes")).length > 100);
  for (const wrong of ["-3", "", "1.5", "9999999999"]) {
    await page.locator("#simulated").fill(wrong);
    await page.locator("#watch").click();
    await complains(page, "simulated", /whole number from 0/);
  }
  await page.locator("#simulated").fill("4");
  await page.waitForSelector("#simulated-error", { state: "hidden" });
  await page.locator("#left-feed").selectOption("greedy");
  await page.locator("#right-feed").selectOption("optimum");
  assert.match(await says(page, "right-says"), /the optimum, computed/);
  await page.locator("#watch").click();
  await page.waitForSelector("#session:not([hidden])");
  assert.deepEqual(await page.locator(".side h4").allTextContents(), ["greedy", "optimum"]);
  const at = () => page.locator("#step").inputValue();
  if (motion === "no-preference") {
    await until(page, () => Number(document.getElementById("step").value) > 1);  // it plays
  } else {
    await page.waitForTimeout(1000);
    assert.equal(Number(await at()), 1, "nothing moves by itself where motion is not welcome");
    await page.locator("#play").click();
    await until(page, () => Number(document.getElementById("step").value) > 1);
  }
  assert.equal(await says(page, "play"), "Pause");
  await page.locator("#play").click();
  assert.equal(await says(page, "play"), "Play");
  const before = Number(await at());
  await page.locator("#forward").click();
  assert.equal(Number(await at()), before + 1);
  assert.equal(await says(page, "step-says"), `${before + 1} of 40`);
  await page.locator("#back").click();
  assert.equal(Number(await at()), before);
  await page.locator("#step").focus();
  await page.keyboard.press("End");
  await until(page, () => document.getElementById("earned-sentence").textContent.startsWith("After 40 steps greedy has earned"));
  await page.waitForSelector("#earned svg text");
  await page.locator("#earned summary").click();
  assert.equal(await page.locator("#earned-table tbody tr").count(), 40);
  assert.equal(await page.locator(".side .bars").count(), 4);  // what was taken, and the taste
  await noNonsense(page, "#earned");
};

// A trait that is moved shows at once what it does to the same person.
const theTraits = async (page) => {
  const sentence = await says(page, "earned-sentence");
  await page.locator("#traits-title").click();
  await page.locator("#trait-Settings-weariness").focus();
  await page.keyboard.press("Home");
  await until(page, (before) => document.getElementById("earned-sentence").textContent !== before, sentence);
  assert.equal(await page.locator("#step").inputValue(), "40");
  await page.locator("#usual").click();
  await until(page, (before) => document.getElementById("earned-sentence").textContent === before, sentence);
};

// Stopped before the first answer, and let run to its end; what was seen is kept.
const manyPeople = async (page) => {
  let stopped = false;
  await page.route("**/api/simulation/people", async (route) => {
    while (!stopped) await new Promise((then) => setTimeout(then, 20));
    await route.continue().catch(() => {});
  });
  await page.locator("#try").click();
  assert.ok(await page.locator("#try").isDisabled());
  await page.locator("#stop").click();
  stopped = true;
  await page.unroute("**/api/simulation/people");
  assert.equal(await says(page, "scene-status"), "0 of 500 people. Stopped.");
  await page.locator("#try").click();
  await until(page, () => document.getElementById("scene-status").textContent === "500 of 500 people.");
  assert.match(await says(page, "many-sentence"), /From 500 people (greedy|optimum) earns most.*the optimum is/);
  await page.locator("#many summary").click();
  assert.equal(await page.locator("#many-table tbody tr").count(), 4);
  await noNonsense(page, "#many");
  await page.locator("#keep").click();
  await until(page, () => document.getElementById("keep-says").textContent.startsWith("Stored as run"));
  assert.match(await says(page, "keep-says"), /simulate --environment drift --policy greedy,optimum --users 500 /);
};

// A lesson, and what changes when its one setting does.
const aLesson = async (page) => {
  await page.locator("#scene").selectOption("The clickbait trap");
  assert.ok(await page.locator("#session").isHidden());
  assert.ok(await page.locator("#many").isHidden());
  assert.match(await says(page, "change"), /sensitivity 0.01/);
  await page.locator("#watch").click();
  await page.waitForSelector("#earned svg text");
  await page.locator("#step").press("End");
  const sentence = await says(page, "earned-sentence");
  await page.locator("#change").click();
  await until(page, (before) => document.getElementById("earned-sentence").textContent !== before, sentence);
  assert.equal(await page.locator("#trait-Settings-sensitivity + p").count(), 1);
  assert.match(await page.locator("label[for=trait-Settings-sensitivity]").textContent(), /0.01/);
};

// A session that is asked for belongs to the scene and the traits it was asked with, however late it comes.
const lateAnswers = async (page) => {
  let held = true;
  const asked = [];
  const hold = async (route) => {
    asked.push(JSON.parse(route.request().postData()));
    while (held) await new Promise((then) => setTimeout(then, 20));
    await route.continue().catch(() => {});
  };
  await page.route("**/api/simulation/session", hold);
  await page.locator("#scene").selectOption("exploration");
  await page.locator("#watch").click();
  await page.locator("#scene").selectOption("drift");
  await page.locator("#watch").click();
  await page.locator("#trait-Settings-weariness").focus();
  await page.keyboard.press("Home");
  await page.waitForTimeout(100);
  held = false;
  await until(page, () => document.getElementById("scene-status").textContent.startsWith("Ran 40 steps"));
  assert.deepEqual(asked.map((one) => one.Environment), ["exploration", "drift", "drift"]);
  assert.deepEqual(asked[1].Settings, {});
  assert.equal(asked[2].Settings.weariness, 0);
  assert.equal(await page.locator("#step").inputValue(), "1");
  held = true;
  await page.locator("#watch").click();
  await page.locator("#scene").selectOption("satiation");
  held = false;
  await page.waitForTimeout(300);
  await page.unroute("**/api/simulation/session", hold);
  assert.ok(await page.locator("#session").isHidden());
  assert.equal(await says(page, "scene-status"), "");
};

// The file's own items and people, weights of the reward, every feed beside a bound.
const theCatalogue = async (page, look) => {
  await page.locator("#scene").selectOption("catalogue");
  assert.deepEqual(await page.locator("#traits h3").allTextContents(), ["The feed's reward for each item taken"]);
  assert.ok(!(await page.locator("#right-feed option").allTextContents()).includes("optimum"));
  for (const name of ["quality", "diversity"]) {
    await page.locator(`#trait-Reward-${name}`).focus();
    await page.keyboard.press("End");
  }
  await page.locator("#watch").click();
  await page.waitForSelector("#session:not([hidden])");
  assert.equal(await page.locator(".side .shown li small").count(), 10);
  await page.locator("#every").check();
  await page.locator("#try").click();
  // All of them once, and elsewhere only the first few.
  if (look === looks[0].name) {
    await until(page, () => document.getElementById("scene-status").textContent === "500 of 500 people.");
    assert.match(await says(page, "many-sentence"), /no feed could earn more than [\d.,]+ from the first 16/);
  } else {
    await until(page, () => document.querySelectorAll("#many-table tbody tr").length === 8);
    await page.locator("#stop").click();
  }
  assert.equal(await page.locator("#many-table tbody tr").count(), 8);
  const shares = (await page.locator("#many-table tbody td:last-child").allTextContents()).filter(Boolean).map(Number);
  assert.ok(shares.length === 7 && shares.every((share) => share > 0 && share <= 100), shares.join());
  await noNonsense(page, "#many");
  await picture(page, `${look}_catalogue`);
  await page.locator("#trait-Settings-taste_drift").focus();
  await page.keyboard.press("End");
  await until(page, () => document.getElementById("many").hidden);
  await page.locator("#trait-Reward-engagement").focus();
  await page.keyboard.press("Home");
};

const theSimulator = async (page, look) => {
  await aSession(page, look, "reduce");
  await theTraits(page);
  await picture(page, `${look}_session`);
  await manyPeople(page);
  await picture(page, `${look}_many`);
  await checkAccess(page, `${look}, many people`);
  await aLesson(page);
  await lateAnswers(page);
  await theCatalogue(page, look);
  await checkAccess(page, `${look}, the simulator`);
  await checkWidth(page, `${look}, the simulator`);
};

// Two at once: one of them waits for its turn.
const twoPages = async (browser) => {
  const pages = await Promise.all([0, 1].map(() => open(browser, looks[0], endpoint + "/")));
  await Promise.all(pages.map(async ({ page, complaints }) => {
    await page.locator("#scene").selectOption("drift");
    await page.locator("#try").click();
    await until(page, () => document.getElementById("scene-status").textContent === "500 of 500 people.");
    assert.deepEqual(complaints, []);
    await page.context().close();
  }));
};

// Where motion is welcome the session plays by itself.
const moving = async (browser) => {
  const { page } = await open(browser, looks[0], endpoint + "/", "no-preference");
  await aSession(page, "moving", "no-preference");
  await page.context().close();
};

// What no field takes, beside that field.
const nonsense = async (page) => {
  const long = "x".repeat(9000);
  await page.locator("#person").fill(long);
  await page.keyboard.press("Enter");
  await complains(page, "person", /Nobody has|longer|8 KiB|address/);
  await page.locator("#person").fill("<b>\u0000\u202e %2F ?&#");
  await page.keyboard.press("Enter");
  await complains(page, "person", /Nobody has|longer|8 KiB|address/);
  await page.locator("#title").fill(long);
  await complains(page, "title", /^.{1,399}$/);
  await page.locator("#title").fill('"*() OR NEAR');
  await complains(page, "title", /No title holds/);
  await page.locator("#title").fill("");
  await page.waitForSelector("#title-examples:not([hidden])");
  await page.locator("#person").fill("");
  await page.waitForSelector("#person-examples:not([hidden])");
};

const aKey = async (browser, look) => {
  const { page, complaints } = await open(browser, look, closed);
  await page.waitForSelector("#key-form:not([hidden])");
  assert.match(await page.locator("#served").textContent(), /needs a read key/);
  await page.locator("#key-form button").click();
  await complains(page, "key", /Type a key first/);
  await page.locator("#key").fill("a-wrong-key");
  await page.locator("#key-form button").click();
  await complains(page, "key", /does not know this key/);
  await page.locator("#key").fill("reading-key");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#key-form", { state: "hidden" });
  await page.locator("#person").fill("reader-2");
  await page.keyboard.press("Enter");
  await settled(page);
  // A key for reading keeps nothing.
  await page.locator("#scene").selectOption("exploration");
  await page.locator("#try").click();
  await until(page, () => document.getElementById("scene-status").textContent === "500 of 500 people.");
  await page.locator("#keep").click();
  await page.waitForSelector("#keep-error:not([hidden])");
  assert.match(await says(page, "keep-error"), /needs a write key/);
  // A refused question is on Chromium's console whatever a page does.
  assert.deepEqual(complaints.filter((one) => !one.includes("401")), []);
  await page.context().close();
};

const lookAt = async (browser, look) => {
  const { page, complaints } = await open(browser, look, endpoint + "/");
  await picture(page, `${look.name}_empty`);
  await checkAccess(page, `${look.name}, empty`);
  await checkWidth(page, `${look.name}, empty`);
  assert.equal(await page.locator("#person-found button").count(), 3);
  assert.equal(await page.locator("#title-found button").count(), 3);
  await aPerson(page);
  await labelDrawn(page);
  await picture(page, `${look.name}_person`);
  await theSlider(page);
  await theSwitches(page);
  await theLabel(page);
  await checkAccess(page, `${look.name}, a person`);
  await checkWidth(page, `${look.name}, a person`);
  await aHistoryOfOnesOwn(page);
  await nonsense(page);
  await theSimulator(page, look.name);
  // After 429 the page asks again; the console tells of it on a slow machine.
  assert.deepEqual(complaints.filter((one) => !/status of (400|404|409|414|429)/.test(one)), [], look.name);
  await page.goto(`${endpoint}/#person=reader-3`);
  await page.reload();
  await settled(page);
  assert.match(await page.locator("#history-title").textContent(), /reader-3/);
  await page.context().close();
};

(async () => {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
  try {
    for (const look of looks) await lookAt(browser, look);
    await moving(browser);
    await twoPages(browser);
    await aKey(browser, looks[0]);
  } finally {
    await browser.close();
  }
})().catch((problem) => {
  console.error(problem);
  process.exit(1);
});
