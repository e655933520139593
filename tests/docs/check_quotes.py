"""Every C++ block of a document occurs in a source of the repository, ignoring indentation.

Usage: check_quotes.py --source DIR DOCUMENT...
"""
import argparse
import pathlib
import re
import sys
import textwrap

BLOCK = re.compile(r"^```cpp\n(.*?)^```", re.MULTILINE | re.DOTALL)


def plain(text):
    """The lines without what indents them and without blank ones."""
    return "\n".join(line.strip() for line in textwrap.dedent(text).splitlines() if line.strip())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("documents", nargs="+")
    arguments = parser.parse_args()
    folders = ("engine", "recsys", "rl", "tools", "tests")
    sources = [plain(path.read_text(encoding="utf-8")) for folder in folders
               for path in sorted((arguments.source / folder).rglob("*.[ch]pp"))]
    count, failed = 0, False
    for name in arguments.documents:
        for block in BLOCK.findall((arguments.source / name).read_text(encoding="utf-8")):
            count += 1
            if not any(plain(block) in source for source in sources):
                failed = True
                print(f"{name}: no source holds\n{block}")
    print(f"{count} blocks of C++ in {len(arguments.documents)} documents")
    if failed or count == 0:
        sys.exit(1)


if __name__ == "__main__":
    main()
