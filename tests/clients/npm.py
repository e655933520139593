"""Packages of npm for tests, installed where they are not."""
import subprocess

SKIPPED = 77


def install(folder, packages):
    """Why they are not there, or None. `packages` by name, with their versions."""
    if all((folder / "node_modules" / name / "package.json").exists() for name in packages):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [f"{name}@{version}" for name, version in packages.items()]
    try:
        done = subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--no-save", "--prefix", str(folder), *wanted],
            capture_output=True, text=True, timeout=300,
        )
    except (FileNotFoundError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stderr if done.returncode else None
