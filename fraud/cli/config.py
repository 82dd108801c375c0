"""``fraud config``: every setting with its value, where that came from, and what it means."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from fraud.cli.setting_list import (
    SettingEntry,
    find_source,
    list_settings,
    masked,
    read_sources,
)
from fraud.settings import Settings, load_settings

app = typer.Typer(add_completion=False)


@app.command()
def config(
    toml: Annotated[
        bool, typer.Option("--toml", help="Print a fraud.toml of all defaults instead.")
    ] = False,
) -> None:
    """Print every setting, its value and source."""
    if toml:
        typer.echo("\n".join(template()))
    else:
        Console().print(table(load_settings()))


def table(settings: Settings) -> Table:
    """One row per setting."""
    environment, file = read_sources()
    rows = Table("Setting", "Value", "Source", "Meaning")
    for entry in list_settings():
        source = find_source(entry, environment, file)
        style = None if source == "default" else "bold"
        rows.add_row(entry.name, value_of(entry, settings), source, entry.description, style=style)
    return rows


def value_of(entry: SettingEntry, settings: Settings) -> str:
    """The setting's value as a person reads it, without passwords."""
    value: Any = settings
    for name in entry.path:
        value = getattr(value, name)
    if value is None:
        return "-"
    return "***" if entry.is_secret else masked(str(value))


def template() -> Iterator[str]:
    """Lines of a ``fraud.toml`` that changes nothing: every default, commented out."""
    for section, entries in groupby(list_settings(), key=lambda entry: entry.path[:-1]):
        if section:
            yield f"\n[{'.'.join(section)}]"
        for entry in entries:
            yield f"# {entry.description} ({entry.kind})"
            # JSON of a string or a number is TOML of it too.
            default = "" if entry.default is None else json.dumps(entry.default)
            yield f"# {entry.path[-1]} = {default}".rstrip()
