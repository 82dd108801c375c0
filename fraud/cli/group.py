"""The group of sub-commands: a module is imported when its command is called, not to list it."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import typer
from rich.console import Console
from rich.text import Text
from typer.core import TyperCommand, TyperGroup

from fraud.cli.errors import CommandError

USAGE_ERROR = 2
"""Exit code of a command that could not start on what it was given."""


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """One line of the list of commands.

    Args:
        name: What a person types.
        module: The module whose ``app``, a :class:`typer.Typer`, is the command.
        summary: One line of help.
    """

    name: str
    module: str
    summary: str


class LazyCommand(TyperCommand):
    """Stands in the list for a command whose module is not imported yet."""

    def __init__(self, entry: CommandEntry) -> None:
        super().__init__(entry.name, help=entry.summary)
        self._module = entry.module

    def make_context(self, *arguments: Any, **extra: Any) -> Any:
        """Import the command and let it parse its own arguments."""
        app: typer.Typer = importlib.import_module(self._module).app
        return typer.main.get_command(app).make_context(*arguments, **extra)


class LazyGroup(TyperGroup):
    """The sub-commands of a list; errors that have an explanation are told without a traceback."""

    entries: ClassVar[Sequence[CommandEntry]] = ()

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for entry in self.entries:
            self.add_command(LazyCommand(entry))

    def invoke(self, ctx: Any) -> Any:
        """Run a sub-command."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            from fraud.cli.explanation import explain

            explained = explain(error)
            if explained is None:
                raise
            show(explained)
            raise typer.Exit(USAGE_ERROR) from error


def show(error: CommandError) -> None:
    """Print an error and its hint on standard error."""
    console = Console(stderr=True, soft_wrap=True)
    console.print(Text.assemble(("error", "bold red"), f": {error}"))
    if error.hint:
        console.print(Text.assemble(("hint", "bold cyan"), f": {error.hint}"))
