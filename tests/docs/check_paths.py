"""Every file or folder of this repository that a document names is there.

Usage: check_paths.py --source DIR DOCUMENT...

A name is text between backticks with a slash, in prose. It is searched from the top and beside the document.
"""
import argparse
import pathlib
import re
import sys

TOPS = ("engine/", "recsys/", "rl/", "tools/", "data/", "tests/", "cmake/")
FENCED = re.compile(r"^\s*```.*?^\s*```", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`([A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*/?)`")


def missing_from(source, document):
    """The names in a document that lead nowhere, and how many there are in all."""
    names = [name for name in NAMED.findall(FENCED.sub("", document.read_text(encoding="utf-8"))) if name.startswith(TOPS)]
    return [name for name in names if not (source / name).exists() and not (document.parent / name).exists()], len(names)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("documents", nargs="+")
    arguments = parser.parse_args()
    found, failed = 0, False
    for name in arguments.documents:
        missing, count = missing_from(arguments.source, arguments.source / name)
        found += count
        for path in missing:
            failed = True
            print(f"{name}: there is no {path}")
    print(f"{found} names of files and folders in {len(arguments.documents)} documents")
    if failed or found == 0:
        sys.exit(1)


if __name__ == "__main__":
    main()
