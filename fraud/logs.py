"""Structured logs, one line an event, on standard error."""

import logging
import sys

import structlog

from fraud.settings import LoggingSettings


def configure_logs(settings: LoggingSettings) -> None:
    """Set level and form of all log lines of this process.

    Lines are for machines (``json``) or for people (``console``); times are UTC.
    """
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *_renderers(settings),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def _renderers(settings: LoggingSettings) -> list[structlog.typing.Processor]:
    if settings.format == "console":
        return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    return [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer()]
