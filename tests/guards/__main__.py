"""Run them all: exit 0 where every guard, switched off, turned a test red."""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.guards.guard import Guard
from tests.guards.tables import all_guards

ROOT = Path(__file__).resolve().parents[2]
LEFT_BEHIND = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "*.db*", "build", "var")
RED = 1  # pytest's exit code for failed tests, and lint-imports' for a broken contract
SIDE_BY_SIDE = 2
PATIENCE = 300  # seconds for one guard's tests


def main() -> int:
    wanted = sys.argv[1:]
    guards = [guard for guard in all_guards() if not wanted or any(word in guard.name for word in wanted)]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        verdicts = list(pool.map(is_noticed, guards))
    for guard, noticed in zip(guards, verdicts, strict=True):
        print(f"{'✓ noticed' if noticed else '✗ NOT NOTICED'}  {guard.name}")
    print(f"{sum(verdicts)} passed, {len(verdicts) - sum(verdicts)} failed")
    return 0 if all(verdicts) else 1


def is_noticed(guard: Guard) -> bool:
    """Whether a test fails, rather than something else going wrong, when the guard is off."""
    with tempfile.TemporaryDirectory(prefix="lianxin-guard-") as name:
        tree = Path(name) / "tree"
        shutil.copytree(ROOT, tree, ignore=LEFT_BEHIND)
        guard.switch_off(tree)
        done = subprocess.run(
            command(guard, Path(name)),
            cwd=tree,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            shell=True,
        )
    if done.returncode != RED:
        print(f"{guard.name}: exit {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-1000:]}", file=sys.stderr)
    return done.returncode == RED


def command(guard: Guard, folder: Path) -> str:
    binaries = Path(sys.executable).parent
    if guard.tests == "lint-imports":
        return f"{binaries / 'lint-imports'} --no-cache"
    return f"{sys.executable} -m pytest -x -q -p no:cacheprovider --basetemp={folder / 'tests'} {guard.tests}"


if __name__ == "__main__":
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.exit(main())
