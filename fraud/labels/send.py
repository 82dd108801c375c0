"""Reports labels to a scorer, and counts what became of each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import batched

from fraud.client import LABELS_A_CALL, RpcError, ScorerClient, reason_of
from fraud.labels.cells import CellError, to_text
from fraud.labels.errors import ReportError
from fraud.labels.rows import LabelRows, NumberedLabel, RefusedRow, check
from fraud.v1.label_pb2 import Label

type Complete = Callable[[Sequence[Label]], object]
"""Sets what labels lack."""
type Progress = Callable[[int], object]
"""Told, again and again, how many more rows are through."""


@dataclass(slots=True)
class ImportReport:
    """What became of the rows; all but ``waiting`` and ``timeless`` add up to them.

    Args:
        applied: Labels that are new, and durable.
        known: Labels that the scorer had already.
        refused: Rows that are no label.
        unknown_yet: Rows without a ``known_at``.
        waiting: Labels, new or not, of transactions that the scorer does not know; kept until
            their payment comes.
        timeless: Labels that neither the file nor what was recorded tells the payment's time of;
            the time at which they were known stands for it.
    """

    applied: int = 0
    known: int = 0
    refused: int = 0
    unknown_yet: int = 0
    waiting: int = 0
    timeless: int = 0


def send_labels(
    rows: LabelRows, client: ScorerClient, complete: Complete, progress: Progress
) -> ImportReport:
    """Report labels in calls of as many as the contract allows.

    Args:
        rows: What a file holds; what is refused here is added to it.
        client: Of the scorer.
        complete: Called with labels before they are sent: sets the ``happened_at`` of those that
            lack it, where it can.
        progress: Told of each call.

    Raises:
        ReportError: The scorer did not take what was left. To report all again is harmless.
    """
    report = ImportReport(unknown_yet=rows.unknown_yet)
    for batch in batched(rows.labels, LABELS_A_CALL):
        complete([each.label for each in batch])
        sent = _checked(batch, rows, report)
        if sent:
            _send(sent, client, report)
        progress(len(batch))
    report.refused = len(rows.refused)
    return report


def _checked(
    batch: Sequence[NumberedLabel], rows: LabelRows, report: ImportReport
) -> list[NumberedLabel]:
    """Those that may be sent, complete."""
    kept = []
    for each in batch:
        try:
            check(each.label)
        except CellError as exc:
            rows.refused.append(RefusedRow(each.row, exc.field, to_text(exc.value), exc.reason))
            continue
        if not each.label.HasField("happened_at"):
            each.label.happened_at.CopyFrom(each.label.known_at)
            report.timeless += 1
        kept.append(each)
    return kept


def _send(batch: Sequence[NumberedLabel], client: ScorerClient, report: ImportReport) -> None:
    try:
        answer = client.report([each.label for each in batch])
    except RpcError as exc:
        through = report.applied + report.known
        raise ReportError(
            f"the scorer took {through:,} labels, then failed: {reason_of(exc)}"
        ) from exc
    report.applied += answer.accepted
    report.known += answer.duplicates
    unknown = set(answer.unknown_transaction_ids)
    report.waiting += sum(each.label.transaction_id in unknown for each in batch)
