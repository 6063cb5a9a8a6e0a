"""The figures of `make torture`, and how many kills it takes."""

import pytest

from tests.torture.figures import Figures


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--kills"))


@pytest.fixture(scope="session")
def figures() -> Figures:
    return Figures()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.getoption("--torture"):
        terminalreporter.section("figures")
        terminalreporter.write_line(Figures().table())
