"""What of a scorer's policy was changed by its settings or by a call, durable until recorded.

The ledger is in PostgreSQL, which no scorer waits for: it writes a line here, and the recorder
copies it there.
"""

import json
import os
import socket
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

log = structlog.get_logger(__name__)

NAME: Final = "policy.jsonl"
MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """One change.

    Args:
        at: When, in UTC; no two of a journal are at the same time.
        name: Of what was changed, such as ``review_threshold``.
        old: Before; None where nothing was set.
        new: After; None where nothing is.
        by: Who.
        reason: Why, or by what.
        scorer: Which: host and folder.
    """

    at: datetime
    name: str
    old: str | None
    new: str | None
    by: str
    reason: str
    scorer: str


class PolicyJournal:
    """The changes of one scorer, in a file beside its outbox that is only ever added to.

    Args:
        outbox: Path of the outbox.
    """

    def __init__(self, outbox: Path) -> None:
        self._path = outbox.with_name(NAME)
        self._scorer = f"{socket.gethostname()}:{outbox.parent.parent.absolute()}"
        self._last_at = datetime.min.replace(tzinfo=UTC)
        self._values: dict[str, str | None] = {}
        for change in read_changes(self._path):
            self._values[change.name] = change.new
            self._last_at = change.at

    def note(self, values: Mapping[str, str | None], by: str, reason: str) -> int:
        """Write what is not as it was last noted; returns how many changes that is.

        A disk that takes nothing is logged and does not keep a payment from being decided.
        """
        changes = [
            PolicyChange(self._now(), name, self._values.get(name), new, by, reason, self._scorer)
            for name, new in values.items()
            if self._values.get(name) != new
        ]
        try:
            self._append(changes)
        except OSError as exc:
            log.exception("policy.not_noted", path=str(self._path), error=str(exc))
            return 0
        self._values |= {each.name: each.new for each in changes}
        return len(changes)

    def _now(self) -> datetime:
        """Later than all before, whatever the clock does."""
        self._last_at = max(datetime.now(UTC), self._last_at + MICROSECOND)
        return self._last_at

    def _append(self, changes: list[PolicyChange]) -> None:
        if not changes:
            return
        lines = [json.dumps({**asdict(each), "at": each.at.isoformat()}) for each in changes]
        with self._path.open("a") as file:
            # Begins anew, should the line before have been cut short.
            file.write("\n" + "\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())


def read_changes(path: Path) -> Iterator[PolicyChange]:
    """The changes of a journal, oldest first; none where there is no file.

    A line that was cut short is passed over.
    """
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return
    for line in filter(None, lines):
        try:
            told = json.loads(line)
            yield PolicyChange(**{**told, "at": datetime.fromisoformat(told["at"])})
        except (ValueError, KeyError, TypeError):
            log.warning("policy.unreadable", path=str(path), line=line[:80])
