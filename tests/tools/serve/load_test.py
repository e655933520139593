"""`infodiet serve` under everything at once.."""
import concurrent.futures
import os
import pathlib
import random
import sys
import time
import unittest

from case import Case, setUpModule, tearDownModule  # noqa: F401
from service import QUICK, SANITIZED, run


class Load(Case):
    def resident_mb(self):
        status = pathlib.Path(f"/proc/{self.service.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

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
        if not SANITIZED:  # a sanitizer holds back what was freed
            self.assertLess(max(memory[half:]), max(memory[:half]) + 40, memory)
        if "INFODIET_SERVE_LOAD_SECONDS" in os.environ:
            print(f"{asked[0]} answers, {memory[0]:.0f} MB at first, {memory[-1]:.0f} MB at last")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
