"""Runs the benchmarks beside their peers and prints one table: medians, lowest and highest, and ratios within this run.

Not a test: it says what this machine gives. Peers (libtorch, faiss, the sqlite3 shell) take part where they are there.
"""

import argparse
import csv
import ctypes
import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


class Rounds(float):
    """What one number was in every round: their median, which it is in a sum, and all of them."""

    def __new__(cls, values):
        made = super().__new__(cls, statistics.median(values))
        made.values = list(values)
        return made

    def over(self, other):
        """The ratio within each round."""
        return Rounds([mine / theirs for mine, theirs in zip(self.values, other.values)])

    def text(self, digits, unit=""):
        """The median, with the lowest and the highest where there are several."""
        low, high = min(self.values), max(self.values)
        middle = f"{self:.{digits}f}{unit}"
        return middle if len(self.values) == 1 else f"{middle} [{low:.{digits}f}-{high:.{digits}f}]"


def run_benchmarks(program, pattern, environment=None):
    """Each benchmark's result by name; {} where the program was not built."""
    if not program.exists():
        return {}
    command = [program, f"--benchmark_filter={pattern}", "--benchmark_format=json", "--benchmark_min_time=0.3"]
    done = subprocess.run(command, env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=True)
    output = json.loads(done.stdout)
    results = {one["name"].removesuffix("/real_time"): one for one in output["benchmarks"]}
    for one in results.values():
        one["blas_kernels"] = output["context"].get("blas_kernels", "")
    return results


def python_with_torch():
    """An interpreter that has PyTorch, or nothing."""
    for interpreter in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([interpreter, "-c", "import torch"], stderr=subprocess.DEVNULL).returncode == 0:
            return interpreter
    return None


def in_turn(count, *runs):
    """The results of each run, all of them `count` times in turn, every number as Rounds."""
    collected = [[] for _ in runs]
    for _ in range(count):
        for number, one in enumerate(runs):
            collected[number].append(one())
    return [{name: {key: Rounds([r[name][key] for r in results]) for key, value in first.items()
                    if isinstance(value, (int, float))}
             for name, first in results[0].items()}
            for results in collected]


def missing_peers(build):
    """What to install for the peers that do not take part."""
    there = {"libtorch (libtorch-dev)": (build / "benchmarks_torch").exists(),
             "PyTorch (python3-torch)": python_with_torch() is not None,
             "faiss (libfaiss-dev)": (build / "benchmarks_faiss").exists(),
             "the sqlite3 shell (sqlite3)": shutil.which("sqlite3") is not None}
    return [peer for peer, found in there.items() if not found]


def processor():
    """The processor's name and how many of its threads there are."""
    text = pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    names = [line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("model name")]
    return f"{names[0] if names else 'a processor without a name'}, {os.cpu_count()} threads"


def kernels_as_installed():
    """The kernels that OpenBLAS chooses in a program that does not ask for any."""
    try:
        name = ctypes.CDLL("libopenblas.so.0").openblas_get_corename
    except OSError:
        return "unknown"
    name.restype = ctypes.c_char_p
    return name().decode()


def milliseconds(result):
    return result["real_time"] * {"ns": 1e-6, "us": 1e-3, "ms": 1}[result.get("time_unit", "ms")]


def show(title, header, rows):
    print(f"\n{title}")
    rows = [header] + rows
    widths = [max(len(row[i]) for row in rows) for i in range(len(header))]
    for row in rows:
        print("  " + "  ".join([row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]))
    sys.stdout.flush()


def share(result, key):
    return f"{100 * result[key]:.0f} %" if key in result else ""


def times(value):
    return f"{value:.1f}x"


class Bench:
    def __init__(self, build, folder, count):
        self.build = build
        self.count = count
        self.folder = folder
        self.ours = build / "benchmarks"
        # Peers get the matrix kernels that our program chooses, which OpenBLAS may not choose by itself.
        [any_result] = run_benchmarks(self.ours, "^run/transpose/cols:64$").values()
        self.kernels = {"OPENBLAS_CORETYPE": any_result["blas_kernels"]}
        print(f"processor: {processor()}\nkernels of products: {any_result['blas_kernels']}, ours and the peers'; "
              f"as installed: {kernels_as_installed()}")

    def rounds(self, *runs):
        return in_turn(self.count, *runs)

    def torch_in_python(self, interpreter):
        """The usual peer's steps at width 50, called from Python, named as those called from C++."""
        if interpreter is None:
            return {}
        results = {}
        for data in ("ml_1m", "beauty"):
            command = [interpreter, pathlib.Path(__file__).with_name("torch_peer.py"), self.folder, data]
            done = subprocess.run(command, env={**os.environ, **self.kernels}, stdout=subprocess.PIPE, check=True)
            results[f"sasrec_pytorch_step_{data}/width:50/threads:2"] = {"real_time": float(done.stdout)}
        return results

    def steps(self):
        interpreter = python_with_torch()
        subprocess.run([self.build / "write_batches", self.folder], check=True)
        ours, torch, torch_in_python, torch_as_installed = self.rounds(
            lambda: run_benchmarks(self.ours, "^step_(ml_1m|beauty)/"),
            lambda: run_benchmarks(self.build / "benchmarks_torch", "step", self.kernels),
            lambda: self.torch_in_python(interpreter),
            lambda: run_benchmarks(self.build / "benchmarks_torch", "sasrec_pytorch_step"))
        rows = []
        for data in ("ml_1m", "beauty"):
            for width in (50, 64, 128):
                results = [ours[f"step_{data}/width:{width}/threads:{threads}"] for threads in (1, 2)]
                one, two = (result["real_time"] for result in results)
                peer = f"step_{data}/width:{width}/threads:2"
                cells = [f"{data}, width {width}", one.text(1), two.text(1), one.over(two).text(1, "x"),
                         share(results[1], "of_peak")]
                for results, name in ((torch, "sasrec_pytorch_"), (torch_in_python, "sasrec_pytorch_"),
                                      (torch_as_installed, "sasrec_pytorch_"), (torch, "lean_")):
                    result = results.get(name + peer)
                    cells += [f"{result['real_time']:.0f}, {result['real_time'].over(two).text(1, 'x')}" if result else ""]
                rows.append(cells)
        show("A training step of SASRec's shape, 128 sequences, 1 negative (ms; of peak: useful operations over sgemm's)",
             ["lengths", "1 thread", "2 threads", "gain", "of peak", "SASRec.pytorch", "in Python", "as installed", "lean libtorch"], rows)

    def epochs(self):
        [ours] = self.rounds(lambda: run_benchmarks(self.ours, "_epoch_|default_blocks_step"))
        rows = [[name, f"{milliseconds(result) / 1000:.2f}", share(result, "of_peak")] for name, result in ours.items()]
        show("A full-softmax epoch (48 steps, width 64, 2 blocks, length 200), and a step as `train` makes it (s)",
             ["", "seconds", "of peak"], rows)

    def evaluation(self):
        [ours] = self.rounds(lambda: run_benchmarks(self.ours, "^(evaluate|recommend)_"))
        rows = [[name, f"{milliseconds(result) / 1000:.2f}", f"{result['items_per_second']:,.0f}", share(result, "of_peak")]
                for name, result in ours.items()]
        show("Everybody ranked over the catalogue, and everybody's ten best", ["", "seconds", "people/s", "of peak"], rows)

    def search(self):
        ours, faiss = self.rounds(lambda: run_benchmarks(self.ours, "^top_k"),
                             lambda: run_benchmarks(self.build / "benchmarks_faiss", "top_k", self.kernels))
        rows = []
        for name, result in ours.items():
            peer = faiss.get("faiss_" + name.replace("_float", "").replace("_int8", ""))
            plain = ours[name.replace("_int8", "_float")]
            rows.append([name, f"{result['real_time']:.3f}", share(result, "of_bandwidth"), share(result, "of_peak"),
                         times(plain["real_time"] / result["real_time"]) if "int8" in name else "",
                         f"{peer['real_time']:.3f}, {peer['real_time'].over(result['real_time']).text(1, 'x')}" if peer else ""])
        show("The ten best of a catalogue, width 64, one query or 256 at once (ms)",
             ["", "ms", "of bandwidth", "of peak", "over float", "faiss IndexFlatIP"], rows)

    def kernels_alone(self):
        [ours] = self.rounds(lambda: run_benchmarks(self.ours, "^run/"))
        rows = [[name.removeprefix("run/"), f"{result['items_per_second'] / 1e9:.2f}", share(result, "of_bandwidth")]
                for name, result in ours.items()]
        show("Row kernels, one thread, in cache (10^9 elements a second)", ["", "elements", "of bandwidth"], rows)

    def environments(self):
        [ours] = self.rounds(lambda: run_benchmarks(self.ours, "choc_kale|satiation|exploration"))
        rows = [[name, f"{result['items_per_second'] / 1e6:.1f}"] for name, result in ours.items()]
        show("Simulated people (10^6 steps a second)", ["", "steps"], rows)

    def growth(self):
        [ours] = self.rounds(lambda: run_benchmarks(self.ours, "_by_"))
        rows = [[name, f"{result['real_time']:.1f}", f"{result['items_per_second'] / 1e3:.0f}", share(result, "of_peak")]
                for name, result in ours.items()]
        show("How a training step grows, two threads (ms; 10^3 positions a second)", ["", "ms", "positions", "of peak"], rows)

    def memory(self):
        ours = run_benchmarks(self.ours, "^memory_")
        parts = ("parameters_MB", "optimiser_MB", "gradients_MB", "batch_MB")
        rows = [[name.removeprefix("memory_").split("/")[0]] + [f"{result[part]:.1f}" for part in parts]
                for name, result in ours.items()]
        show("Memory of an epoch of training, 128 sequences a step, two threads (MB)",
             ["", "parameters", "optimiser", "gradients", "one batch"], rows)

    def write_interactions(self, count):
        """A log of `count` interactions in the order of time, people and items by popularity."""
        path = self.folder / f"{count}.csv"
        draw = random.Random(1)
        people, items = max(10, count // 100), int(10 * count ** 0.5)
        with open(path, "w", newline="", encoding="ascii") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(["user", "item", "time"])
            for i in range(count):
                out.writerow([f"u{draw.randrange(people)}", f"i{int(items * draw.random() ** 2)}", 1_500_000_000 + i])
        return path

    def command(self, *arguments, **options):
        """Seconds and peak memory (MB) of a command."""
        start = time.monotonic()
        child = subprocess.Popen([str(a) for a in arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
        _, status, usage = os.wait4(child.pid, 0)
        if status != 0:
            raise SystemExit(f"{' '.join(str(a) for a in arguments)} ended with status {status}")
        return time.monotonic() - start, usage.ru_maxrss / 1024

    def shell_import(self, path, database):
        """The sqlite3 shell's own .import, and what makes an equal file of it."""
        script = f"""
          PRAGMA journal_mode = WAL; PRAGMA cache_size = -65536;
          CREATE TABLE users (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE) STRICT;
          CREATE TABLE items (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE) STRICT;
          CREATE TABLE interactions (user_id INTEGER NOT NULL, sequence INTEGER NOT NULL, item_id INTEGER NOT NULL,
            time INTEGER, PRIMARY KEY (user_id, sequence)) STRICT, WITHOUT ROWID;
          CREATE TEMP TABLE rows (user TEXT, item TEXT, time INTEGER);
          .import --csv --skip 1 {path} rows
          BEGIN;
          INSERT INTO users (key) SELECT DISTINCT user FROM rows;
          INSERT INTO items (key) SELECT DISTINCT item FROM rows;
          INSERT INTO interactions SELECT u.id, row_number() OVER (PARTITION BY u.id ORDER BY r.rowid), i.id, r.time
            FROM rows r JOIN users u ON u.key = r.user JOIN items i ON i.key = r.item ORDER BY 1, 2;
          COMMIT;"""
        return self.command("sqlite3", database, stdin=self.text(script))

    def bare_import(self, path, database):
        """.import alone, into one table with an index by person and time."""
        script = f"""
          PRAGMA journal_mode = WAL; PRAGMA cache_size = -65536;
          CREATE TABLE interactions (user TEXT, item TEXT, time INTEGER);
          CREATE INDEX interactions_by_user ON interactions (user, time);
          .import --csv --skip 1 {path} interactions"""
        return self.command("sqlite3", database, stdin=self.text(script))

    def text(self, text):
        file = tempfile.TemporaryFile("w+", encoding="ascii")
        file.write("\n".join(line.strip() for line in text.splitlines()) + "\n")
        file.seek(0)
        return file

    def imports(self):
        [ours] = self.rounds(lambda: run_benchmarks(self.ours, "^import_csv"))
        rows = [[name, f"{result['items_per_second'] / 1e6:.2f}", f"{result['bytes'] / 1e6:.0f}"]
                for name, result in ours.items()]
        show("Import of CSV without a separate process (10^6 rows, MB of CSV a second)", ["", "rows", "MB"], rows)
        infodiet = self.build / "infodiet"
        path = self.write_interactions(10_000_000)
        importers = {"infodiet import": lambda db: self.command(infodiet, "import", path, "--db", db, "--quiet"),
                     "sqlite3, equal tables": lambda db: self.shell_import(path, db),
                     "sqlite3, one table, one index": lambda db: self.bare_import(path, db)}
        measured = {name: [] for name in importers}
        for _ in range(self.count):
            for name, importer in importers.items():
                measured[name].append(importer(self.folder / "import.db"))
                for file in self.folder.glob("import.db*"):
                    file.unlink()
        results = [(name, Rounds([m[0] for m in runs]), max(m[1] for m in runs)) for name, runs in measured.items()]
        rows = [[name, seconds.text(1), f"{10 / seconds:.2f}", f"{memory:.0f}", seconds.over(results[0][1]).text(2, "x")]
                for name, seconds, memory in results]
        show("Import of 10 million rows of CSV", ["", "seconds", "10^6 rows/s", "peak MB", "of ours"], rows)

    def interactions(self):
        infodiet = self.build / "infodiet"
        rows = []
        for count in (10_000, 100_000, 1_000_000, 10_000_000):
            path = self.write_interactions(count)
            database = self.folder / f"{count}.db"
            cells = [f"{count:,}"]
            for arguments in (("import", path),
                              ("train", "--holdout", "none", "--epochs", 1, "--set",
                               "width=64,blocks=2,heads=1,length=100,windows=last,negatives=512,neighbours=none,linear=none,"
                               "markov=none,recent=none"),
                              ("recommend", "--user", "u1")):
                seconds, memory = self.command(infodiet, *arguments, "--db", database, "--quiet")
                cells += [f"{seconds:.2f}", f"{memory:.0f}"]
            rows.append(cells)
            path.unlink()
        show("How commands grow with interactions (a person per 100, 10 sqrt(n) items; an epoch of 2 blocks, width 64, 512 negatives)",
             ["interactions", "import s", "MB", "epoch s", "MB", "recommend s", "MB"], rows)


def main():
    sections = {"steps": Bench.steps, "epochs": Bench.epochs, "evaluation": Bench.evaluation, "search": Bench.search,
                "kernels": Bench.kernels_alone, "environments": Bench.environments, "growth": Bench.growth,
                "memory": Bench.memory, "import": Bench.imports, "interactions": Bench.interactions}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", type=pathlib.Path, help="the folder the benchmarks were built in")
    parser.add_argument("sections", nargs="*", help=f"of {', '.join(sections)}; all if none is named")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured, in turn (default 3)")
    arguments = parser.parse_intermixed_args()
    unknown = [name for name in arguments.sections if name not in sections]
    if unknown:
        parser.error(f"no section is called {', '.join(unknown)}; there are {', '.join(sections)}")
    with tempfile.TemporaryDirectory(prefix="infodiet-bench") as folder:
        for peer in missing_peers(arguments.build):
            print(f"not installed, so not measured beside us: {peer}")
        bench = Bench(arguments.build.resolve(), pathlib.Path(folder), max(1, arguments.rounds))
        for name in arguments.sections or sections:
            sections[name](bench)


if __name__ == "__main__":
    main()
