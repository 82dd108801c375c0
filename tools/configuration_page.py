"""``docs/configuration.md``: every setting, from the one place that defines them."""

from collections.abc import Sequence
from itertools import groupby

from fraud.cli.setting_list import SettingEntry, list_settings
from tools.markdown import table

_INTRODUCTION = """\
# Configuration

A setting comes from its environment variable, else from the TOML file that `FRAUD_CONFIG` names
(`fraud.toml` in the working directory unless set), else from its default. `fraud config` prints
what each is and where it came from; `fraud config --toml` prints a file to start from.\
"""


def configuration_page() -> str:
    """The page, in Markdown."""
    groups = groupby(list_settings(), key=lambda entry: entry.path[:-1])
    return "\n\n".join([_INTRODUCTION, *(_section(path, list(group)) for path, group in groups)])


def _section(path: Sequence[str], entries: Sequence[SettingEntry]) -> str:
    headings = ["setting", "variable", "takes", "default", "meaning"]
    rows = [
        [
            f"`{entry.path[-1]}`",
            f"`{entry.variable}`",
            entry.kind,
            "unset" if entry.default is None else f"`{entry.default}`",
            entry.description,
        ]
        for entry in entries
    ]
    title = f"## `[{'.'.join(path)}]`" if path else "## Outside any section"
    return f"{title}\n\n{table(headings, rows)}"
