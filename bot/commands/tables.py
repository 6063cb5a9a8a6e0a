"""Plain tables on stdout."""

from rich.console import Console
from rich.table import Table

WIDTH = 100  # columns where the output is no terminal


def print_table(table: Table) -> None:
    """Names in it are text: nothing is read as markup or emoji."""
    screen = Console(markup=False, emoji=False, highlight=False)
    if not screen.is_terminal:
        screen.width = WIDTH
    screen.print(table)
