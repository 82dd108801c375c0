"""Tracing, where it is on."""

from typing import TYPE_CHECKING

from fraud.errors import MissingExtraError
from fraud.settings import TracingSettings

if TYPE_CHECKING:
    from fraud.tracing.tracing import Tracing


def tracing_of(settings: TracingSettings, service: str) -> "Tracing | None":
    """The spans of a process; None where nothing is traced.

    Args:
        settings: Where spans go, and of how many calls.
        service: Name of the process.

    Raises:
        MissingExtraError: Tracing is on and OpenTelemetry is not installed.
    """
    if settings.endpoint is None:
        return None
    try:
        # Imported here: the SDK takes most of a second and nothing else needs it.
        from fraud.tracing.tracing import Tracing
    except ModuleNotFoundError as exc:
        raise MissingExtraError(str(exc.name), "tracing") from exc
    return Tracing(settings, service)
