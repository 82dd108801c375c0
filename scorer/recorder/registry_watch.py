"""Writes into the ledger what was changed at the registry by somebody else's hand."""

import threading
from collections.abc import Mapping

import structlog

from fraud.settings import RegistrySettings
from scorer.errors import ModelError, ModelNotFoundError
from scorer.model.registry import TRAFFIC_TAG, RegistrySource
from scorer.model.source import Standing
from scorer.recorder.errors import DatabaseAwayError
from scorer.recorder.ledger import Ledger
from scorer.recorder.ledger_entry import LedgerEntry, Subject

log = structlog.get_logger(__name__)

SOMEBODY = "unknown (registry)"
REASON = "found at the registry, not made by a command of ours"


class RegistryWatch:
    """Compares the registry with the ledger's last word, and writes the difference.

    Args:
        dsn: libpq address of the database.
        settings: Which registry, which model, and how often to look.
    """

    def __init__(self, dsn: str, settings: RegistrySettings) -> None:
        self._dsn = dsn
        self._settings = settings
        self._stopping = threading.Event()

    def run(self) -> None:
        """Look until stopped; a side that is away is looked for again."""
        while not self._stopping.is_set():
            try:
                self._look_on()
            except (DatabaseAwayError, ModelError) as exc:
                log.warning("registry_watch.away", reason=str(exc))
            self._stopping.wait(self._settings.poll_seconds)

    def stop(self) -> None:
        """Have ``run`` return."""
        self._stopping.set()

    def _look_on(self) -> None:
        source = RegistrySource(self._settings)
        with Ledger(self._dsn, self._settings.model_name) as ledger:
            while not self._stopping.is_set():
                note_changes(ledger, source)
                self._stopping.wait(self._settings.poll_seconds)


def note_changes(ledger: Ledger, source: RegistrySource) -> int:
    """Write what the ledger does not know of; returns how many rows.

    Raises:
        RecorderError: The database cannot be used.
        RegistryError: The registry cannot be asked.
    """
    # Within the ledger's turn: a change of ours is either whole by now or not begun.
    with ledger.change():
        try:
            standing = source.standing()
        except ModelNotFoundError:
            standing = Standing()
        percent = standing.challenger_percent
        share = {} if percent is None else {TRAFFIC_TAG: str(percent)}
        noted = _note(ledger, "alias", dict(standing.aliases))
        return noted + _note(ledger, "traffic", share)


def _note(ledger: Ledger, subject: Subject, found: Mapping[str, str]) -> int:
    known = {name: value for name, value in ledger.last_words(subject).items() if value is not None}
    changed = sorted(
        name for name in known.keys() | found.keys() if known.get(name) != found.get(name)
    )
    for name in changed:
        old, new = known.get(name), found.get(name)
        ledger.add(LedgerEntry(subject, name, old, new, SOMEBODY, REASON))
        log.warning("registry.changed_by_hand", subject=subject, name=name, old=old, new=new)
    return len(changed)
