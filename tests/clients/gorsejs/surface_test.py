"""gorsejs, unchanged from the registry, over everything it can do. Installs it where it is not: needs node and npm."""
import os
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).parent
sys.path += [str(here.parent), str(here.parent.parent / "tools" / "serve")]
from npm import SKIPPED, install  # noqa: E402
from service import Service, World  # noqa: E402

# It needs tslib, but does not declare that.
PACKAGES = {"gorsejs": "0.4.8", "tslib": "2"}


def main():
    folder = pathlib.Path(sys.argv[1])
    problem = install(folder, PACKAGES)
    if problem:
        print(f"gorsejs is not here and npm cannot bring it, so it was not tested: {problem}")
        return SKIPPED
    world = World()
    keys = world.folder / "keys"
    keys.write_text("write writing-key\n")
    service = Service(world.path, "--api-keys", str(keys))
    try:
        return subprocess.run(
            ["node", str(here / "surface.js"), f"http://127.0.0.1:{service.port}"],
            env={**os.environ, "NODE_PATH": str(folder / "node_modules")}, timeout=120,
        ).returncode
    finally:
        service.end()
        world.remove()


sys.exit(main())
