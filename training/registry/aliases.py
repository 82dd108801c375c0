"""Moves the aliases, which are the switch: what they point at decides payments.

Nothing else moves them; whoever does so at the registry itself is noticed by the recorder.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from fraud.person import whoami
from scorer.model.source import CHALLENGER, CHAMPION
from scorer.recorder.ledger_entry import LedgerEntry
from training.errors import PromotionError
from training.registry.admission import admission_of
from training.registry.server import RegistryServer

if TYPE_CHECKING:
    # Training alone is installed without a client of PostgreSQL.
    from scorer.recorder.ledger import Ledger

type Place = Literal["champion", "challenger"]

PREVIOUS: Final = "previous"
STAGE: Final = "stage"
REPLACED: Final = "replaced"
"""Tag of a version: the champion that it took over from."""


@dataclass(frozen=True, slots=True)
class Change:
    """Why aliases are moved, and where that is written down.

    Args:
        server: The registry.
        reason: In a person's words.
        ledger: Takes a row for each alias that moves; None where there is none, and then the
            recorder notices and writes them.
        by: Who.
    """

    server: RegistryServer
    reason: str
    ledger: "Ledger | None" = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """An alias that was moved.

    Args:
        alias: Which.
        version: What it points at now.
        replaced: What it pointed at before; None for nothing.
    """

    alias: str
    version: str
    replaced: str | None


def promote(change: Change, version: str, alias: Place = CHAMPION, *, force: bool = False) -> Moved:
    """Give a version its place; of a champion, the one before becomes ``previous``.

    Args:
        change: Where and why.
        version: Its number.
        alias: Which place.
        force: Whether a version that the gate does not let through may have it; the ledger tells.

    Raises:
        PromotionError: It has not passed the gate, or not beside the champion of now.
        RegistrationError: There is no such version, or the registry cannot be asked.
        RecorderError: The ledger cannot be written; no alias was moved.
    """
    found = change.server.version(version)
    admission = admission_of(change.server, found)
    if admission.refusal and not force:
        raise PromotionError(f"Failed to promote version {version}: {admission.refusal}")
    told = _forced(change, admission.refusal) if admission.refusal else change
    # Tags first, the alias that scorers follow last.
    change.server.set_version_tag(version, STAGE, "Production")
    with _held(told.ledger):
        aliases = change.server.aliases()
        replaced = aliases.get(alias)
        if alias == CHAMPION:
            _prepare(told, version, aliases)
        _move(told, alias, version, aliases, admission.report)
        if alias == CHAMPION and aliases.get(CHALLENGER) == version:
            # Won: it would be compared with itself.
            _move(told, CHALLENGER, None, aliases)
    if replaced not in {None, version}:
        _retire(change.server, str(replaced))
    return Moved(alias, version, replaced)


def rollback(change: Change) -> Moved:
    """Put the previous champion back: one change of one alias, then the rest is tidied.

    ``previous`` goes on to what that version had taken over from itself, so that a second rollback
    goes further back and never to the version that was just left.

    Raises:
        PromotionError: There is no version to go back to.
        RegistrationError: The registry cannot be asked.
        RecorderError: The ledger cannot be written; no alias was moved.
    """
    with _held(change.ledger):
        aliases = change.server.aliases()
        left, version = aliases.get(CHAMPION), aliases.get(PREVIOUS)
        if version is None or version == left:
            raise PromotionError(
                f"Failed to roll back from version {left}: "
                f"alias `{PREVIOUS}` names no other version"
            )
        _move(change, CHAMPION, version, aliases)
    with _held(change.ledger):
        _move(change, PREVIOUS, _predecessor(change.server, version), aliases)
    change.server.set_version_tag(version, STAGE, "Production")
    if left is not None:
        _retire(change.server, left)
    return Moved(CHAMPION, version, left)


def withdraw(change: Change, alias: str) -> Moved | None:
    """Take an alias away, such as that of a challenger; None if nothing had it.

    Raises:
        PromotionError: It is the champion's, without which nothing serves.
        RegistrationError: The registry cannot be asked.
        RecorderError: The ledger cannot be written; no alias was moved.
    """
    if alias == CHAMPION:
        raise PromotionError("Failed to withdraw `champion`: promote another version instead")
    with _held(change.ledger):
        aliases = change.server.aliases()
        left = aliases.get(alias)
        _move(change, alias, None, aliases)
    if left is None:
        return None
    _retire(change.server, left)
    return Moved(alias, "", left)


def archive(change: Change, version: str) -> None:
    """Say that a version is not to serve again.

    Raises:
        PromotionError: An alias points at it.
        RegistrationError: There is no such version, or the registry cannot be asked.
        RecorderError: The ledger cannot be written; nothing was changed.
    """
    with _held(change.ledger):
        before = change.server.version(version)["tags"].get(STAGE)
        serving = [name for name, at in change.server.aliases().items() if at == version]
        if serving:
            raise PromotionError(
                f"Failed to archive version {version}: alias `{serving[0]}` points at it"
            )
        if change.ledger is not None:
            change.ledger.add(_entry(change, "stage", version, before, "Archived"))
        change.server.set_version_tag(version, STAGE, "Archived")


def set_alias(change: Change, alias: str, version: str) -> Moved:
    """Point any other alias at a version, such as ``shadow``; no gate is asked.

    Raises:
        PromotionError: The alias is that of a version that decides payments.
        RegistrationError: There is no such version, or the registry cannot be asked.
        RecorderError: The ledger cannot be written; no alias was moved.
    """
    if alias in {CHAMPION, CHALLENGER, PREVIOUS}:
        raise PromotionError(f"Failed to set `{alias}`: `fraud models promote` moves it")
    with _held(change.ledger):
        aliases = change.server.aliases()
        _move(change, alias, version, aliases)
    return Moved(alias, version, aliases.get(alias))


def _move(
    change: Change,
    alias: str,
    version: str | None,
    aliases: dict[str, str],
    report: Any = None,
) -> None:
    """The one place where an alias moves; the ledger's row counts if the registry obeys."""
    before = aliases.get(alias)
    if before == version:
        return
    if change.ledger is not None:
        change.ledger.add(_entry(change, "alias", alias, before, version, report))
    if version is None:
        change.server.delete_alias(alias)
    else:
        change.server.set_alias(alias, version)


def _entry(
    change: Change,
    subject: Literal["alias", "stage"],
    name: str,
    before: str | None,
    after: str | None,
    report: Any = None,
) -> LedgerEntry:
    return LedgerEntry(subject, name, before, after, change.by or whoami(), change.reason, report)


def _prepare(change: Change, version: str, aliases: dict[str, str]) -> None:
    """Make it possible to go back, before there is anything to go back from."""
    replaced = aliases.get(CHAMPION)
    if replaced is None or replaced == version:
        return
    change.server.set_version_tag(version, REPLACED, replaced)
    _move(change, PREVIOUS, replaced, aliases)


def _predecessor(server: RegistryServer, version: str) -> str | None:
    """What ``version`` had taken over from; None where that is not known."""
    replaced = server.version(version)["tags"].get(REPLACED)
    return None if replaced is None else str(replaced)


def _retire(server: RegistryServer, version: str) -> None:
    """A version that no longer decides is archived, unless it still does under another alias."""
    aliases = server.aliases()
    if version not in {aliases.get(CHAMPION), aliases.get(CHALLENGER)}:
        server.set_version_tag(version, STAGE, "Archived")


def _forced(change: Change, refusal: str) -> Change:
    return replace(change, reason=f"{change.reason} (forced: {refusal})")


@contextmanager
def _held(ledger: "Ledger | None") -> Iterator[None]:
    if ledger is None:
        yield
        return
    with ledger.change():
        yield
