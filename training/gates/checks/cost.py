"""That it fits where it is to run."""

from time import perf_counter_ns

import numpy as np

from scorer.model.bundle import ModelBundle
from scorer.model.session import ModelSession, Rows
from training.gates.policy import GatePolicy
from training.gates.report import GateRow

ROUNDS = 30
ROWS = 64


def size_row(candidate: ModelBundle, policy: GatePolicy) -> GateRow:
    """Its file is loaded and kept by every scorer."""
    found = len(candidate.model)
    detail = f"{found:,} bytes, at most {policy.greatest_bytes:,}"
    return GateRow.at_most("size", found, policy.greatest_bytes, detail)


def latency_row(
    candidate: ModelBundle, champion: ModelBundle | None, policy: GatePolicy
) -> GateRow:
    """One row at a time, as payments come, it takes little longer than the champion.

    Both take turns, row by row, and medians are compared: what disturbs one disturbs the other.
    """
    if champion is None:
        return GateRow.skipping("latency", "there is no champion to be slower than")
    mine, theirs = ModelSession(candidate.model), ModelSession(champion.model)
    rows = np.resize(champion.golden_rows, (ROWS, champion.golden_rows.shape[1]))
    took: list[tuple[int, int]] = []
    for _ in range(ROUNDS):
        took += [(_time(mine, row[np.newaxis]), _time(theirs, row[np.newaxis])) for row in rows]
    own, other = np.median(np.array(took), axis=0) / 1000
    detail = f"{own:.1f} us a row, the champion {other:.1f} us: {own / other:.2f} times as long"
    return GateRow.at_most("latency", float(own / other), policy.greatest_latency_ratio, detail)


def _time(session: ModelSession, row: Rows) -> int:
    started = perf_counter_ns()
    session.probability(row)
    return perf_counter_ns() - started
