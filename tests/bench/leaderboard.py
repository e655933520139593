"""Trains and evaluates on data sets, seed by seed, and prints one table: every model's mean with its interval, minutes,
memory, and what was published.

Leave-one-out, the whole catalogue ranked, default settings unless --train gives others. Each data set is NAME=PATH,... as
`infodiet import` reads the paths. With --train --refit every model knows the validation items too, and the row says so;
published ones do not. A finished seed lies in --folder and is not run again; NAME finds its published
figures in published.csv.
"""
import argparse
import csv
import json
import math
import os
import pathlib
import shlex
import shutil
import statistics
import subprocess
import sys
import time

METRICS = ("ndcg@10", "hr@10")
# Student's t for 95 %, by degrees of freedom.
T = (math.nan, 12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26)


def run(command):
    """What the command printed, and the most memory of it in MiB."""
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{shlex.join(map(str, command))} ended with {process.returncode}")
    return output, usage.ru_maxrss / 1024


def remove_database(database):
    """What a killed run left, with the write-ahead log, which SQLite would replay into a copy of that name."""
    for path in [database, *database.parent.glob(f"{database.name}-*")]:
        path.unlink(missing_ok=True)


def imported(program, folder, paths):
    """A database of the data set, made the first time."""
    database = folder / "imported.db"
    if not database.exists():
        unfinished = folder / "unfinished.db"
        remove_database(unfinished)
        run([program, "import", *paths, "--db", unfinished, "--quiet"])
        unfinished.rename(database)
    return database


def result_of_seed(program, folder, database, seed, options):
    """Figures of one seed; trained and evaluated if no earlier run did."""
    kept = folder / f"seed-{seed}.json"
    if kept.exists():
        result = json.loads(kept.read_text())
        if result["options"] == options:
            return result
    own = folder / f"seed-{seed}.db"
    remove_database(own)
    shutil.copyfile(database, own)
    start = time.monotonic()
    trained, memory = run([program, "train", "--db", own, "--seed", seed, "--json", "--quiet", *options])
    minutes = (time.monotonic() - start) / 60
    evaluated, _ = run([program, "evaluate", "--db", own, "--json", "--quiet"])
    trained = json.loads(trained)
    result = {"options": options, "seed": seed, "minutes": minutes, "memory": memory,
              "refit": trained["refit"] is not None, "validation": trained["validation"], "blend": trained["blend"],
              "models": {one["name"]: {metric: one[metric] for metric in METRICS}
                         for one in json.loads(evaluated)["models"]}}
    unfinished = kept.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(result, indent=1))
    unfinished.rename(kept)
    remove_database(own)
    return result


def mean_text(values):
    """The mean, with half the width of its 95 % interval where seeds differ."""
    mean = statistics.fmean(values)
    spread = statistics.stdev(values) if len(values) > 1 else 0
    if spread == 0:
        return f"{mean:.4f}"
    half = T[min(len(values), len(T)) - 1] * spread / math.sqrt(len(values))
    return f"{mean:.4f} +- {half:.4f}"


def rows_of(name, results, published):
    """The table's rows of one data set."""
    rows = []
    for model in results[0]["models"]:
        figures = [mean_text([one["models"][model][metric] for one in results]) for metric in METRICS]
        is_last = model == "attention"
        validation = mean_text([one["validation"]["ndcg@10"] for one in results]) if is_last else ""
        minutes = f"{max(one['minutes'] for one in results):.1f}" if is_last else ""
        memory = f"{max(one['memory'] for one in results):.0f}" if is_last else ""
        label = model if not is_last else "blend, refit" if results[0].get("refit") else "blend"
        rows.append([name, label, validation, *figures, minutes, memory])
    if name in published:
        one = published[name]
        rows.append([name, "published, best", "", one["ndcg@10"], one["hr@10"], "", ""])
        if one["mean ndcg@10"]:
            rows.append([name, "published, mean of the grid", "", one["mean ndcg@10"], one["mean hr@10"], "", ""])
    return rows


def print_table(rows):
    """As Markdown."""
    head = ["data", "model", "validation NDCG@10", "NDCG@10", "HR@10", "minutes", "MiB"]
    print("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def data_set(text):
    """NAME=PATH,... as name and paths."""
    name, separator, paths = text.partition("=")
    if not separator or not name or "/" in name or not paths:
        raise argparse.ArgumentTypeError(f"expected NAME=PATH,... and not {text!r}")
    for path in paths.split(","):
        if not pathlib.Path(path).exists():
            raise argparse.ArgumentTypeError(f"there is no {path}")
    return name, paths.split(",")


def seeds(text):
    """1,2,3 as numbers."""
    try:
        return [int(seed) for seed in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected numbers with commas and not {text!r}") from None


def main():
    parser = argparse.ArgumentParser(prog="tools/leaderboard.sh", description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("leaderboard"),
                        help="keeps databases and finished seeds (leaderboard)")
    parser.add_argument("--seeds", type=seeds, default=[1, 2, 3], help="1,2,3 by default")
    parser.add_argument("--train", default="", help="options for train, as in '--set attributes=none'")
    parser.add_argument("data", type=data_set, nargs="+", metavar="NAME=PATH,...")
    arguments = parser.parse_args()
    if not arguments.program.exists():
        sys.exit(f"there is no {arguments.program}: build it first (README.md)")
    with open(pathlib.Path(__file__).parent / "published.csv", encoding="utf-8") as file:
        published = {row["data"]: row for row in csv.DictReader(file)}
    rows = []
    for name, paths in arguments.data:
        folder = arguments.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        database = imported(arguments.program, folder, paths)
        results = []
        for seed in arguments.seeds:
            results.append(result_of_seed(arguments.program, folder, database, seed, shlex.split(arguments.train)))
            print(f"{name}, seed {seed}: NDCG@10 {results[-1]['models']['attention']['ndcg@10']:.4f} after "
                  f"{results[-1]['minutes']:.1f} minutes", file=sys.stderr)
        rows += rows_of(name, results, published)
    print_table(rows)


if __name__ == "__main__":
    main()
