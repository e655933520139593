"""That `infodiet serve` answers from what the file holds now, whoever wrote it.."""
import concurrent.futures
import random
import sys
import unittest

from case import Case, copy_of_world, setUpModule, tearDownModule  # noqa: F401
from service import QUICK, Service, run


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
        anew = Service(copy_of_world("anew.db"), "--cache-mb", "0")
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


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
