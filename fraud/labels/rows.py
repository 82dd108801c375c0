"""Rows of a file as labels; each that is refused with its row, field and value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from fraud.labels.cells import CellError, is_empty, to_fraud, to_kind, to_moment, to_text
from fraud.v1.label_pb2 import Label
from scorer.errors import InvalidRequestError
from scorer.validation import validate

type Cells = Mapping[str, object]

SURPLUS: Final = "more"
"""Column of what stands in a row behind the last that has a heading."""


@dataclass(frozen=True, slots=True)
class NumberedLabel:
    """A label and the row that it stands in, from 1.

    Args:
        row: Of the file, without its heading.
        label: Complete but for ``happened_at``, where the file does not tell it.
    """

    row: int
    label: Label


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is no label.

    Args:
        row: Of the file, from 1, without its heading.
        field: Which column is at fault.
        value: What stands in it.
        reason: What is allowed.
    """

    row: int
    field: str
    value: str
    reason: str


@dataclass(slots=True)
class LabelRows:
    """All rows of a file.

    Args:
        labels: By known-at time, so that a correction comes behind what it corrects.
        refused: In the order of the file.
        unknown_yet: Rows without a ``known_at``: nobody has learned of them.
    """

    labels: list[NumberedLabel] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    unknown_yet: int = 0

    @classmethod
    def of(cls, rows: Iterable[tuple[int, Cells]], source: str | None = None) -> "LabelRows":
        """Read rows.

        Args:
            rows: With their numbers.
            source: Who said so, where a row does not tell.
        """
        found = cls()
        for row, cells in rows:
            found.add(row, cells, source)
        found.labels.sort(key=lambda each: (each.label.known_at.ToMicroseconds(), each.row))
        return found

    def add(self, row: int, cells: Cells, source: str | None) -> None:
        """Add a row as what it is."""
        if is_empty(cells.get("known_at")):
            self.unknown_yet += 1
            return
        try:
            label = to_label(cells, source)
        except CellError as exc:
            self.refused.append(RefusedRow(row, exc.field, to_text(exc.value), exc.reason))
        else:
            self.labels.append(NumberedLabel(row, label))


def to_label(cells: Cells, source: str | None = None) -> Label:
    """The cells of a row as a label.

    Raises:
        CellError: One of them holds what it may not.
    """
    if cells.get(SURPLUS):
        raise CellError(SURPLUS, cells[SURPLUS], "stands behind the last column")
    kind, fraud = to_kind(cells.get("kind")), to_fraud(cells.get("fraud"))
    if fraud is None and kind == 0 and "fraud" in cells:
        raise CellError("fraud", to_text(cells["fraud"]), "does not say whether it was fraud")
    if fraud is False and kind != 0:
        raise CellError("kind", cells["kind"], "is a kind of fraud, but fraud is false")
    label = Label(
        transaction_id=to_text(cells["transaction_id"]),
        fraud=bool(kind) if fraud is None else fraud,
        kind=kind,
        source=to_text(cells.get("source")) or source or "",
    )
    label.known_at.FromDatetime(to_moment(cells["known_at"]))
    if not is_empty(cells.get("happened_at")):
        label.happened_at.FromDatetime(to_moment(cells["happened_at"], "happened_at"))
    check(label)
    return label


def check(label: Label) -> None:
    """See whether a label keeps the rules of the wire contract.

    Raises:
        CellError: It breaks one.
    """
    checked = Label()
    checked.CopyFrom(label)
    if not label.HasField("happened_at"):
        checked.happened_at.CopyFrom(label.known_at)
    try:
        validate(checked)
    except InvalidRequestError as exc:
        fault = exc.violations[0]
        # A rule over the whole label is of both times.
        name = fault.field or "known_at"
        value = getattr(label, name)
        shown = value.ToJsonString() if isinstance(value, Timestamp) else value
        reason = fault.description.removeprefix(f"`{shown}` ")
        raise CellError(name, shown, reason) from exc
