"""Tests of `infodiet serve` from outside, as a client meets it. Run by ctest; INFODIET_PROGRAM names the program."""
import concurrent.futures
import functools
import http.client
import json
import os
import pathlib
import random
import re
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import unittest
import urllib.parse

from routes_table import commands_of, example_of, right_body, table, wrong_bodies, wrong_values
from service import QUICK, Service, World, program, run


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


def setUpModule():
    global world
    world = World()


def tearDownModule():
    world.remove()


class Case(unittest.TestCase):
    options = ()

    def setUp(self):
        self.database = world.copy(self.id().rsplit(".", 1)[1] + ".db")
        self.service = Service(self.database, *self.options)

    def tearDown(self):
        if self.service.process.poll() is None:
            self.assertEqual(self.service.end(), 0)

    def status(self, *arguments, **options):
        return self.service.ask(*arguments, **options)[0]

    def within_seconds(self, holds):
        for _ in range(900):
            if holds():
                return
            time.sleep(0.1)
        self.fail("still not so after 90 seconds")


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


class Live(Case):
    def feedback(self, user, item, kind="read", when="2024-05-01T00:00:00Z"):
        return {"FeedbackType": kind, "UserId": user, "ItemId": item, "Timestamp": when}

    def test_feedback_counts_in_the_next_list(self):
        first = self.service.get("/api/recommend/new", n=3)
        self.assertEqual(self.service.send("POST", "/api/feedback", [self.feedback("new", first[0])])["RowAffected"], 1)
        second = self.service.get("/api/picks/new", n=60)
        self.assertEqual(second["model"], "attention")
        self.assertNotIn(first[0], [p["item"] for p in second["items"]])
        self.assertLessEqual({b["item"] for p in second["items"] for b in p["because"]}, {first[0]})
        self.service.send("DELETE", f"/api/feedback/read/new/{first[0]}")
        self.assertEqual(self.service.get("/api/recommend/new", n=3), first)

    def test_post_keeps_and_put_overwrites(self):
        early, late = self.feedback("a", "article-1"), self.feedback("a", "article-1", when="2024-06-01T00:00:00Z")
        self.assertEqual(self.service.send("POST", "/api/feedback", [early])["RowAffected"], 1)
        self.assertEqual(self.service.send("POST", "/api/feedback", [late])["RowAffected"], 0)
        self.assertEqual(self.service.get("/api/user/a/feedback"), [early])
        self.assertEqual(self.service.send("PUT", "/api/feedback", [late])["RowAffected"], 1)
        self.assertEqual(self.service.get("/api/feedback/read/a/article-1"), late)

    def test_a_new_item_is_placed_and_a_hidden_one_is_gone_at_once(self):
        topic = self.service.get("/api/items", n=1)["Items"][0]["Categories"][0]
        self.service.send("POST", "/api/item", {"ItemId": "fresh", "Categories": [topic], "Timestamp": "2030-01-01T00:00:00Z"})
        self.assertEqual(self.service.get("/api/latest", n=1)[0]["Id"], "fresh")
        self.within_seconds(lambda: "fresh" in self.service.get("/api/recommend/reader-1", n=1000))
        for _ in range(3):
            self.service.send("PATCH", "/api/item/fresh", {"IsHidden": True})
            self.assertNotIn("fresh", self.service.get("/api/recommend/reader-1", n=1000))
            self.service.send("PATCH", "/api/item/fresh", {"IsHidden": False})
        self.service.send("DELETE", "/api/item/fresh")
        self.assertNotIn("fresh", self.service.get("/api/recommend/reader-1", n=1000))
        self.assertEqual(self.status("GET", "/api/item/fresh"), 404)
        self.assertEqual(self.status("POST", "/api/item", {"ItemId": "fresh"}), 409)

    def test_the_shell_forgets_imports_and_trains_meanwhile(self):
        before = self.service.get("/api/model")
        run("forget", "--db", str(self.database), "--user", "reader-1")
        self.assertEqual(self.status("GET", "/api/diet/reader-1"), 404)
        self.assertEqual(self.service.get("/api/picks/reader-1")["model"], "popularity")
        self.assertNotIn("reader-1", [p["Id"] for p in self.service.get("/api/user/reader-2/neighbors", n=60)])
        log = self.database.with_suffix(".csv")
        log.write_text("user,item,time\nimported,unseen-item,1700000000\nimported,article-3,1700000100\n")
        run("import", "--db", str(self.database), str(log))
        self.assertEqual(self.service.get("/api/picks/imported")["model"], "attention")
        run("train", "--db", str(self.database), *QUICK)
        self.within_seconds(lambda: self.service.get("/api/model").get("number", 0) > before["number"])
        self.assertIn("unseen-item", [p["Id"] for p in self.service.get("/api/popular", n=1000)])

    def test_lists_never_fail_or_mix_while_models_are_published(self):
        stop = False

        def ask():
            count = 0
            while not stop:
                picks = self.service.get("/api/recommend/reader-5", n=60)
                assert len(picks) == len(set(picks)) > 0
                count += 1
            return count

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            asked = [pool.submit(ask) for _ in range(4)]
            for seed in range(3):
                run("train", "--db", str(self.database), "--seed", str(seed + 5), "--epochs", "1", *QUICK[2:])
            stop = True
            self.assertTrue(all(one.result() > 0 for one in asked))

    def test_a_list_made_lately_is_the_list_made_anew(self):
        dice = random.Random(11)
        anew = Service(world.copy("anew.db"), "--cache-mb", "0")
        try:
            for step in range(120):
                user = f"reader-{dice.randint(1, 8)}"
                if dice.random() < 0.3:
                    one = self.feedback(user, f"article-{dice.randint(1, 60)}", when=f"2024-06-01T00:{step // 2:02}:00Z")
                    method = dice.choice(["POST", "PUT"])
                    for service in (self.service, anew):
                        service.send(method, "/api/feedback", [one])
                values = {"n": dice.choice([3, 10]), "diet": dice.choice([0, 0.5])}
                self.assertEqual(self.service.get(f"/api/recommend/{user}", **values),
                                 anew.get(f"/api/recommend/{user}", **values))
        finally:
            anew.end()
        counted = {line.split(" ")[0]: float(line.split(" ")[1]) for line in self.service.get("/metrics").splitlines()
                   if line.startswith("infodiet_lists_total")}
        self.assertGreater(counted['infodiet_lists_total{cached="yes"}'], 20)

    def test_it_trains_by_itself(self):
        number = self.service.get("/api/model")["number"]
        self.service.end()
        self.service = Service(self.database, "--retrain-every", "1s")
        self.within_seconds(lambda: self.service.get("/api/model")["number"] > number)
        self.assertEqual(self.service.get("/api/model")["holdout"], "last")

    def test_somebody_is_forgotten_to_the_last_byte(self):
        name = "somebody-with-a-long-name"
        self.service.send("POST", "/api/user", {"UserId": name, "Labels": ["a"], "Comment": "c"})
        self.service.send("POST", "/api/feedback", [self.feedback(name, "article-1")])
        self.service.send("DELETE", f"/api/user/{name}")
        self.assertEqual(self.status("GET", f"/api/user/{name}"), 404)
        self.assertEqual(self.service.end(), 0)
        self.assertNotIn(name.encode(), self.database.read_bytes())


class Kept(Case):
    def test_no_acknowledged_feedback_is_lost_by_a_kill(self):
        for life in range(int(os.environ.get("INFODIET_SERVE_KILLS", "5"))):
            acknowledged = []

            def write(thread):
                for i in range(10_000):
                    item = f"item-{life}-{thread}-{i}"
                    try:
                        status = self.status("POST", "/api/feedback", [
                            {"FeedbackType": "read", "UserId": f"writer-{thread}", "ItemId": item}])
                    except (OSError, ValueError):
                        return
                    if status == 200:
                        acknowledged.append((f"writer-{thread}", item))

            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                writing = [pool.submit(write, t) for t in range(4)]
                time.sleep(0.3 + 0.1 * (life % 8))
                self.service.end(signal.SIGKILL)
                for one in writing:
                    one.result()
            db = sqlite3.connect(self.database)
            stored = set(db.execute("SELECT users.key, items.key FROM interactions"
                                    " JOIN users ON users.id = user_id JOIN items ON items.id = item_id"))
            db.close()
            self.assertTrue(acknowledged)
            self.assertEqual(set(acknowledged) - stored, set())
            self.service = Service(self.database)

    def test_sigterm_answers_what_is_under_way(self):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(self.service.ask, "GET", "/api/picks/reader-3?n=50") for _ in range(8)]
            time.sleep(0.02)
            self.assertEqual(self.service.end(), 0)
            for one in asked:
                try:
                    self.assertIn(one.result()[0], (200, 503))
                except OSError:
                    pass  # came too late to be let in
        self.assertTrue(self.database.exists())


class Served(Case):
    """Lists that are kept, and what was taken of them."""

    options = ("--keep-lists",)

    def arms(self):
        return {arm["arm"]: arm for arm in json.loads(run("info", "--db", str(self.database), "--json"))["served"]}

    def kept(self):
        db = sqlite3.connect(self.database)
        try:
            return db.execute("SELECT policy, version, users.key, slate, chosen FROM slates JOIN slate_logs"
                              " ON slate_logs.id = log_id LEFT JOIN users ON users.id = user_id").fetchall()
        finally:
            db.close()

    def test_lists_are_kept_with_what_was_taken_of_them(self):
        self.assertEqual(self.arms(), {})
        shown = {user: self.service.get(f"/api/recommend/{user}", n=5) for user in ("reader-1", "reader-2", "reader-3")}
        self.service.get("/api/picks/reader-1", n=3)
        self.service.get("/api/recommend/nobody-known", n=3)
        self.service.get("/api/recommend/reader-1", n=3, diet=0.5)
        self.within_seconds(lambda: len(self.kept()) == 4)
        model = str(self.service.get("/api/model")["number"])
        keys = {}
        db = sqlite3.connect(self.database)
        for number, key in db.execute("SELECT id, key FROM items"):
            keys[number] = key
        db.close()
        for policy, version, user, slate, chosen in self.kept():
            self.assertEqual((policy, version, chosen), ("attention", model, None))
            self.assertIn([keys[i] for i in json.loads(slate)], (shown[user], shown[user][:3]))
        taken = [{"FeedbackType": "read", "UserId": "reader-2", "ItemId": shown["reader-2"][3]},
                 {"FeedbackType": "read", "UserId": "reader-3", "ItemId": "an-item-of-no-list"}]
        self.service.send("POST", "/api/feedback", taken)
        self.assertEqual([(user, chosen) for _, _, user, _, chosen in self.kept() if chosen is not None], [("reader-2", 3)])
        self.service.send("POST", "/api/feedback", taken[:1])  # the same again is nothing new
        arm = self.arms()["attention"]
        self.assertEqual((arm["people"], arm["lists"], arm["taken"], arm["share"]), (3, 4, 1, 0.25))
        self.assertTrue(0 <= arm["low"] < 0.25 < arm["high"] <= 1)
        text = self.service.get("/metrics")
        self.assertIn('infodiet_kept_lists{arm="attention"} 4', text)
        self.assertIn('infodiet_taken_share{arm="attention",bound="mean"} 0.25', text)
        self.assertIn("attention", run("info", "--db", str(self.database)))
        self.service.send("DELETE", "/api/user/reader-2")
        self.assertNotIn("reader-2", [user for _, _, user, _, _ in self.kept()])

    def test_people_are_split_between_arms_and_keep_theirs(self):
        self.service.end()
        serve = [program(), "serve", "--db", str(self.database), "--port", "0", "--split"]
        for split, code, said in [("attention=0.5,robot=0.5", 2, "robot"), ("attention=0.5", 2, "add up to"),
                                  ("attention=0.5,agent=0.5", 3, "agent")]:
            done = subprocess.run([*serve, split], capture_output=True, text=True)
            self.assertEqual((done.returncode, said in done.stderr), (code, True), done.stderr)
        run("simulate", "--db", str(self.database), "--environment", "catalogue", "--policy", "agent", "--learn",
            "--updates", "2", "--users", "8", "--set", "candidates=20")
        self.service = Service(self.database, "--keep-lists", "--split", "attention=0.5,agent=0.5")
        first = {f"reader-{i}": self.service.get(f"/api/recommend/reader-{i}", n=5) for i in range(1, 41)}
        self.within_seconds(lambda: len(self.kept()) == 40)
        arm_of = {user: policy for policy, _, user, _, _ in self.kept()}
        self.assertEqual(set(arm_of.values()), {"attention", "agent"})
        for user, policy in arm_of.items():
            told = ["recommend", "--db", str(self.database), "--user", user, "-k", "5", "--json"]
            told += ["--policy", "agent"] if policy == "agent" else []
            if int(user.split("-")[1]) <= 6:
                self.assertEqual(first[user], [p["item"] for p in json.loads(run(*told))["items"]], (user, policy))
        self.service.end()
        self.service = Service(self.database, "--keep-lists", "--split", "attention=0.5,agent=0.5")
        for user in first:
            self.assertEqual(self.service.get(f"/api/recommend/{user}", n=5), first[user])
        self.within_seconds(lambda: len(self.kept()) == 80)
        self.assertEqual(arm_of, {user: policy for policy, _, user, _, _ in self.kept()})


class Page(Case):
    """What the page asks, beside what the commands say. The page itself is met in tests/clients/page."""

    def test_a_history_typed_in_is_answered_like_a_stored_one(self):
        told = self.service.get("/api/picks/reader-4", n=7)
        taken_in = self.service.get("/api/history/reader-4", n=10_000)
        self.assertEqual(taken_in["interactions"], len(taken_in["items"]))
        session = [{"ItemId": one["item"], "Timestamp": one["time"]} for one in reversed(taken_in["items"])]
        asked = self.service.send("POST", "/api/session/picks?n=7", session)
        self.assertEqual([(p["item"], p["title"], [b["item"] for b in p["because"]]) for p in asked["items"]],
                         [(p["item"], p["title"], [b["item"] for b in p["because"]]) for p in told["items"]])
        label = self.service.send("POST", "/api/session/diet", session)
        stored = self.service.get("/api/diet/reader-4")
        for key in stored.keys() - {"user"}:
            self.assertEqual(label[key], stored[key], key)
        self.assertEqual(len(label["chart"]["data"]["figures"]), len(label["chart"]["table"]["rows"]))
        without = taken_in["items"][0]["item"]
        off = [dict(one, IsOff=one["ItemId"] == without) for one in session]
        self.assertEqual([p["item"] for p in self.service.send("POST", "/api/session/picks?n=7", off)["items"]],
                         [p["item"] for p in self.service.get("/api/what-if/reader-4", n=7, without=without)["items"]])
        self.assertEqual(self.status("POST", "/api/session/diet", [dict(one, IsOff=True) for one in session]), 409)
        self.assertEqual(self.status("GET", "/api/history/nobody"), 404)

    def test_titles_and_people_are_found(self):
        title = self.service.get("/api/history/reader-1", n=1)["items"][0]["title"]
        found = self.service.get("/api/find", words=title.upper(), n=5)
        self.assertIn(title, [one["title"] for one in found["items"]])
        self.assertEqual(self.service.get("/api/find", words="reader-6", n=2)["users"][0]["user"], "reader-6")
        self.assertEqual(self.service.get("/api/find", words="", n=2), {"items": [], "users": []})
        run("forget", "--db", str(self.database), "--user", "reader-6")
        self.assertNotIn("reader-6", [one["user"] for one in self.service.get("/api/find", words="reader-6")["users"]])

    def test_the_page_is_strict_about_what_it_runs(self):
        status, headers, text = self.service.ask("GET", "/")
        self.assertEqual((status, headers.get_content_type()), (200, "text/html"))
        self.assertIn("script-src 'self'", headers["Content-Security-Policy"])
        self.assertNotIn("unsafe", headers["Content-Security-Policy"])
        for name in re.findall(r'(?:src|href)="(page/[^"]+)"', text):
            self.assertEqual(self.status("GET", "/" + name), 200, name)
        self.assertEqual(self.service.ask("GET", "/api/model")[1]["Content-Security-Policy"],
                         "default-src 'none'; frame-ancestors 'none'")

    def test_simulated_people_earn_what_the_command_says(self):
        policies = ["random", "greedy", "optimum"]
        run("simulate", "--db", str(self.database), "--environment", "drift", "--policy", ",".join(policies),
            "--users", "40", "--set", "weariness=4", "--seed", "3")
        told = json.loads(run("simulate", "--db", str(self.database), "--environment", "drift", "--policy",
                              ",".join(policies), "--users", "40", "--set", "weariness=4", "--seed", "3", "--json"))
        asked = {"Environment": "drift", "Policies": policies, "Settings": {"weariness": 4}, "Seed": 3}
        earned = {policy: [] for policy in policies}
        for first in (0, 20):
            answer = self.service.send("POST", "/api/simulation/people", {**asked, "First": first, "People": 20})
            for feed in answer["feeds"]:
                earned[feed["policy"]] += feed["earned"]
        for policy in told["policies"]:
            self.assertAlmostEqual(sum(earned[policy["name"]]) / 40, policy["return"], places=9)
        self.assertLess(answer["random"], answer["optimum"])
        watched = self.service.send("POST", "/api/simulation/session", {**asked, "Person": 5})
        self.assertEqual(watched, self.service.send("POST", "/api/simulation/session", {**asked, "Person": 5}))
        for feed in watched["feeds"]:
            self.assertEqual(len(feed["steps"]), 40)
            for step in feed["steps"]:
                self.assertEqual((len(step["shown"]), round(sum(step["taste"]), 9)), (2, 1))
        catalogue = {"Environment": "catalogue", "Policies": ["greedy", "mmr"], "Reward": {"engagement": 1, "quality": 0.5}}
        watched = self.service.send("POST", "/api/simulation/session", catalogue)
        self.assertTrue(all(item["title"] for item in watched["feeds"][0]["steps"][0]["shown"]))
        self.assertIsNone(self.service.send("POST", "/api/simulation/people", {**catalogue, "People": 2})["optimum"])

    def test_nobody_earns_more_in_catalogue_than_the_bound(self):
        asked = {"Environment": "catalogue", "Policies": ["greedy", "calibrated", "random"], "Reward": {"engagement": 1}}
        answer = self.service.send("POST", "/api/simulation/people", {**asked, "People": 4, "Bounds": 2})
        self.assertIn(len(answer["bounds"]), (1, 2))  # as many as there is time for
        for feed in answer["feeds"]:
            self.assertEqual(len(feed["earned"]), 4)
            self.assertLess(sum(feed["earned"][:len(answer["bounds"])]), sum(answer["bounds"]))
        self.assertEqual(self.service.send("POST", "/api/simulation/people", {**asked, "People": 4})["bounds"], [])
        moved = self.service.send("POST", "/api/simulation/people",
                                  {**asked, "People": 2, "Bounds": 2, "Settings": {"taste_drift": 0.1}})
        self.assertEqual((moved["bounds"], "taste" in moved["no_bound"]), ([], True))

    def test_keeps_what_was_tried_as_the_command_would(self):
        for asked in ({"Environment": "drift", "Policies": ["greedy", "optimum"], "Settings": {"weariness": 4.5}},
                      {"Environment": "catalogue", "Policies": ["mmr"], "Reward": {"engagement": 1, "quality": 0.5}}):
            kept = self.service.send("POST", "/api/simulation/run", {**asked, "People": 30, "Seed": 2})
            again = shlex.split(kept["command"])
            self.assertEqual(again[:2], ["infodiet", "simulate"])
            told = json.loads(run(*again[1:], "--json", "--keep", "nothing"))
            self.assertEqual(kept["policies"], told["policies"])
            runs = json.loads(run("info", "--db", str(self.database), "--json"))["runs"]
            self.assertEqual((runs[-1]["run"], runs[-1]["environment"]), (kept["run"], asked["Environment"]))
        self.assertTrue(json.loads(run("doctor", "--db", str(self.database), "--json"))["ok"])
        for people in (0, 501):
            self.assertEqual(self.status("POST", "/api/simulation/run", {**asked, "People": people}), 400)

    def test_offers_of_each_environment_what_can_be_had_there(self):
        choices = self.service.get("/api/simulation")
        feeds = {one["name"]: one["policies"] for one in choices["environments"]}
        self.assertIn("optimum", feeds["drift"])
        self.assertNotIn("optimum", feeds["catalogue"])
        for environment, names in feeds.items():
            asked = {"Environment": environment, "Policies": names, "People": 1}
            self.assertEqual(len(self.service.send("POST", "/api/simulation/people", asked)["feeds"]), len(names))
        traits = {one["name"]: [trait["name"] for trait in one["settings"]] for one in choices["environments"]}
        self.assertNotIn("loyalty", traits["catalogue"])  # of weeks, which are not simulated here
        for lesson in choices["lessons"]:
            for setting in (*lesson["settings"], *lesson["change"]):
                self.assertIn(setting, traits[lesson["environment"]])

    def test_simulations_have_bounds(self):
        right = {"Environment": "drift", "Policies": ["greedy"]}
        for status, said, change in [
            (400, "drift", {"Environment": "nowhere"}), (400, "greedy", {"Policies": ["nobody"]}), (400, "1 to 8", {"Policies": []}),
            (409, "slateq", {"Policies": ["slateq"]}), (400, "no trait 'steps'", {"Settings": {"steps": 100}}),
            (400, "no trait 'x'", {"Settings": {"x": 1}}), (400, "expected a number", {"Settings": {"taste": "4"}}),
            (400, "taste", {"Settings": {"taste": 1e9}}), (400, "expected an object", {"Settings": [1]}),
            (400, "reward of its own", {"Reward": {"engagement": 1}}), (400, "Person", {"Person": -1}), (400, "Seed", {"Seed": -1}),
            (400, "nonsense", {"Environment": "catalogue", "Reward": {"nonsense": 1}}),
        ]:
            answered, _, document = self.service.ask("POST", "/api/simulation/session", {**right, **change})
            self.assertEqual((answered, said in document["error"]), (status, True), (change, document))
        for people in (0, 51):
            self.assertEqual(self.status("POST", "/api/simulation/people", {**right, "People": people}), 400)


class Load(Case):
    def resident_mb(self):
        for line in open(f"/proc/{self.service.process.pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0

    def test_nothing_fails_while_all_is_done_at_once(self):
        ending = time.monotonic() + float(os.environ.get("INFODIET_SERVE_LOAD_SECONDS", "4"))
        going = lambda: time.monotonic() < ending
        failures, asked = [], [0]

        def read(seed):
            dice = random.Random(seed)
            while going():
                user, item = f"reader-{dice.randint(1, 60)}", f"article-{dice.randint(1, 60)}"
                path = dice.choice([f"/api/recommend/{user}", f"/api/picks/{user}?n=3", f"/api/similar/{item}",
                                    "/api/popular?n=5", "/api/latest", f"/api/user/{user}/neighbors", f"/api/diet/{user}",
                                    f"/api/explain/{user}/{item}?n=2", "/api/users?n=10", "/metrics", "/api/model"])
                status, _, body = self.service.ask("GET", path)
                asked[0] += 1
                if status != 200 and not (status in (404, 409) and "reader-6" in path):  # some of those are forgotten
                    failures.append((path, status, body))

        def write(seed):
            dice = random.Random(seed)
            while going():
                some = [{"FeedbackType": dice.choice(["read", "like"]), "UserId": f"reader-{dice.randint(1, 59)}",
                         "ItemId": f"article-{dice.randint(1, 60)}"} for _ in range(3)]
                status, _, body = self.service.ask(dice.choice(["POST", "PUT"]), "/api/feedback", some)
                if status != 200:
                    failures.append(("feedback", status, body))

        def shell():
            number = 0
            while going():
                number += 1
                log = self.database.with_suffix(f".{number}.csv")
                log.write_text(f"user,item,time\nreader-6{number},article-{number % 60 + 1},{1700000000 + number}\n")
                run("import", "--db", str(self.database), str(log))
                run("forget", "--db", str(self.database), "--user", f"reader-6{number}")
                if number % 3 == 1:
                    run("train", "--db", str(self.database), "--epochs", "1", *QUICK[2:])

        memory = []
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            running = [pool.submit(read, seed) for seed in range(3)] + [pool.submit(write, 9), pool.submit(shell)]
            while going():
                time.sleep(0.5)
                memory.append(self.resident_mb())
            for one in running:
                one.result()
        self.assertEqual(failures, [])
        self.assertGreater(asked[0], 20)
        half = len(memory) // 2
        self.assertLess(max(memory[half:]), max(memory[:half]) + 40, memory)
        if "INFODIET_SERVE_LOAD_SECONDS" in os.environ:
            print(f"{asked[0]} answers, {memory[0]:.0f} MB at first, {memory[-1]:.0f} MB at last")


class Refusals(Case):
    def raw(self, text):
        with socket.create_connection(("127.0.0.1", self.service.port), timeout=30) as connection:
            connection.sendall(text)
            answer = b""
            while True:
                try:
                    part = connection.recv(65536)
                except ConnectionResetError:
                    break
                if not part:
                    break
                answer += part
        return answer.decode(errors="replace")

    def test_every_wrong_request_gets_its_status_and_advice(self):
        get, post = "GET", "POST"
        some = [{"FeedbackType": "read", "UserId": "u", "ItemId": "i"}]
        cases = [
            (404, get, "/api", None, {}),
            (404, get, "/page/assets.hpp", None, {}),
            (404, get, "/api/item/none", None, {}),
            (404, get, "/api/what-if/nobody", None, {}),
            (404, get, "/api/explain/reader-1/none", None, {}),
            (405, get, "/api/session/recommend", None, {}),
            (405, "OPTIONS", "/api/users", None, {}),
            (400, get, "/api/recommend/reader-1?n=0", None, {}),
            (400, get, "/api/recommend/reader-1?n=1001", None, {}),
            (400, get, "/api/recommend/reader-1?n=1e3", None, {}),
            (400, get, "/api/recommend/reader-1?diet=nan", None, {}),
            (400, get, "/api/recommend/reader-1?n=1&n=2", None, {}),
            (400, get, "/api/recommend/reader-1?never=1", None, {}),
            (400, get, "/api/recommend/reader-1?write-back-type=read&write-back-delay=1y", None, {}),
            (400, get, "/api/recommend/%zz", None, {}),
            (400, get, "/api/recommend/%ff", None, {}),
            (400, get, "/api/users?cursor=x", None, {}),
            (400, get, "/api/users", some, {}),
            (400, post, "/api/feedback", b"[", {}),
            (400, post, "/api/feedback", b"[" * 100_000, {}),
            (400, post, "/api/feedback", {"UserId": "u"}, {}),
            (400, post, "/api/feedback", [{"UserId": "u", "ItemId": "i"}], {}),
            (400, post, "/api/feedback", [{"FeedbackType": "", "UserId": "u", "ItemId": "i"}], {}),
            (400, post, "/api/feedback", [{"FeedbackType": "read", "UserId": "", "ItemId": "i"}], {}),
            (400, post, "/api/feedback", [{"FeedbackType": "read", "UserId": 7, "ItemId": "i"}], {}),
            (400, post, "/api/feedback", [{"FeedbackType": "read", "UserId": "u", "ItemId": "i", "Timestamp": "soon"}], {}),
            (400, post, "/api/item", {"ItemId": "x", "Categories": "a"}, {}),
            (400, post, "/api/feedback", [{"FeedbackType": "r" * 129, "UserId": "u", "ItemId": "i"}], {}),
            (400, post, "/api/feedback", [{"FeedbackType": "read", "UserId": "u" * 1025, "ItemId": "i"}], {}),
            (400, post, "/api/feedback", [{"FeedbackType": "read", "UserId": "u", "ItemId": "i" * 1025}], {}),
            (400, post, "/api/user", {"UserId": "u" * 1025}, {}),
            (400, post, "/api/user", {"UserId": ""}, {}),
            (400, post, "/api/session/recommend", [{"ItemId": ""}], {}),
            (400, post, "/api/item", {"ItemId": "i" * 1025}, {}),
            (415, post, "/api/feedback", some, {"Content-Type": "text/plain"}),
            (411, post, "/api/feedback", some, {"Content-Encoding": "gzip"}),
            (413, post, "/api/feedback", b" " * (5 << 20), {}),
            (404, "PATCH", "/api/user/nobody", {"Comment": "x"}, {}),
            (404, "DELETE", "/api/user/nobody", None, {}),
            (400, get, "/api/model", None, {"Host": "evil.example"}),
        ]
        for expected, method, path, body, headers in cases:
            with self.subTest(f"{method} {path} {str(body)[:60]} {headers}"):
                try:
                    status, answered, document = self.service.ask(method, path, body, headers)
                except ConnectionError:  # a body that is not wanted is not read to its end
                    self.assertEqual(expected, 413)
                    continue
                self.assertEqual(status, expected, document)
                self.assertEqual(document["status"], expected)
                self.assertGreater(len(document["error"]), 20)
                if status == 405:
                    self.assertIn(answered["Allow"], ("POST", "GET, HEAD, POST", "POST, GET, HEAD"))
        self.assertEqual(self.service.get("/api/users", n=1000)["Users"][-1]["UserId"], "reader-60")

    def test_every_route_refuses_what_does_not_fit_its_row(self):
        for path, methods in self.service.get("/openapi.json")["paths"].items():
            concrete = example_of(path)
            for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - {m.upper() for m in methods}):
                status, headers, _ = self.service.ask(method, concrete)
                self.assertEqual(status, 405, (method, path))
                expected = {m.upper() for m in methods} | ({"HEAD"} if "get" in methods else set())
                self.assertEqual(set(headers["Allow"].split(", ")), expected)
            for method, operation in methods.items():
                for wrong in wrong_values(operation) | {"never=1"}:
                    body = right_body(operation)
                    self.assertEqual(self.status(method.upper(), f"{concrete}?{wrong}", body), 400, (method, path, wrong))
                for expected, body, headers in wrong_bodies(operation):
                    status, _, document = self.service.ask(method.upper(), concrete, body, headers)
                    self.assertEqual(status, expected, (method, path, body, headers, document))
        self.assertEqual(self.status("GET", "/api/user/reader-1"), 200)
        self.assertEqual(len(self.service.get("/api/users", n=1000)["Users"]), 60)

    def test_no_more_connections_than_the_cap(self):
        kept = [socket.create_connection(("127.0.0.1", self.service.port), timeout=30) for _ in range(256)]
        try:
            refused = self.raw(b"GET /api/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertIn(" 503 ", refused.splitlines()[0])
            self.assertIn("Retry-After: 1", refused)
            self.assertIn("too many connections", refused)
            kept[0].sendall(b"GET /api/health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            self.assertIn(b" 200 ", kept[0].recv(65536))
        finally:
            for one in kept:
                one.close()
        self.within_seconds(lambda: " 200 " in self.raw(
            b"GET /api/health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))

    @unittest.skipUnless("INFODIET_SERVE_SLOW" in os.environ, "takes half a minute: INFODIET_SERVE_SLOW=1")
    def test_a_slow_request_is_cut_off_and_holds_nobody_up(self):
        slow = [socket.create_connection(("127.0.0.1", self.service.port), timeout=60) for _ in range(100)]
        start = time.monotonic()
        for one in slow:
            one.sendall(b"POST /api/feedback HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        b"Content-Length: 100\r\n\r\n[")
        while time.monotonic() < start + 12:
            self.assertEqual(self.status("GET", "/api/health/live"), 200)
            for one in slow:
                try:
                    one.sendall(b" ")  # a byte a second
                except OSError:
                    pass
            time.sleep(1)
        for one in slow:
            try:
                while one.recv(4096):
                    pass
            except ConnectionError:
                pass
            one.close()
        self.assertLess(time.monotonic() - start, 20)

    def test_hostile_bytes_end_in_an_answer_or_a_closed_connection(self):
        host = b"Host: localhost\r\n"
        self.assertIn(" 400 ", self.raw(b"GET\r\n\r\n"))
        self.assertIn(" 414 ", self.raw(b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n"))
        self.assertIn(" 400 ", self.raw(b"GET /api/model HTTP/1.1\r\n" + host + b"X: " + b"a" * 20_000 + b"\r\n\r\n"))
        many = b"".join(b"X-%d: y\r\n" % i for i in range(5000))
        self.assertIn(" 400 ", self.raw(b"GET /api/model HTTP/1.1\r\n" + host + many + b"\r\n"))
        twice = b"POST /api/users HTTP/1.1\r\n" + host + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]]"
        self.assertIn(" 400 ", self.raw(twice))
        chunked = b"POST /api/users HTTP/1.1\r\n" + host + b"Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n"
        self.assertIn(" 411 ", self.raw(chunked))
        two = b"GET /api/health/live HTTP/1.1\r\n" + host + b"\r\n"
        self.assertEqual(self.raw(two + two.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")).count(" 200 "), 2)
        dice = random.Random(3)
        whole = b"POST /api/feedback HTTP/1.1\r\n" + host + b"Content-Type: application/json\r\nContent-Length: 60\r\n\r\n"
        whole += b'[{"FeedbackType":"read","UserId":"u","ItemId":"article-1"}]  '
        for _ in range(int(os.environ.get("INFODIET_SERVE_HOSTILE", "300"))):
            bytes_ = bytearray(whole)
            for _ in range(dice.randint(1, 4)):
                bytes_[dice.randrange(len(bytes_))] = dice.randrange(256)
            with socket.create_connection(("127.0.0.1", self.service.port), timeout=30) as connection:
                connection.sendall(bytes_)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass
        self.assertEqual(self.status("GET", "/api/health/live"), 200)

    def test_what_cannot_be_served_is_said(self):
        keys = self.database.with_suffix(".keys")
        keys.write_text("read short\n")
        none = self.database.with_suffix(".none")
        none.write_text("# no key\n")
        port = str(self.service.port)
        for code, advice, options in [
            (2, "without a key: give --api-keys FILE, or --allow-anonymous", ["--host", "0.0.0.0"]),
            (1, "no such address", ["--host", "a b", "--allow-anonymous"]),
            (1, "cannot be listened on", ["--port", port]),
            (1, "cannot be read", ["--api-keys", str(keys) + "x"]),
            (3, "8 characters or more", ["--api-keys", str(keys)]),
            (3, "there is no key in it", ["--api-keys", str(none)]),
            (2, "expected a time such as 24h", ["--retrain-every", "soon"]),
            (2, "add up to 0.5: expected 1", ["--split", "attention=0.5"]),
            (3, "--policy agent --learn", ["--split", "attention=0.5,agent=0.5"]),
        ]:
            where = [] if "--port" in options else ["--port", "0"]
            done = subprocess.run([program(), "serve", "--db", str(self.database), *where, *options],
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, code, (options, done.stderr))
            self.assertIn(advice, done.stderr)

    def test_keys_open_what_they_may(self):
        self.service.end()
        keys = self.database.with_suffix(".keys")
        keys.write_text("# ours\nread reading-key\nwrite writing-key\n")
        self.service = Service(self.database, "--api-keys", str(keys))
        key = lambda k: {"X-API-Key": k}
        self.assertEqual(self.status("GET", "/api/health/live"), 200)
        self.assertEqual(self.status("GET", "/api/model"), 401)
        self.assertEqual(self.status("GET", "/api/model", headers=key("reading-ke")), 401)
        self.assertEqual(self.status("GET", "/api/model", headers=key("reading-key")), 200)
        self.assertEqual(self.status("GET", "/api/model", headers=key("writing-key")), 200)
        self.assertEqual(self.status("DELETE", "/api/user/reader-9", headers=key("reading-key")), 401)
        for path, methods in self.service.get("/openapi.json")["paths"].items():
            for method, operation in methods.items():
                wants = next(iter(operation["security"][0])) if "security" in operation else None
                if wants:
                    self.assertEqual(self.status(method.upper(), example_of(path)), 401, path)
                if wants == "write":
                    self.assertEqual(self.status(method.upper(), example_of(path), headers=key("reading-key")), 401, path)
        twice = (f"GET /api/model HTTP/1.1\r\nHost: localhost\r\nX-API-Key: reading-key\r\nX-API-Key: reading-key\r\n"
                 "Connection: close\r\n\r\n")
        self.assertIn(" 400 ", self.raw(twice.encode()))
        back = "/api/recommend/reader-9?write-back-type=shown"
        shown = lambda: self.service.ask("GET", "/api/user/reader-9/feedback/shown", headers=key("reading-key"))[2]
        self.assertEqual(self.status("GET", back, headers=key("reading-key")), 401)
        self.assertEqual(shown(), [])
        self.assertEqual(self.status("GET", back, headers=key("writing-key")), 200)
        self.assertEqual(len(shown()), 10)
        self.assertEqual(self.status("DELETE", "/api/user/reader-9", headers=key("writing-key")), 200)

    def test_the_log_has_no_ids_unless_asked(self):
        self.service.get("/api/recommend/reader-11")
        self.service.send("POST", "/api/feedback", [{"FeedbackType": "read", "UserId": "reader-11", "ItemId": "article-1"}])
        logged = self.service.logged()
        self.assertNotIn("reader-11", logged)
        self.assertEqual(json.loads(logged.splitlines()[0])["route"], "GET /api/recommend/{user}/{category?}")
        self.service.end()
        self.service = Service(self.database, "--log-ids")
        self.service.get("/api/recommend/reader-11")
        self.assertIn("reader-11", self.service.logged())

    def test_every_route_is_described_and_counted(self):
        described = self.service.get("/openapi.json")
        self.assertGreater(sum(len(path) for path in described["paths"].values()), 35)
        manual = pathlib.Path(__file__).parents[3] / "tools" / "serve" / "README.md"
        self.assertIn(table(described), manual.read_text(), "the table should be:\n" + table(described))
        asked = commands_of(manual.read_text())
        for path, methods in described["paths"].items():
            pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", path))
            for method in methods:
                self.assertTrue(any(m == method.upper() and pattern.fullmatch(p) for m, p in asked),
                                f"the manual has no curl for {method} {path}")
        self.service.get("/api/recommend/reader-1")
        self.service.send("POST", "/api/feedback", [{"FeedbackType": "read", "UserId": "m", "ItemId": "article-1"}])
        text = self.service.get("/metrics")
        self.assertIn('infodiet_requests_total{route="GET /api/recommend/{user}/{category?}",status="200"} 1', text)
        self.assertIn("infodiet_feedback_stored_total 1", text)
        self.assertIn("infodiet_model_age_seconds", text)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
