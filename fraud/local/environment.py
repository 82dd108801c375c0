"""Settings as environment variables, so that a child process runs on the same ones."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from fraud.settings import Settings


def to_environment(settings: Settings) -> dict[str, str]:
    """Every setting that has a value, named as :mod:`fraud.settings` reads it back."""
    values = settings.model_dump(mode="json", exclude_none=True)
    values["home"] = str(settings.home.absolute())
    return {f"FRAUD_{name.upper()}": text for name, text in _flat(values)}


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            for inner, text in _flat(value):
                yield f"{name}__{inner}", text
        else:
            # As pydantic-settings reads a list back.
            yield name, json.dumps(value) if isinstance(value, list) else str(value)
