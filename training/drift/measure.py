"""Compares a window of live payments with a reference. No I/O here."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from scipy import stats

from training.drift.decay import MORE_IS_WORSE, worsening
from training.drift.distance import Difference, Values, difference, to_distance
from training.drift.errors import (
    DamagedReferenceError,
    ShortReferenceError,
    TooFewPaymentsError,
)
from training.drift.policy import DriftPolicy
from training.drift.reference import PROBABILITY, Reference
from training.drift.report import DriftReport, Measure, Test
from training.drift.variation import LEAST_A_DAY
from training.drift.weekday import match
from training.drift.window import Window

DAYS: Final = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


@dataclass(slots=True)
class _Taken:
    """Measures before they are judged together, with the bound of each statistic."""

    found: list[tuple[str, Test, Difference, float]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def measure_drift(
    reference: Reference, window: Window, policy: DriftPolicy | None = None
) -> DriftReport:
    """Take all measures, and judge them together.

    A feature's p-value is the greater of two: that of the test over payments, and that of the
    window being one more day like those of the reference, see
    :class:`training.drift.variation.Variation`.

    Raises:
        TooFewPaymentsError: The window holds too few payments for a verdict.
        ShortReferenceError: The reference is of too few days for one.
        DamagedReferenceError: The reference has other features than the window.
    """
    policy = policy or DriftPolicy()
    _check(reference, window, policy)
    _check_days(reference, policy)
    taken = _Taken(notes=list(window.notes))
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
            f"{len(window.features):,} payments were decided from "
            f"{window.start:%Y-%m-%d %H:%M} to {window.end:%Y-%m-%d %H:%M} UTC, "
            f"a verdict needs {policy.least_payments:,}"
        )
    if window.features.shape[1] != len(reference.feature_names):
        raise DamagedReferenceError(
            f"the reference has {len(reference.feature_names)} features, "
            f"the payments have {window.features.shape[1]}"
        )


def _check_days(reference: Reference, policy: DriftPolicy) -> None:
    days = min(each.days for each in reference.facts.variation.values())
    if days < policy.least_days:
        raise ShortReferenceError(
            f"the reference has {days} days of at least {LEAST_A_DAY} payments, "
            f"{policy.least_days} are needed to know how far days are from each other"
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
        _take(taken, reference, name, old[:, at], new[:, at], policy)


def _take_probability(
    taken: _Taken, reference: Reference, window: Window, policy: DriftPolicy
) -> None:
    old, new = (np.flatnonzero(~np.isnan(side.probability)) for side in (reference, window))
    before, now = match(reference.weekday[old], window.weekday[new])
    if len(now) < policy.least_payments:
        taken.notes.append(
            f"probability: only {len(now):,} payments of version {window.model_version} can be "
            f"compared, {policy.least_payments:,} are needed"
        )
        return
    values = reference.probability[old[before]], window.probability[new[now]]
    _take(taken, reference, PROBABILITY, *values, policy)


def _take(
    taken: _Taken, reference: Reference, name: str, old: Values, new: Values, policy: DriftPolicy
) -> None:
    discrete = name in reference.facts.discrete
    found = difference(old, new, discrete=discrete)
    among_days = reference.facts.variation[name].p_value(
        to_distance(found.statistic, discrete=discrete)
    )
    test = Test.STABILITY_INDEX if discrete else Test.KOLMOGOROV_SMIRNOV
    least = policy.least_psi if discrete else policy.least_ks
    p_value = max(found.p_value, among_days)
    taken.found.append((name, test, Difference(found.statistic, p_value), least))


def _take_labels(taken: _Taken, reference: Reference, window: Window, policy: DriftPolicy) -> None:
    if window.caught is None:
        return
    for name in type(window.caught).model_fields:
        old, new = getattr(reference.facts.caught, name), getattr(window.caught, name)
        if min(old.trials, new.trials) < policy.least_known:
            taken.notes.append(
                f"{name}: {new.trials} accounts now, {old.trials} then; "
                f"{policy.least_known} are needed"
            )
            continue
        least = policy.least_rise if name in MORE_IS_WORSE else policy.least_fall
        taken.found.append((name, Test.EXACT, worsening(name, old, new), least))


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


def _order(measure: Measure) -> tuple[bool, float, str]:
    return (not measure.drifted, measure.p_value, measure.subject)
