// Everything that gorsejs can do, against a service on a sample world: node surface.js ENDPOINT, with NODE_PATH where
// gorsejs is installed. Says nothing where all is well.
const assert = require("assert").strict;
const { Gorse, GorseException } = require("gorsejs");

const client = new Gorse({ endpoint: process.argv[2], secret: "writing-key" });
const timestamp = "2022-08-07T00:26:46Z";

const refused = (promise, code) =>
  assert.rejects(promise, (error) => error instanceof GorseException && error.code === code);

async function users() {
  const user = { UserId: "100", Labels: ["a", "b", "c"], Comment: "comment" };
  assert.equal(await client.insertUser(user), 1);
  assert.deepEqual(await client.getUser("100"), user);
  assert.equal(await client.updateUser("100", { Comment: "other" }), 1);
  assert.deepEqual(await client.getUser("100"), { ...user, Comment: "other" });
  assert.equal(await client.insertUsers([{ UserId: "101" }, { UserId: "102" }]), 2);
  const seen = [];
  for (let page = await client.getUsers({ n: 25 }); ; page = await client.getUsers({ n: 25, Cursor: page.Cursor })) {
    seen.push(...page.Users.map((one) => one.UserId));
    if (!page.Cursor) break;
  }
  assert.equal(seen.length, new Set(seen).size);
  assert.ok(["100", "101", "102", "reader-1"].every((id) => seen.includes(id)));
  const neighbours = await client.getUserNeighbors({ userId: "reader-1", cursorOptions: { n: 3 } });
  assert.equal(neighbours.length, 3);
  assert.ok(neighbours[0].Score >= neighbours[1].Score && neighbours[0].Id !== "reader-1");
  assert.equal(await client.deleteUser("102"), 1);
  await refused(client.getUser("102"), 404);
}

async function items() {
  const item = {
    ItemId: "100", IsHidden: true, Labels: ["a", "b", "c"], Categories: ["d", "e"], Timestamp: timestamp,
    Comment: "comment",
  };
  assert.equal(await client.upsertItem(item), 1);
  assert.deepEqual(await client.getItem("100"), item);
  assert.equal(await client.updateItem("100", { IsHidden: false }), 1);
  assert.equal((await client.getItem("100")).IsHidden, false);
  assert.equal(await client.insertItemCategory("100", "f"), 1);
  assert.deepEqual((await client.getItem("100")).Categories, ["d", "e", "f"]);
  assert.equal(await client.deleteItemCategory("100", "d"), 1);
  assert.deepEqual((await client.getItem("100")).Categories, ["e", "f"]);
  const more = ["200", "300"].map((id) => ({ ItemId: id, IsHidden: false, Timestamp: new Date(timestamp) }));
  assert.equal(await client.upsertItems(more), 2);
  assert.equal((await client.getItem("200")).Timestamp, timestamp);
  const page = await client.getItems({ n: 2 });
  assert.equal(page.Items.length, 2);
  assert.notEqual((await client.getItems({ n: 2, Cursor: page.Cursor })).Items[0].ItemId, page.Items[0].ItemId);
  const near = await client.getItemNeighbors({ itemId: "article-7", cursorOptions: { n: 4, offset: 1 } });
  assert.equal(near.length, 4);
  assert.ok(near[0].Score >= near[3].Score);
  assert.equal(await client.deleteItem("300"), 1);
  await refused(client.getItem("300"), 404);
}

async function feedback() {
  const one = (type, item) => ({ FeedbackType: type, UserId: "100", ItemId: item, Timestamp: timestamp });
  assert.equal(await client.insertFeedbacks([one("like", "100"), one("read", "200"), one("read", "article-1")]), 3);
  assert.deepEqual(await client.getFeedback({ type: "like", userId: "100", itemId: "100" }), one("like", "100"));
  assert.equal(await client.upsertFeedbacks([{ ...one("like", "100"), Timestamp: "2023-01-01T00:00:00Z" }]), 1);
  assert.equal(
    (await client.getFeedback({ type: "like", userId: "100", itemId: "100" })).Timestamp, "2023-01-01T00:00:00Z");
  assert.equal((await client.getFeedbacks(undefined, { n: 5 })).Feedbacks.length, 5);
  assert.deepEqual((await client.getFeedbacks("read")).Feedbacks, [one("read", "200"), one("read", "article-1")]);
  assert.equal((await client.getUserFeedback("100")).length, 3);
  assert.deepEqual(await client.getUserFeedbackByType("100", "read"), [one("read", "200"), one("read", "article-1")]);
  assert.equal((await client.getItemFeedback("200")).length, 1);
  assert.equal((await client.getItemFeedbackByType("200", "like")).length, 0);
  assert.deepEqual(await client.deleteFeedback({ type: "read", userId: "100", itemId: "200" }), { RowAffected: 1 });
  await refused(client.getFeedback({ type: "read", userId: "100", itemId: "200" }), 404);
}

async function lists() {
  const topic = (await client.getItem("article-1")).Categories[0];
  const recommended = await client.getRecommend({ userId: "100", cursorOptions: { n: 5 } });
  assert.equal(recommended.length, 5);
  assert.ok(!recommended.includes("article-1"));
  const rest = await client.getRecommend({ userId: "100", cursorOptions: { n: 4, offset: 1 } });
  assert.deepEqual(rest, recommended.slice(1));
  for (const id of await client.getRecommend({ userId: "100", category: topic })) {
    assert.ok((await client.getItem(id)).Categories.includes(topic));
  }
  const shown = await client.getRecommend({
    userId: "100", writeBackType: "shown", writeBackDelay: "10m", cursorOptions: { n: 2 } });
  assert.deepEqual(shown, recommended.slice(0, 2));
  const later = await client.getRecommend({ userId: "100", cursorOptions: { n: 10 } });
  assert.ok(!shown.some((id) => later.includes(id)));
  assert.equal((await client.getUserFeedbackByType("100", "shown")).length, 2);
  const session = await client.getSessionRecommend(
    [{ FeedbackType: "like", UserId: "400", ItemId: "article-1", Timestamp: timestamp }], { cursorOptions: { n: 3 } });
  assert.equal(session.length, 3);
  assert.ok(session.every((one) => one.Id !== "article-1" && typeof one.Score === "number"));
  const popular = await client.getPopular({ cursorOptions: { n: 3 } });
  assert.ok(popular.length === 3 && popular[0].Score >= popular[2].Score);
  assert.ok((await client.getPopular({ category: topic })).length > 0);
  const latest = await client.getLatest({ cursorOptions: { n: 2 } });
  assert.deepEqual(latest.map((one) => one.Id), ["200", "100"]);
  assert.deepEqual((await client.getLatest({ category: "e" })).map((one) => one.Id), ["100"]);
}

(async () => {
  for (const part of [users, items, feedback, lists]) await part();
  await refused(new Gorse({ endpoint: process.argv[2], secret: "wrong" }).getPopular({}), 401);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
