"""What `infodiet serve` refuses, and how it says so.."""
import json
import os
import pathlib
import random
import re
import socket
import subprocess
import sys
import time
import unittest

from case import Case, setUpModule, tearDownModule  # noqa: F401
from routes_table import commands_of, example_of, right_body, table, wrong_bodies, wrong_values
from service import Service, program


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
