"""What shadow versions would have decided, against what was decided and what is known."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import psycopg

from hindsight.errors import NothingKnownError
from hindsight.reports.truth import MATURITY, TRUTHS
from scorer.recorder.errors import translated

type Numbers = npt.NDArray[Any]

BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
SCORED: Final = """
SELECT s.model_version, s.model_digest, count(*), avg((s.decision = p.decision)::int)::float8
FROM shadow_predictions s JOIN predictions p USING (transaction_id, decided_at)
WHERE s.decided_at >= %(since)s
    AND (%(version)s::text IS NULL OR s.model_version = %(version)s)
GROUP BY 1, 2 ORDER BY max(s.decided_at) DESC, 1
"""
KNOWN: Final = f"""
WITH {TRUTHS}
SELECT t.fraud, t.decision <> 'approve', s.decision <> 'approve', t.probability, s.probability
FROM shadow_predictions s JOIN truths t USING (transaction_id, decided_at)
WHERE s.model_digest = %(digest)s AND s.model_version = %(version)s AND s.decided_at >= %(since)s
"""  # noqa: S608 - of constants
KNOWN_LIVE: Final = f"""
WITH {TRUTHS}
SELECT count(*) FROM shadow_predictions s JOIN truths t USING (transaction_id, decided_at)
WHERE s.model_digest = %(digest)s
"""  # noqa: S608 - of constants


@dataclass(frozen=True, slots=True)
class Quality:
    """Of decisions whose truth is known; NaN where there is nothing to divide by.

    Args:
        recall: Of the frauds, the share declined or reviewed.
        false_positive_rate: Of the genuine payments, the share declined or reviewed.
        precision: Of what was declined or reviewed, the share of frauds.
        average_precision: Of the ranking by probability.
    """

    recall: float
    false_positive_rate: float
    precision: float
    average_precision: float


@dataclass(frozen=True, slots=True)
class ShadowStanding:
    """How a shadow version does beside what served.

    Args:
        version: Of the registry.
        model_digest: SHA-256 of its ONNX file.
        payments: That it scored.
        agreement: Share of them that it would have decided as they were.
        known: Payments of them whose truth is known.
        frauds: Those of them that are fraud.
        served: What served, on the known ones.
        shadow: What the shadow would have done, on the same, at its own thresholds.
    """

    version: str
    model_digest: str
    payments: int
    agreement: float
    known: int
    frauds: int
    served: Quality
    shadow: Quality


def shadow_standings(
    dsn: str,
    version: str | None = None,
    since: datetime = BEGINNING,
    maturity: timedelta = MATURITY,
) -> list[ShadowStanding]:
    """Every version that scored as a shadow, the one that scored last first.

    Args:
        dsn: libpq address.
        version: Only this one.
        since: Payments decided from then on count.
        maturity: See :mod:`hindsight.reports.truth`.

    Raises:
        NothingKnownError: None did.
        RecorderError: The database cannot be used.
    """
    with translated(), psycopg.connect(dsn, autocommit=True) as connection:
        scored = connection.execute(SCORED, {"version": version, "since": since}).fetchall()
        found = [_standing(connection, row, since, maturity) for row in scored]
    if not found:
        which = "no version" if version is None else f"version {version} never"
        raise NothingKnownError(f"{which} scored payments as a shadow")
    return found


def known_live_payments(dsn: str, model_digest: str, maturity: timedelta = MATURITY) -> int:
    """How many live payments, of those whose truth is known, a model scored as a shadow.

    For the gate: 'at least N live payments with known labels'.

    Raises:
        RecorderError: The database cannot be used.
    """
    asked = {"digest": model_digest, "maturity": maturity}
    with translated(), psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute(KNOWN_LIVE, asked).fetchone()
    return int(row[0]) if row else 0


def _standing(
    connection: psycopg.Connection, scored: Any, since: datetime, maturity: timedelta
) -> ShadowStanding:
    version, digest, payments, agreement = scored
    asked = {"version": version, "digest": digest, "since": since, "maturity": maturity}
    rows = connection.execute(KNOWN, asked).fetchall()
    fraud, served, shadow = (np.array([row[at] for row in rows], bool) for at in range(3))
    probabilities = np.array([row[3:] for row in rows], np.float64).reshape(len(rows), 2)
    return ShadowStanding(
        version=version,
        model_digest=digest,
        payments=payments,
        agreement=agreement,
        known=len(rows),
        frauds=int(fraud.sum()),
        served=_quality(fraud, served, probabilities[:, 0]),
        shadow=_quality(fraud, shadow, probabilities[:, 1]),
    )


def _quality(fraud: Numbers, flagged: Numbers, probabilities: Numbers) -> Quality:
    from sklearn.metrics import average_precision_score

    ranked = fraud.any()
    return Quality(
        recall=_share(flagged[fraud]),
        false_positive_rate=_share(flagged[~fraud]),
        precision=_share(fraud[flagged]),
        average_precision=(
            float(average_precision_score(fraud, probabilities)) if ranked else math.nan
        ),
    )


def _share(values: Numbers) -> float:
    return float(values.mean()) if len(values) else math.nan
