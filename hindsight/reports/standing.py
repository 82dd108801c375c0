"""How a version came to decide: what the ledger says of it up to then."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from scorer.recorder.ledger import Ledger
from scorer.recorder.ledger_entry import LedgerEntry

UNKNOWN: Final = "the ledger does not say who put it there"
LEFT: Final = "the alias had left it by then: the scorer had not followed yet"
NO_MODEL: Final = "no model decided, but the rules"


@dataclass(frozen=True, slots=True)
class Standing:
    """What stood when a payment was decided.

    Args:
        placed: The row that gave the version the alias under which it decided.
        history: All rows of its aliases and its stage up to then, oldest first.
        traffic: The row that set the challenger's share last.
        policy: The newest row of each setting of a scorer's policy.
        remark: What is out of the ordinary; None where nothing is.
    """

    placed: LedgerEntry | None
    history: tuple[LedgerEntry, ...]
    traffic: LedgerEntry | None
    policy: tuple[LedgerEntry, ...]
    remark: str | None = None


def standing_at(ledger: Ledger, decided_at: datetime, version: str, alias: str) -> Standing:
    """How ``version`` stood under ``alias`` when it decided.

    Args:
        ledger: Of its model.
        decided_at: When it decided.
        version: Its number.
        alias: ``champion`` or ``challenger``; empty where the rules decided.

    Raises:
        RecorderError: The database cannot be used.
    """
    rows = ledger.entries(until=decided_at, value=version)
    history = tuple(each for each in rows if each.subject in {"alias", "stage"}) if alias else ()
    moves = [each for each in history if (each.subject, each.subject_name) == ("alias", alias)]
    placed = _last(each for each in moves if each.new_value == version)
    return Standing(
        placed=placed,
        history=history,
        traffic=_last(each for each in rows if each.subject == "traffic"),
        policy=_newest(each for each in rows if each.subject == "policy"),
        remark=_remark(alias, placed, moves),
    )


def _remark(alias: str, placed: LedgerEntry | None, moves: Sequence[LedgerEntry]) -> str | None:
    if not alias:
        return NO_MODEL
    if placed is None:
        return UNKNOWN
    return None if placed is moves[-1] else LEFT


def _last(entries: Iterable[LedgerEntry]) -> LedgerEntry | None:
    found = list(entries)
    return found[-1] if found else None


def _newest(entries: Iterable[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    """The last of each name; a setting that is back to nothing is left out."""
    newest = {each.subject_name: each for each in entries}
    return tuple(each for _, each in sorted(newest.items()) if each.new_value is not None)
