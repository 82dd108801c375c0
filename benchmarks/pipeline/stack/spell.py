"""When the threshold of an alert was crossed, and when Prometheus said so."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, Self

import httpx
import yaml

from fraud.local.prometheus import OPS

STEP_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Spell:
    """One time that an alert fired; all times in seconds since the Unix epoch.

    Args:
        crossed: When its condition came to hold, asked of what was scraped and of no rule.
        fired: When it began to fire; None if it has not.
        below: When its condition no longer held; None if it still does.
        resolved: When it ceased to fire; None if it has not.
    """

    crossed: float
    fired: float | None
    below: float | None
    resolved: float | None

    @classmethod
    def first_of(cls, prometheus: str, alert: str, start: float, end: float) -> Self | None:
        """The first between two times; None if the condition never held.

        Args:
            prometheus: Its address.
            alert: Name of a rule of ``ops/alerts``.
            start: Seconds since the Unix epoch.
            end: The same; at most three hours later.

        Raises:
            httpx.HTTPError: Prometheus is away or refuses the query.
        """
        holds = held_at(prometheus, expression_of(alert), start, end)
        told = f'ALERTS{{alertname="{alert}", alertstate="firing"}}'
        fires = held_at(prometheus, told, start, end)
        if not holds:
            return None
        fired = min(fires, default=None)
        below = None if fired is None else _end(holds, fired, end)
        resolved = None if fired is None else _end(fires, fired, end)
        return cls(min(holds), fired, below, resolved)

    @property
    def fire_seconds(self) -> float | None:
        """From the crossing to the alert."""
        return None if self.fired is None else self.fired - self.crossed

    @property
    def resolve_seconds(self) -> float | None:
        """From the end of the condition to that of the alert."""
        if self.below is None or self.resolved is None:
            return None
        return self.resolved - self.below


def held_at(prometheus: str, expression: str, start: float, end: float) -> set[float]:
    """The seconds at which an expression gives anything.

    Raises:
        httpx.HTTPError: Prometheus is away or refuses it.
    """
    asked: dict[str, str | float] = {
        "query": expression,
        "start": start,
        "end": end,
        "step": STEP_SECONDS,
    }
    answer = httpx.get(f"{prometheus}/api/v1/query_range", params=asked, timeout=30)
    answer.raise_for_status()
    series = answer.json()["data"]["result"]
    return {float(time) for each in series for time, _ in each["values"]}


def expression_of(alert: str) -> str:
    """The condition of an alert, with every recorded series written out.

    It may ask for none by labels or over a time.
    """
    rules = _rules()
    (expression,) = (rule["expr"] for rule in rules if rule.get("alert") == alert)
    recorded = {rule["record"]: rule["expr"] for rule in rules if "record" in rule}
    names = re.compile("|".join(sorted(map(re.escape, recorded), key=len, reverse=True)))
    while names.search(expression):
        expression = names.sub(lambda found: f"({recorded[found[0]]})", expression)
    return str(expression)


@cache
def _rules() -> list[dict[str, str]]:
    files = (yaml.safe_load(path.read_text()) for path in sorted((OPS / "alerts").glob("*.yml")))
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


def _end(times: set[float], after: float, end: float) -> float | None:
    """The first step after ``after`` that is not among the times; None if the end comes before."""
    time = after
    while time in times:
        time += STEP_SECONDS
    return time if time < end else None
