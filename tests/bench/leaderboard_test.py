"""A leaderboard that was killed is continued: usage: leaderboard_test.py PROGRAM."""
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

LEADERBOARD = pathlib.Path(__file__).parent / "leaderboard.py"


def table(program, folder, log):
    """What the leaderboard prints."""
    return subprocess.run([sys.executable, LEADERBOARD, "--program", program, "--folder", folder, "--seeds", "1",
                           "--train=--epochs 1", f"small={log}"], check=True, stdout=subprocess.PIPE, text=True).stdout


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        log = folder / "log.csv"
        rows = (f"u{user},i{(user * 7 + step * 3) % 19},{step + 1}" for user in range(30) for step in range(6))
        log.write_text("user,item,time\n" + "\n".join(rows) + "\n")
        board = folder / "board"
        first = table(program, board, log)
        assert "| small | blend |" in first, first
        kept = board / "small" / "seed-1.json"
        finished = kept.stat().st_mtime_ns
        assert table(program, board, log) == first
        assert kept.stat().st_mtime_ns == finished, "a finished seed was trained again"

        # A run killed while it trained leaves a log of writes that are not in a fresh copy of the data.
        kept.unlink()
        own = board / "small" / "seed-1.db"
        other = folder / "other.db"
        shutil.copyfile(board / "small" / "imported.db", other)
        connection = sqlite3.connect(other)
        connection.execute("PRAGMA journal_mode=wal")
        connection.execute("DELETE FROM interactions")
        connection.commit()
        for end in ("", "-wal"):
            shutil.copyfile(f"{other}{end}", f"{own}{end}")
        connection.close()
        again = table(program, board, log)
        without_minutes = [[line.split("|")[:6] for line in text.splitlines()] for text in (first, again)]
        assert without_minutes[0] == without_minutes[1], again


main()
