"""A service of our program on a small trained world, for the tests of this folder."""
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import urllib.parse

SANITIZED = bool(os.environ.get("INFODIET_SANITIZE"))
PATIENCE = 600 if SANITIZED else 60  # seconds for one answer
QUICK = ["--epochs", "2", "--set", "width=16,ffn_width=16,blocks=1"]


def program():
    return os.environ["INFODIET_PROGRAM"]


def run(*arguments):
    """What a command prints; an error is an error, with what was said."""
    done = subprocess.run([program(), *arguments], capture_output=True, text=True)
    assert done.returncode == 0, (arguments, done.returncode, done.stderr)
    return done.stdout


class World:
    """A database with people, items and a model, copied for every test that changes it."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="infodiet-serve-"))
        self.path = self.folder / "world.db"
        run("sample", "--db", str(self.path), "--users", "60", "--items", "60")
        run("train", "--db", str(self.path), *QUICK)

    def copy(self, name):
        to = self.folder / name
        shutil.copyfile(self.path, to)
        return to

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Service:
    def __init__(self, database, *options):
        self.log = open(str(database) + ".log", "w+")
        self.process = subprocess.Popen(
            [program(), "serve", "--db", str(database), "--port", "0", *options],
            stdout=subprocess.PIPE, stderr=self.log, text=True,
        )
        line = self.process.stdout.readline()
        if " at http://" not in line:
            self.process.wait()
            raise RuntimeError(self.logged())
        self.port = int(line.rsplit(":", 1)[1])

    def logged(self):
        self.log.seek(0)
        return self.log.read()

    def ask(self, method, path, body=None, headers=None):
        """Status, headers and JSON (or text) of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = dict(headers or {})
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        connection.request(method, path, data, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        if answer.headers.get_content_type() == "application/json" and text:
            return answer.status, answer.headers, json.loads(text)
        return answer.status, answer.headers, text

    def get(self, path, **values):
        status, _, body = self.ask("GET", path + ("?" + urllib.parse.urlencode(values, doseq=True) if values else ""))
        assert status == 200, (path, values, status, body)
        return body

    def send(self, method, path, body=None):
        status, _, answer = self.ask(method, path, body)
        assert status == 200, (method, path, status, answer)
        return answer

    def end(self, how=signal.SIGTERM):
        """The exit code."""
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE)
        self.process.stdout.close()
        self.log.close()
        return code
