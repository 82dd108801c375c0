"""The caller's trace, from where the call comes in to where it is scored."""

from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any

from fraud.tracing.header import TRACEPARENT

_incoming: ContextVar[str | None] = ContextVar("incoming", default=None)


def note(metadata: Iterable[Any] | None) -> None:
    """Remember what a call's metadata say, for what runs in this context."""
    found = (value for key, value in metadata or () if key == TRACEPARENT)
    value = next(found, None)
    _incoming.set(value if isinstance(value, str) else None)


def incoming() -> str | None:
    """The header ``traceparent`` of the call under way; None when it came without."""
    return _incoming.get()
