"""`python -m bot`"""

import io
import sys

from bot.cli import app


def main() -> None:
    """Never ends in an encoding error: what a terminal can't show becomes a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    app(prog_name="python -m bot")


if __name__ == "__main__":
    main()
