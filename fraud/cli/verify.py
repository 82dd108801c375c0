"""``fraud models verify``: whether scorers serve a version."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Annotated, Final

import typer
from rich.console import Console

from fraud.cli.errors import CommandError
from fraud.settings import Settings, load_settings

LOOK_SECONDS: Final = 0.2
NOT_SERVED: Final = 1
"""Exit code; errors have another."""


def verify(
    version: Annotated[str, typer.Argument(help="Number of the version, or an alias.")],
    within: Annotated[str, typer.Option(help="How long scorers may take, such as 30s.")] = "30s",
    scorer: Annotated[
        list[str] | None,
        typer.Option(
            "--scorer",
            help="Scorers, `host:port`.",
            show_default="those of `worker.scorers`, or the one of this machine",
        ),
    ] = None,
) -> None:
    """Wait until every scorer decides by a version; exit code 1 if one does not in time."""
    seconds = parse_seconds(within)
    settings = load_settings()
    targets, version = scorer or scorers_of(settings), number_of(version, settings)
    began = time.monotonic()
    found = wait_for(version, targets, began + seconds)
    console = Console(soft_wrap=True)
    for target, serving in found.items():
        console.print(f"{target}: {f'version {serving}' if serving else 'no answer'}")
    if any(serving != version for serving in found.values()):
        console.print(f"version {version} is not served within {within}")
        raise typer.Exit(NOT_SERVED)
    console.print(f"version {version} is served, after {time.monotonic() - began:.1f} s")


def number_of(version: str, settings: Settings) -> str:
    """The number of a version that may be told by its alias.

    Raises:
        CommandError: No version has the alias, or the registry does not answer.
    """
    if version.isdecimal():
        return version
    from scorer.errors import ModelError
    from scorer.model.registry import source_of

    try:
        return source_of(settings.registry).find(version).version
    except ModelError as error:
        raise CommandError(f"Failed to find version `{version}`: {error}") from error


def parse_seconds(text: str) -> float:
    """Read a length of time such as ``30s``.

    >>> parse_seconds("30s")
    30.0

    Raises:
        CommandError: It is not of that form.
    """
    try:
        return float(text.removesuffix("s"))
    except ValueError as error:
        raise CommandError(
            f"Failed to read `--within`: `{text}` is no time", "write seconds, such as `30s`"
        ) from error


def scorers_of(settings: Settings) -> Sequence[str]:
    """Where scorers are, as the settings or the running one tell.

    Raises:
        CommandError: Neither tells.
    """
    if settings.worker.scorers:
        return settings.worker.scorers
    if not settings.port_file.is_file():
        raise CommandError(
            f"Failed to find a scorer: none runs in `{settings.home}`",
            "name them by --scorer or FRAUD_WORKER__SCORERS",
        )
    return [f"{settings.scorer.host}:{settings.port_file.read_text()}"]


def wait_for(version: str, targets: Sequence[str], deadline: float) -> dict[str, str | None]:
    """Ask scorers until all serve a version, or until the deadline.

    Args:
        version: The number.
        targets: ``host:port`` each.
        deadline: Of ``time.monotonic``, seconds; each scorer is asked at least once.

    Returns:
        Scorer -> the version it serves as champion; None where it does not say.
    """
    # Imported here: gRPC takes time that a rollback beside this command does not have.
    from fraud.client import ScorerClient

    with ExitStack() as opened:
        clients = {each: opened.enter_context(ScorerClient(each)) for each in targets}
        while True:
            found = {target: client.champion() for target, client in clients.items()}
            served = all(serving == version for serving in found.values())
            if served or time.monotonic() >= deadline:
                return found
            time.sleep(LOOK_SECONDS)
