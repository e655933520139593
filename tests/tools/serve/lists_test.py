"""Lists of `infodiet serve`: what may be in them, and that they are those of the command line.."""
import functools
import http.client
import json
import os
import random
import sqlite3
import sys
import unittest
import urllib.parse

from case import Case, setUpModule, tearDownModule  # noqa: F401
from service import Service, run


def scored(answer):
    return [one["Id"] for one in answer]


def picked(answer):
    return [one["item"] for one in answer["items"]]


# Every list of items: its path, the ids in its answer, and what is sent.
LISTS = {
    "recommend": ("/api/recommend/{user}", list, None),
    "picks": ("/api/picks/{user}", picked, None),
    "what-if": ("/api/what-if/{user}", picked, None),
    "session": ("/api/session/recommend", scored, lambda item: [{"ItemId": item}]),
    "popular": ("/api/popular", scored, None),
    "latest": ("/api/latest", scored, None),
    "near": ("/api/item/{item}/neighbors", scored, None),
    "like": ("/api/similar/{item}", picked, None),
}


class Lists(Case):
    def test_are_those_of_the_command_line(self):
        told = json.loads(run("recommend", "--db", str(self.database), "--user", "reader-1", "-k", "5", "--json"))
        asked = self.service.get("/api/picks/reader-1", n=5)
        self.assertEqual([p["item"] for p in told["items"]], [p["item"] for p in asked["items"]])
        for ours, theirs in zip(asked["items"], told["items"]):
            self.assertAlmostEqual(ours["score"], theirs["score"], places=4)
            self.assertEqual([b["item"] for b in ours["because"]], [b["item"] for b in theirs["because"]])
        self.assertEqual(self.service.get("/api/recommend/reader-1", n=5), [p["item"] for p in told["items"]])
        explained = json.loads(
            run("explain", "--db", str(self.database), "--user", "reader-1", "--item", "article-7", "--json")
        )
        self.assertEqual(explained.keys(), self.service.get("/api/explain/reader-1/article-7").keys())
        label = json.loads(run("diet", "--db", str(self.database), "--user", "reader-1", "--json"))
        self.assertEqual(label, self.service.get("/api/diet/reader-1"))
        similar = json.loads(run("similar", "--db", str(self.database), "--item", "article-7", "--json"))
        self.assertEqual(similar, self.service.get("/api/similar/article-7"))
        self.assertEqual(
            [p["item"] for p in similar["items"]], [p["Id"] for p in self.service.get("/api/item/article-7/neighbors")]
        )

    def test_random_filters_give_what_brute_force_gives(self):
        dice = random.Random(7)
        self.service.end()
        db = sqlite3.connect(self.database)
        items = [key for (key,) in db.execute("SELECT key FROM items")]
        expired, to_come, hidden, away = (set(dice.sample(items, 4)) for _ in range(4))
        db.executemany("UPDATE items SET available_until = 1700000000 WHERE key = ?", [(key,) for key in expired])
        db.executemany("UPDATE items SET available_from = 5000000000 WHERE key = ?", [(key,) for key in to_come])
        db.executemany("UPDATE items SET hidden = 1 WHERE key = ?", [(key,) for key in away])
        db.commit()
        db.close()
        self.service = Service(self.database)
        topics = {i["ItemId"]: set(i["Categories"]) for i in self.service.get("/api/items", n=1000)["Items"]}
        names = sorted(set().union(*topics.values()))
        for item in hidden:
            self.service.send("PATCH", f"/api/item/{item}", {"IsHidden": True})
        never = expired | to_come | hidden | away
        whole = functools.cache(lambda kind, of: self.whole_list(kind, of, never, set(items)))
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=60)
        for _ in range(int(os.environ.get("INFODIET_SERVE_LISTS", "300"))):
            kind = dice.choice(list(LISTS))
            of = f"reader-{dice.randint(1, 60)}" if "user" in LISTS[kind][0] else f"article-{dice.randint(1, 60)}"
            exclude = dice.sample(items, dice.randint(0, 8))
            only = dice.sample(items, 30) if dice.random() < 0.3 else []
            topic = dice.sample(names, dice.randint(0, 2))
            offset, n = dice.randint(0, 5), dice.randint(1, 20)
            brute = [i for i in whole(kind, of) if i not in exclude and (not only or i in only)]
            brute = [i for i in brute if not topic or topics[i] & set(topic)]
            values = {"n": n, "offset": offset, "exclude": exclude, "only": only, "topic": topic}
            asked = self.ask_list(connection, kind, of, values)
            self.assertEqual(asked, brute[offset:offset + n], (kind, of, values))

    def ask_list(self, connection, kind, of, values):
        path, ids, body = LISTS[kind]
        path = path.format(user=of, item=of) + "?" + urllib.parse.urlencode(values, doseq=True)
        if body:
            connection.request("POST", path, json.dumps(body(of)), {"Content-Type": "application/json"})
        else:
            connection.request("GET", path)
        answer = connection.getresponse()
        text = answer.read()
        self.assertEqual(answer.status, 200, text)
        return ids(json.loads(text))

    def whole_list(self, kind, of, never, items):
        """A list without filters, which holds all it may and nothing else."""
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=60)
        listed = self.ask_list(connection, kind, of, {"n": 1000})
        connection.close()
        if "{user}" in LISTS[kind][0]:
            gone = {f["ItemId"] for f in self.service.get(f"/api/user/{of}/feedback")}
        else:
            gone = {of} if kind in ("near", "like", "session") else set()
        self.assertEqual(len(listed), len(set(listed)))
        self.assertFalse(never & set(listed))
        self.assertEqual(set(listed), items - never - gone, kind)
        return listed

    def test_diet_changes_the_list_and_what_if_leaves_out(self):
        plain = self.service.get("/api/recommend/reader-2", n=20)
        self.assertNotEqual(plain, self.service.get("/api/recommend/reader-2", n=20, diet=0.9))
        read = [f["ItemId"] for f in self.service.get("/api/user/reader-2/feedback")]
        without = self.service.get("/api/what-if/reader-2", n=50, without=read[:3])
        listed = [p["item"] for p in without["items"]]
        self.assertFalse(set(read) & set(listed))
        self.assertFalse(set(read[:3]) & {b["item"] for p in without["items"] for b in p["because"]})
        self.assertEqual(self.service.get("/api/what-if/reader-2", n=5), self.service.get("/api/picks/reader-2", n=5))
        nothing = self.service.get("/api/what-if/reader-2", n=5, without=read)
        self.assertEqual(nothing["model"], "popularity")

    def test_of_nobody_known_are_popular_and_of_a_session_are_its_own(self):
        popular = [p["Id"] for p in self.service.get("/api/popular", n=60)]
        self.assertEqual(self.service.get("/api/recommend/nobody", n=5), popular[:5])
        session = [{"FeedbackType": "read", "UserId": "x", "ItemId": "article-7", "Timestamp": "2024-01-01T00:00:00Z"}]
        status, _, listed = self.service.ask("POST", "/api/session/recommend?n=5", session)
        self.assertEqual(status, 200)
        self.assertNotIn("article-7", [p["Id"] for p in listed])
        self.assertNotEqual([p["Id"] for p in listed], popular[:5])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
