"""Judges the scorer's answers by the rows that it kept of them in its outbox."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.rivals.calls import Answer
from benchmarks.rivals.contender import Checked
from benchmarks.rivals.material import Material
from fraud.v1.records_pb2 import Prediction
from fraud.v1.scoring_pb2 import ScoreRequest, ScoreResponse, ServerTiming
from scorer.model.session import ModelSession
from scorer.sinks.reader import OutboxReader

TOLERANCE = 1e-6
BATCH = 2000
STAGES = ("total", "validate", "lookup", "assemble", "model", "decide", "append")


class Recomputed:
    """Every answer must be in the outbox, with the row that the model gives this answer for.

    Args:
        outbox: The scorer's.
        material: What it is asked.
    """

    def __init__(self, outbox: Path, material: Material) -> None:
        self._outbox = outbox
        self._material = material
        self._seq = 0
        self._kept: dict[str, Prediction] = {}
        models = (material.first.bundle, material.second.bundle)
        self._sessions = {
            model.manifest.model_sha256: ModelSession(model.model) for model in models
        }

    def check(self, skip: int, answers: Sequence[Answer]) -> Checked:
        """Compare the answers to payments from ``skip`` on."""
        self._read_outbox()
        second_digest = self._material.second.bundle.manifest.model_sha256
        wrong = second = elsewhere = 0
        timings = []
        for answer in answers:
            if answer.code != 0:
                continue
            response = ScoreResponse.FromString(answer.body)
            timings.append(response.server_timing)
            kept = self._kept.get(_id_of(self._material.requests[skip + answer.index]))
            if kept is None or not self._is_right(response, kept):
                wrong += 1
                continue
            second += kept.model_digest == second_digest
            row = np.array(kept.features, dtype=np.float32)
            offline = self._material.rows[skip + answer.index]
            elsewhere += not np.array_equal(row, offline, equal_nan=True)
        return Checked(wrong, second, elsewhere, _stages(timings))

    def _is_right(self, response: ScoreResponse, kept: Prediction) -> bool:
        session = self._sessions.get(kept.model_digest)
        if session is None or response.flags.duplicate or response.flags.degraded:
            return False
        row = np.array([kept.features], dtype=np.float32)
        same_payment = response.transaction_id == kept.transaction.transaction_id
        off = abs(session.probability(row) - response.probability)
        return same_payment and off <= TOLERANCE

    def _read_outbox(self) -> None:
        reader = OutboxReader(self._outbox)
        try:
            while entries := reader.read_after(self._seq, BATCH):
                self._seq = entries[-1].seq
                for entry in entries:
                    self._kept[entry.key] = Prediction.FromString(entry.payload)
        finally:
            reader.close()


def _id_of(request: bytes) -> str:
    return ScoreRequest.FromString(request).transaction.transaction_id


def _stages(timings: Sequence[ServerTiming]) -> dict[str, tuple[float, float]]:
    if not timings:
        return {}
    found = {}
    for name in STAGES:
        times = np.array([getattr(timing, f"{name}_us") for timing in timings])
        found[name] = (float(np.percentile(times, 50)), float(np.percentile(times, 99)))
    return found
