"""Run them all: exit 0 where every guard, switched off, turned a test red."""

import compileall
import os
import py_compile
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
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
    with tempfile.TemporaryDirectory(prefix="lianxin-guards-") as folder, ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        original = compiled_copy(Path(folder))
        verdicts = []
        for guard, noticed in zip(guards, pool.map(partial(is_noticed, original), guards), strict=True):
            print(f"{'✓ noticed' if noticed else '✗ NOT NOTICED'}  {guard.name}", flush=True)
            verdicts.append(noticed)
    print(f"{sum(verdicts)} passed, {len(verdicts) - sum(verdicts)} failed")
    return 0 if all(verdicts) else 1


def compiled_copy(folder: Path) -> Path:
    """Of the project, with bytecode that is checked by content: only the file of the guard is compiled again."""
    tree = folder / "tree"
    shutil.copytree(ROOT, tree, ignore=LEFT_BEHIND)
    compileall.compile_dir(tree, quiet=1, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    return tree


def is_noticed(original: Path, guard: Guard) -> bool:
    """Whether a test fails, rather than something else going wrong, when the guard is off."""
    with tempfile.TemporaryDirectory(prefix="lianxin-guard-") as name:
        tree = Path(name) / "tree"
        shutil.copytree(original, tree)
        guard.switch_off(tree)
        code, said = ended(command(guard, Path(name)), tree)
    if code != RED:
        print(f"{guard.name}: exit {code}\n{said[-3000:]}", file=sys.stderr)
    return code == RED


def ended(command: str, tree: Path) -> tuple[int | None, str]:
    """Exit code and output; None where it took too long and was ended, with all that it had started."""
    running = subprocess.Popen(
        command,
        cwd=tree,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        shell=True,
        start_new_session=True,
    )
    try:
        said, _ = running.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        clear_away(running.pid)
        said, _ = running.communicate()
        return None, f"{said}\nnot over within {PATIENCE} s"
    clear_away(running.pid)
    return running.returncode, said


def clear_away(group: int) -> None:
    """Whatever a failed test has left behind: with its guard off a bot may not end by itself."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def command(guard: Guard, folder: Path) -> str:
    binaries = Path(sys.executable).parent
    if guard.tests == "lint-imports":
        return f"{binaries / 'lint-imports'} --no-cache"
    return f"{sys.executable} -m pytest -x -q -p no:cacheprovider --basetemp={folder / 'tests'} {guard.tests}"


if __name__ == "__main__":
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.exit(main())
