"""gorsejs, unchanged from the registry, over everything it can do. Installs it where it is not: needs node and npm."""
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent.parent / "tools" / "serve"))
from service import Service, World  # noqa: E402

SKIPPED = 77
VERSION = "0.4.8"
# It calls tslib and does not say so to npm.
PACKAGES = [f"gorsejs@{VERSION}", "tslib@2"]


def install(folder):
    """Why it is not there, or None."""
    if all((folder / "node_modules" / name / "package.json").exists() for name in ("gorsejs", "tslib")):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--no-save", "--prefix", str(folder), *PACKAGES],
            capture_output=True, text=True, timeout=300,
        )
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stderr if done.returncode else None


def main():
    folder = pathlib.Path(sys.argv[1])
    problem = install(folder)
    if problem:
        print(f"gorsejs {VERSION} is not here and npm cannot bring it, so it was not tested: {problem}")
        return SKIPPED
    world = World()
    keys = world.folder / "keys"
    keys.write_text("write writing-key\n")
    service = Service(world.path, "--api-keys", str(keys))
    try:
        return subprocess.run(
            ["node", str(pathlib.Path(__file__).parent / "surface.js"), f"http://127.0.0.1:{service.port}"],
            env={**os.environ, "NODE_PATH": str(folder / "node_modules")}, timeout=120,
        ).returncode
    finally:
        service.end()
        world.remove()


sys.exit(main())
