"""Prints lines run by tests, folder by folder, from `llvm-cov export -format=lcov` on standard input.

The first argument is the root; of the folders that follow 95 % of lines are wanted: what is not run there is named, and
less than that is a failure.
"""
import collections
import itertools
import os
import sys

WANTED = 95.0
root, wanted = sys.argv[1], sys.argv[2:]
runs = collections.defaultdict(collections.Counter)  # file -> line -> times
for row in sys.stdin:
    kind, _, rest = row.strip().partition(":")
    if kind == "SF":
        file = os.path.relpath(rest, root)
    elif kind == "DA":
        line, times = rest.split(",")[:2]
        runs[file][int(line)] += int(times)


def share(files):
    lines = [times for file in files for times in runs[file].values()]
    return sum(times > 0 for times in lines), len(lines)


def table_row(name, files):
    run, total = share(files)
    percent = 100 * run / max(total, 1)
    print(f"{name:32} {run:6} of {total:6}  {percent:5.1f} %")
    return percent


def ranges(lines):
    """[3, 4, 5, 9] as "3-5, 9"."""
    parts = []
    for _, group in itertools.groupby(enumerate(sorted(lines)), lambda pair: pair[1] - pair[0]):
        numbers = [number for _, number in group]
        parts.append(str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}")
    return ", ".join(parts)


folders = collections.defaultdict(list)
for file in sorted(runs):
    folders[os.path.dirname(file)].append(file)
missed = []
for folder in sorted(folders):
    if table_row(folder, folders[folder]) < WANTED and folder in wanted:
        missed.append(folder)
table_row("all", list(runs))
for file in sorted(runs):
    untouched = [line for line, times in runs[file].items() if times == 0]
    if untouched and os.path.dirname(file) in wanted:
        print(f"not run: {file}: {ranges(untouched)}")
if missed:
    sys.exit(f"under {WANTED:.0f} %: {', '.join(missed)}")
