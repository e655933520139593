"""The page of `infodiet serve` in the distribution's Chromium, every control of it, by playwright-core (page.js beside this).

Usage: page_test.py FOLDER [PICTURES]: packages are installed into FOLDER where they are not, which needs npm; pictures of
the page are left in PICTURES.
"""
import os
import pathlib
import shutil
import subprocess
import sys

here = pathlib.Path(__file__).parent
sys.path += [str(here.parent), str(here.parent.parent / "tools" / "serve")]
from npm import SKIPPED, install  # noqa: E402
from service import Service, World  # noqa: E402

# For the Node of Debian 12.
PACKAGES = {"playwright-core": "1.48.2", "axe-core": "4.10.2"}


def main():
    folder = pathlib.Path(sys.argv[1])
    chromium = shutil.which("chromium")
    problem = "chromium is not installed" if chromium is None else install(folder, PACKAGES)
    if problem:
        print(f"nobody looked at the page: {problem}")
        return SKIPPED
    world = World()
    keys = world.folder / "keys"
    keys.write_text("read reading-key\n")
    services = [Service(world.copy("open.db")), Service(world.copy("closed.db"), "--api-keys", str(keys))]
    try:
        services[0].send("PATCH", "/api/item/article-7", {"Title": '<img src=x onerror=alert(1)> & "bold"'})
        return subprocess.run(
            ["node", str(here / "page.js"), chromium, *(f"http://127.0.0.1:{one.port}" for one in services), *sys.argv[2:]],
            env={**os.environ, "NODE_PATH": str(folder / "node_modules"), "HOME": str(world.folder)}, timeout=1200,
        ).returncode
    finally:
        for one in services:
            one.end()
        world.remove()


sys.exit(main())
