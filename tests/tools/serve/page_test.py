"""What the page of `infodiet serve` asks."""
import json
import re
import shlex
import sys
import unittest

from case import Case, setUpModule, tearDownModule  # noqa: F401
from service import run


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


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
