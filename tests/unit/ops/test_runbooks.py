"""What runbooks tell people to type: it is to be there at three in the morning."""

import importlib
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from fraud.cli.main import FraudGroup
from fraud.settings import Settings
from tests.unit.ops.alert_rules import RUNBOOKS, blocks, promtool


def commands() -> list[str]:
    """Every call of ``fraud`` on the pages, each once, without its name."""
    inline = [
        found
        for path in RUNBOOKS.glob("*.md")
        if path.stem != "README"
        for found in re.findall(r"`fraud ([^`]+)`", path.read_text(encoding="utf-8"))
    ]
    typed = [found for block in blocks("console") for found in re.findall(r"\$ fraud (.*)", block)]
    return sorted({" ".join(each.split()) for each in (*inline, *typed)})


def resolved(words: list[str]) -> tuple[Any, list[str]]:
    """The command that is called, and what is left for it."""
    modules = {entry.name: entry.module for entry in FraudGroup.entries}
    command: Any = typer.main.get_command(importlib.import_module(modules[words[0]]).app)
    left = words[1:]
    while hasattr(command, "commands"):
        command, left = command.commands[left[0]], left[1:]
    return command, left


@pytest.mark.parametrize("text", commands())
def test_commands_are_there_and_take_their_options(text: str) -> None:
    command, left = resolved(shlex.split(text))
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in left if word.startswith("--")} <= known


def test_queries_are_promql(tmp_path: Path) -> None:
    queries = [line for block in blocks("promql") for line in block.splitlines()]
    assert len(queries) > 50
    rules = [
        f"  - record: runbook:query{number}\n    expr: {query!r}\n"
        for number, query in enumerate(queries)
    ]
    path = tmp_path / "rules.yml"
    path.write_text("groups:\n- name: runbooks\n  rules:\n" + "".join(rules))
    promtool("check", "rules", path)


def test_settings_are_there() -> None:
    sections = {name: field.annotation for name, field in Settings.model_fields.items()}
    known = {
        f"{section}.{name}"
        for section, kind in sections.items()
        for name in getattr(kind, "model_fields", {})
    }
    pattern = re.compile(rf"`((?:{'|'.join(sections)})\.[a-z_]+)[`=]")
    asked = {
        found
        for path in RUNBOOKS.glob("*.md")
        for found in pattern.findall(path.read_text(encoding="utf-8"))
    }
    variables = {
        found.lower().replace("__", ".")
        for path in RUNBOOKS.glob("*.md")
        for found in re.findall(r"FRAUD_([A-Z]+__[A-Z_]+)", path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 5
    assert asked | variables <= known
