"""The figures of `make torture`, and how many kills it takes."""

from pathlib import Path

import pytest

from tests.torture.figures import Figures

HERE = Path(__file__).parent


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--kills"))


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Figures:
    """Kept where they are asked for; a normal run throws them away."""
    if request.config.getoption("--torture"):
        return Figures()
    return Figures(tmp_path_factory.mktemp("figures") / "torture.json")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here belongs to `make torture`, also what the normal run does already."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("faults")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.getoption("--torture"):
        terminalreporter.section("figures")
        terminalreporter.write_line(Figures().table())
