"""``fraud replay``: make a recorded decision again, bit for bit."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from fraud.cli.errors import CommandError
from fraud.cli.recorded import recorded
from fraud.settings import load_settings
from fraud.v1.scoring_pb2 import Decision
from hindsight.errors import UnreplayableError
from hindsight.library import ModelLibrary
from hindsight.replay.difference import Difference, told
from hindsight.replay.recorded import find_recorded
from hindsight.replay.replay import Replay, replay
from hindsight.replay.shadows import ShadowReplay, replay_shadows
from scorer.errors import RegistryError

app = typer.Typer(add_completion=False)

DIFFERS = 1


@app.command("replay")
def replay_(
    transaction_id: Annotated[str, typer.Argument(help="Of the payment.")],
    shadows: Annotated[
        bool, typer.Option("--shadows", help="Also what shadow versions said of it.")
    ] = False,
) -> None:
    """Decide a recorded payment again; exit code 0 if identical, 1 if not, 2 if it cannot be."""
    console = Console(soft_wrap=True, markup=False)
    identical = True
    with recorded() as dsn, told_reasons(transaction_id):
        library = ModelLibrary.of(load_settings())
        for each in find_recorded(dsn, transaction_id):
            made = replay(each, library)
            tell(console, made)
            identical &= made.is_identical
            for shadow in replay_shadows(dsn, each, library) if shadows else []:
                tell_shadow(console, shadow)
                identical &= not shadow.differences
    if not identical:
        raise typer.Exit(DIFFERS)


@contextmanager
def told_reasons(transaction_id: str) -> Iterator[None]:
    """Why a payment cannot be decided again, for the person who asked."""
    try:
        yield
    except UnreplayableError as exc:
        raise CommandError(f"Failed to replay `{transaction_id}`: {exc}") from exc
    except RegistryError as exc:
        hint = "its model is needed: set FRAUD_REGISTRY__URL to where it is registered"
        raise CommandError(f"Failed to replay `{transaction_id}`: {exc}", hint) from exc


def tell(console: Console, made: Replay) -> None:
    """Print who decided, what was found, and what differs."""
    prediction, answer = made.prediction, made.answer
    by = f"version {answer.model_version}" if prediction.model_digest else answer.model_version
    digest = f", model {prediction.model_digest[:12]}" if prediction.model_digest else ""
    console.print(
        f"payment {answer.transaction_id}, decided {prediction.decided_at.ToJsonString()} "
        f"by {by}{digest}"
    )
    decision = Decision.Name(answer.decision).removeprefix("DECISION_").lower()
    codes = " ".join(each.code for each in answer.reasons) or "none"
    console.print(
        f"found again: {decision}, probability {told(answer.probability)}, reasons: {codes}"
    )
    _verdict(console, made.differences)


def tell_shadow(console: Console, shadow: ShadowReplay) -> None:
    """Print what a shadow version said, and what differs."""
    console.print(f"shadow version {shadow.version}: {shadow.decision}")
    _verdict(console, shadow.differences)


def _verdict(console: Console, differences: Sequence[Difference]) -> None:
    if not differences:
        console.print("identical, bit for bit", style="green")
        return
    console.print(f"differs in {len(differences)}:", style="bold red")
    table = Table("what", "recorded", "found again")
    for each in differences:
        table.add_row(each.name, _cell(each.recorded), _cell(each.found))
    console.print(table)


def _cell(value: str | None) -> str:
    return "-" if value is None else value
