"""What `infodiet serve` keeps: feedback that it acknowledged, and lists that it showed.."""
import concurrent.futures
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

from case import Case, setUpModule, tearDownModule  # noqa: F401
from service import Service, program, run


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


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
