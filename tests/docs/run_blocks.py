"""Runs every command block of a document as a reader would type it, top to bottom, in a new folder.

Usage: run_blocks.py --build DIR --source DIR [--start empty|world] DOCUMENT

Fenced blocks say what they are. Those marked sh run in bash, of those marked console the lines that begin with "$ " do,
python in Python, sql in the sqlite3 shell on infodiet.db, where a query without rows is an error. A block that the test
cannot run says so and why: ```sh not-run: reason. cmake blocks must stand in tests/package, cpp blocks are checked where
they belong. text is no command. Anything else fails, and so does a command that is not in a block.

A document that starts `infodiet serve` on port 8087 is typed with a free port instead, and leaves its process in a file
of the ending .pid, so that it is ended whatever happens.

The world is the one that `infodiet sample` makes, so the ids in the documents exist; only learning is shorter than a
reader's: where the document does not say how long, `train` and `simulate --learn` get the options below.
"""
import argparse
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

QUICK = {"train": ["--epochs", "1", "--set", "width=16,ffn_width=16,blocks=1"], "simulate": ["--updates", "3", "--users", "40"]}
LANGUAGES = {"sh", "console", "python", "sql", "cpp", "cmake", "json", "text"}
UNFENCED = re.compile(r"^( {4}|\t)(\$ )?(infodiet|sqlite3|cmake|tools/|build/)")


def blocks_of(text):
    """(line, language, reason not to run or None, body) of every fenced block."""
    blocks, start = [], None
    for number, line in enumerate(text.splitlines(), 1):
        fence = re.match(r"^\s*```(.*)$", line)
        if fence and start is None:
            language, _, rest = fence.group(1).strip().partition(" ")
            reason = rest.removeprefix("not-run:").strip() if rest.startswith("not-run:") else None
            start, body = number, []
            if language not in LANGUAGES or (rest and not reason):
                sys.exit(f"line {number}: a block must be one of {sorted(LANGUAGES)}, or say 'not-run: why'")
        elif fence:
            blocks.append((start, language, reason, "\n".join(body) + "\n"))
            start = None
        elif start is not None:
            body.append(line)
        elif UNFENCED.match(line):
            sys.exit(f"line {number}: a command outside of a fenced block is not tested: {line.strip()}")
    if start is not None:
        sys.exit(f"line {start}: a block without end")
    return blocks


def write_shim(folder, program):
    """The program, but it learns for a moment only."""
    cases = "".join(
        f"  {command}) for_a_moment {' '.join(options)} ;;\n" for command, options in QUICK.items()
    )
    (folder / program.name).write_text(
        "#!/usr/bin/env bash\n"
        'arguments=("$@")\n'
        "for_a_moment() {\n"
        "  while (($#)); do\n"
        '    [[ " ${arguments[*]} " == *" $1 "* ]] || arguments+=("$1" "$2")\n'
        "    shift 2\n"
        "  done\n"
        "}\n"
        'case "${1-}" in\n' + cases + "esac\n"
        f'exec {shlex.quote(str(program))} "${{arguments[@]}}"\n'
    )
    (folder / program.name).chmod(0o755)


def write_ratings(folder):
    """ratings.csv and movies.csv: a reader's data. One row is invalid."""
    rows = ["user,item,time,rating"]
    for user in range(1, 61):
        for step in range(12):
            item = 300 + (user * 7 + step * step + step * (user % 5)) % 40
            rows.append(f"{user},{item},{1_700_000_000 + 90_000 * step + user},{1 + (user + step) % 5}")
    rows.append("61,,1700000000,3")
    (folder / "ratings.csv").write_text("\n".join(rows) + "\n")
    movies = ["item,title,topics"] + [f"{i},Movie {i},{'Drama' if i % 3 else 'Comedy|Drama'}" for i in range(300, 340)]
    (folder / "movies.csv").write_text("\n".join(movies) + "\n")


def run_block(language, body, folder, environment):
    """Returns what went wrong, or None."""
    if language == "sql":
        for query in filter(str.strip, re.split(r";\s*\n", body)):
            done = subprocess.run(
                ["sqlite3", "-bail", "infodiet.db", query], cwd=folder, env=environment, capture_output=True, text=True
            )
            if done.returncode or not done.stdout.strip():
                return f"{query}\n{done.stderr or 'no row'}"
        return None
    if language == "console":
        body = "".join(line[2:] + "\n" for line in body.splitlines() if line.startswith("$ "))
    command = [sys.executable, "-c", body] if language == "python" else ["bash", "-euo", "pipefail", "-xc", body]
    done = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace"
    )
    return f"exit code {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}" if done.returncode else None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end_processes(folder):
    for file in folder.glob("*.pid"):
        try:
            os.kill(int(file.read_text()), signal.SIGKILL)
        except (ValueError, ProcessLookupError):
            pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--start", choices=["empty", "world"], default="world")
    parser.add_argument("document")
    arguments = parser.parse_args()

    arguments.build, arguments.source = arguments.build.resolve(), arguments.source.resolve()
    port = str(free_port())
    blocks = blocks_of((arguments.source / arguments.document).read_text())
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="infodiet-docs-"))
    try:
        programs, folder = scratch / "bin", scratch / "here"
        programs.mkdir()
        folder.mkdir()
        for name in ("infodiet", "infodiet-mpi"):
            write_shim(programs, arguments.build / name)
        write_ratings(folder)
        environment = {**os.environ, "PATH": f"{programs}:{arguments.build}:{os.environ['PATH']}", "HOME": str(scratch)}
        for name in ("INFODIET_DB", "COLUMNS"):
            environment.pop(name, None)
        for name in ("OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "OMPI_MCA_rmaps_base_oversubscribe"):
            environment[name] = "1"
        environment["OMPI_MCA_btl_vader_single_copy_mechanism"] = "none"  # containers forbid it
        typed = {"sh", "console", "python", "sql"}
        if arguments.start == "world" and any(language in typed and not reason for _, language, reason, _ in blocks):
            made = "infodiet sample; infodiet import ratings.csv; infodiet train"
            problem = run_block("sh", made, folder, environment)
            if problem:
                sys.exit(f"cannot make the world: {problem}")
        package = (arguments.source / "tests/package/CMakeLists.txt").read_text()
        run = 0
        for line, language, reason, body in blocks:
            where = f"{arguments.document}:{line}"
            if reason:
                print(f"{where}: not run: {reason}")
            elif language == "cmake":
                if body not in package:
                    sys.exit(f"{where}: not in tests/package/CMakeLists.txt")
            elif language in typed:
                problem = run_block(language, body.replace("8087", port), folder, environment)
                if problem:
                    sys.exit(f"{where}: {language} block failed\n{body}\n{problem}")
                run += 1
        print(f"{arguments.document}: {run} blocks run")
    finally:
        end_processes(folder)
        shutil.rmtree(scratch, ignore_errors=True)


main()
