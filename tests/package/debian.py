"""Makes the Debian package, installs it into a separate root, runs it there and removes it. Usage: debian.py BUILD"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

build = pathlib.Path(sys.argv[1]).resolve()


def run(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode:
        sys.exit(f"{command}: exit code {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    return done.stdout


with tempfile.TemporaryDirectory(prefix="infodiet-deb-") as folder:
    folder = pathlib.Path(folder)
    run("cpack", "-G", "DEB", "--config", build / "CPackConfig.cmake", "-B", folder / "made", cwd=folder)
    package = next((folder / "made").glob("infodiet_*.deb"))
    depends = run("dpkg-deb", "--field", package, "Depends")
    for name in ("libsqlite3-0", "libopenblas0-pthread", "libcpp-httplib0.11", "libprometheus-cpp-core1.0"):
        if name.split("-pthread")[0] not in depends:
            sys.exit(f"the package does not depend on {name}: {depends}")
    for dependency in depends.split(","):
        names = [re.match(r"\s*([^\s(]+)", one).group(1) for one in dependency.split("|")]
        if not any(subprocess.run(["dpkg-query", "--show", name], capture_output=True).returncode == 0 for name in names):
            sys.exit(f"what it depends on is not what it was built with: {dependency}")
    root = folder / "root"
    (root / "var/lib/dpkg/updates").mkdir(parents=True)
    (root / "var/lib/dpkg/info").mkdir()
    (root / "var/lib/dpkg/status").touch()
    # Its dependencies are on the machine, not in this root.
    dpkg = ("dpkg", f"--root={root}", "--force-depends", "--force-not-root", "--log=/dev/null")
    run(*dpkg, "--install", package, env={**os.environ, "DPKG_MAINTSCRIPT_DEBUG": ""})
    program = root / "usr/bin/infodiet"
    assert "infodiet" in run(program, "--version")
    run(program, "sample", "--db", folder / "w.db", "--users", "60", "--items", "60")
    for file in ("lib/systemd/system/infodiet.service", "share/man/man1/infodiet.1", "include/infodiet/rl/answers/view.hpp",
                 "share/bash-completion/completions/infodiet"):
        if not (root / "usr" / file).exists():
            sys.exit(f"{file} is not in the package")
    run(*dpkg, "--remove", "infodiet")
    left = [path for path in (root / "usr").rglob("*") if path.is_file()] if (root / "usr").exists() else []
    assert not left, left
