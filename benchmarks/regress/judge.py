"""Whether a case became dearer than it may."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.regress.baseline import Kind
from benchmarks.regress.errors import BaselineError

MOST_GROWTH: dict[Kind, float] = {"instructions": 0.10, "time": 0.15}
"""Above the record. Counts repeat to 2%, and another patch release of Python moves them a little;
times move by themselves."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One case beside its record; ratios to the ruler."""

    case: str
    recorded: float
    found: float
    most_growth: float

    @property
    def growth(self) -> float:
        """0.2 is a fifth dearer."""
        return self.found / self.recorded - 1

    @property
    def is_met(self) -> bool:
        """Whether it may be so."""
        return self.growth <= self.most_growth


def compare(kind: Kind, recorded: Mapping[str, float], found: Mapping[str, float]) -> list[Finding]:
    """Each case that was measured beside its record.

    Raises:
        BaselineError: A case has no record.
    """
    unknown = found.keys() - recorded.keys()
    if unknown:
        raise BaselineError(
            f"Failed to compare {', '.join(sorted(unknown))}: the record has no such case. "
            "Hint: write a new one with `python -m benchmarks.regress --record`."
        )
    most = MOST_GROWTH[kind]
    return [Finding(case, recorded[case], value, most) for case, value in found.items()]
