"""Compares a window of live payments with a reference. No I/O here."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from training.drift.decay import Caught, drop
from training.drift.distance import Difference, difference
from training.drift.errors import DamagedReferenceError, TooFewPaymentsError
from training.drift.policy import DriftPolicy
from training.drift.reference import PROBABILITY, Reference
from training.drift.report import DriftReport, Measure, Test
from training.drift.weekday import match

DAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Live payments of a version.

    Args:
        model_name: Of the registered model.
        model_version: That decided them.
        start: Decided from then on.
        end: Until then, exclusive.
        payments: How many there were; the rows may be a sample of them.
        features: float32 [n, features], NaN for missing.
        probability: float32 [n].
        weekday: int8 [n], Monday is 0.
        caught: Of older payments, whose labels have had time to come; None for none.
    """

    model_name: str
    model_version: str
    start: datetime
    end: datetime
    payments: int
    features: npt.NDArray[np.float32]
    probability: npt.NDArray[np.float32]
    weekday: npt.NDArray[np.int8]
    caught: Caught | None = None


@dataclass(slots=True)
class _Taken:
    """Measures before they are judged together."""

    found: list[tuple[str, Test, Difference, float]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def measure_drift(
    reference: Reference, window: Window, policy: DriftPolicy | None = None
) -> DriftReport:
    """Take all measures, and judge them together.

    Raises:
        TooFewPaymentsError: The window holds too few payments for a verdict.
        DamagedReferenceError: The reference has other features than the window.
    """
    policy = policy or DriftPolicy()
    _check(reference, window, policy)
    taken = _Taken()
    _take_features(taken, reference, window, policy)
    _take_probability(taken, reference, window, policy)
    _take_labels(taken, reference, window, policy)
    measures = sorted(_judged(taken, policy), key=_order)
    return DriftReport(
        model_name=window.model_name,
        model_version=window.model_version,
        window_start=window.start,
        window_end=window.end,
        payments=window.payments,
        measures=tuple(measures),
        notes=tuple(taken.notes),
    )


def _check(reference: Reference, window: Window, policy: DriftPolicy) -> None:
    if len(window.features) < policy.least_payments:
        raise TooFewPaymentsError(
            f"version {window.model_version} decided {len(window.features):,} payments from "
            f"{window.start:%Y-%m-%d %H:%M} to {window.end:%Y-%m-%d %H:%M} UTC, "
            f"a verdict needs {policy.least_payments:,}"
        )
    if window.features.shape[1] != len(reference.feature_names):
        raise DamagedReferenceError(
            f"the reference has {len(reference.feature_names)} features, "
            f"the payments have {window.features.shape[1]}"
        )


def _take_features(
    taken: _Taken, reference: Reference, window: Window, policy: DriftPolicy
) -> None:
    before, now = match(reference.weekday, window.weekday)
    missing = np.setdiff1d(window.weekday, reference.weekday)
    if len(missing):
        days = ", ".join(DAYS[day] for day in missing)
        taken.notes.append(f"left out: the reference has no {days}")
    if len(now) < policy.least_payments:
        taken.notes.append(f"features: only {len(now):,} payments can be compared")
        return
    old, new = reference.features[before], window.features[now]
    for at, name in enumerate(reference.feature_names):
        discrete = name in reference.facts.discrete
        found = difference(old[:, at], new[:, at], discrete=discrete)
        least = policy.least_psi if discrete else policy.least_ks
        test = Test.STABILITY_INDEX if discrete else Test.KOLMOGOROV_SMIRNOV
        taken.found.append((name, test, found, _threshold(reference, name, least, policy)))


def _take_probability(
    taken: _Taken, reference: Reference, window: Window, policy: DriftPolicy
) -> None:
    unseen = np.flatnonzero(~np.isnan(reference.probability))
    before, now = match(reference.weekday[unseen], window.weekday)
    if len(now) < policy.least_payments:
        taken.notes.append(f"probability: only {len(now):,} payments can be compared")
        return
    old, new = reference.probability[unseen][before], window.probability[now]
    found = difference(old, new, discrete=False)
    bound = _threshold(reference, PROBABILITY, policy.least_ks, policy)
    taken.found.append((PROBABILITY, Test.KOLMOGOROV_SMIRNOV, found, bound))


def _take_labels(taken: _Taken, reference: Reference, window: Window, policy: DriftPolicy) -> None:
    if window.caught is None:
        taken.notes.append("labels: no payments were waited for")
        return
    for name in ("recall", "precision"):
        old, new = getattr(reference.facts, name), getattr(window.caught, name)
        if min(old.trials, new.trials) < policy.least_known:
            taken.notes.append(
                f"{name}: {new.trials} accounts now, {old.trials} then; "
                f"{policy.least_known} are needed"
            )
            continue
        taken.found.append((name, Test.EXACT, drop(old, new), policy.least_drop))


def _judged(taken: _Taken, policy: DriftPolicy) -> list[Measure]:
    if not taken.found:
        raise TooFewPaymentsError(f"nothing can be compared: {'; '.join(taken.notes)}")
    adjusted = stats.false_discovery_control([found.p_value for _, _, found, _ in taken.found])
    return [
        Measure(
            subject=subject,
            test=test,
            statistic=found.statistic,
            p_value=found.p_value,
            adjusted_p_value=float(p_value),
            threshold=threshold,
            drifted=bool(p_value <= policy.false_discovery_rate and found.statistic >= threshold),
        )
        for (subject, test, found, threshold), p_value in zip(taken.found, adjusted, strict=True)
    ]


def _threshold(reference: Reference, name: str, least: float, policy: DriftPolicy) -> float:
    return max(least, policy.own_factor * reference.facts.own_variation.get(name, 0.0))


def _order(measure: Measure) -> tuple[Any, ...]:
    return (not measure.drifted, -measure.severity, measure.subject)
