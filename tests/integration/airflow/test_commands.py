"""What DAGs call exists: each command takes the options that it is given."""

import importlib
import re
from typing import Any

import pytest
import typer

from fraud.cli.main import FraudGroup
from tests.integration.airflow.test_dags import commands_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(700)]

TEMPLATE = re.compile(r"\{\{.*?\}\}")
SWITCH = re.compile(r"\{\{ '(--[a-z-]+=?)' (\+ .*? )?if .*?\}\}")
VARIABLE = re.compile(r"\{\{ var\.value\.get\('\w+', '(.*?)'\) \}\}")


def test_every_command_takes_what_it_is_given(described: dict[str, Any]) -> None:
    commands = commands_of(described)
    assert len(commands) > 8
    for words in commands:
        plain = [filled(word) for word in words]
        command, arguments = resolved(plain)
        context = command.context_class(command, info_name=plain[0])
        command.parse_args(context, arguments)


def filled(word: str) -> str:
    """A template as it comes out with variables as they are unless set, and 1 for all else."""
    word = SWITCH.sub(lambda found: found[1] + ("1" if found[2] else ""), word)
    return TEMPLATE.sub("1", VARIABLE.sub(r"\1", word))


def resolved(words: list[str]) -> tuple[Any, list[str]]:
    """The command that is called, and what is left for it."""
    modules = {entry.name: entry.module for entry in FraudGroup.entries}
    command: Any = typer.main.get_command(importlib.import_module(modules[words[0]]).app)
    left = words[1:]
    while hasattr(command, "commands"):
        command, left = command.commands[left[0]], left[1:]
    return command, left
