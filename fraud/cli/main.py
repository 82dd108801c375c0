"""The ``fraud`` command. A new sub-command is one line here and one file beside this one."""

from collections.abc import Sequence
from typing import ClassVar

import typer

from fraud.cli.group import CommandEntry, LazyGroup


class FraudGroup(LazyGroup):
    """Every sub-command, in the order a newcomer meets them."""

    entries: ClassVar[Sequence[CommandEntry]] = [
        CommandEntry("config", "fraud.cli.config", "Print every setting, its value and source."),
    ]


app = typer.Typer(cls=FraudGroup, no_args_is_help=True, pretty_exceptions_show_locals=False)


@app.callback()
def fraud() -> None:
    """Score payments for fraud, in real time: simulate, train, serve, record and look."""
