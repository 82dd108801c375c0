"""What the gate found, check by check, as it is kept with the version."""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict


class Verdict(StrEnum):
    """Of one check."""

    PASSED = "passed"
    REFUSED = "refused"
    NOT_APPLICABLE = "not applicable"


class GateRow(BaseModel):
    """One check.

    Args:
        name: Of the check, such as ``recall``.
        verdict: Whether it stands in the way.
        measured: What was found; None when nothing could be.
        bound: What it may be at most or must be at least, see ``detail``.
        detail: In words, with the numbers.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    verdict: Verdict
    measured: float | None = None
    bound: float | None = None
    detail: str

    @classmethod
    def at_most(cls, name: str, measured: float, bound: float, detail: str) -> Self:
        """Passed unless ``measured`` exceeds ``bound``; a NaN is refused."""
        return cls._of(name, measured <= bound, measured, bound, detail)

    @classmethod
    def at_least(cls, name: str, measured: float, bound: float, detail: str) -> Self:
        """Passed unless ``measured`` is below ``bound``; a NaN is refused."""
        return cls._of(name, measured >= bound, measured, bound, detail)

    @classmethod
    def above(cls, name: str, measured: float, bound: float, detail: str) -> Self:
        """Passed if ``measured`` exceeds ``bound``."""
        return cls._of(name, measured > bound, measured, bound, detail)

    @classmethod
    def below(cls, name: str, measured: float, bound: float, detail: str) -> Self:
        """Passed if ``measured`` is less than ``bound``."""
        return cls._of(name, measured < bound, measured, bound, detail)

    @classmethod
    def skipping(cls, name: str, why: str) -> Self:
        """There is nothing to check."""
        return cls(name=name, verdict=Verdict.NOT_APPLICABLE, detail=why)

    @classmethod
    def refusing(cls, name: str, why: str) -> Self:
        """Refused without a number."""
        return cls(name=name, verdict=Verdict.REFUSED, detail=why)

    @classmethod
    def passing(cls, name: str, detail: str) -> Self:
        """Passed without a number."""
        return cls(name=name, verdict=Verdict.PASSED, detail=detail)

    @classmethod
    def _of(cls, name: str, holds: bool, measured: float, bound: float, detail: str) -> Self:
        verdict = Verdict.PASSED if holds else Verdict.REFUSED
        return cls(name=name, verdict=verdict, measured=measured, bound=bound, detail=detail)


class GateReport(BaseModel):
    """All checks of one candidate.

    Args:
        rows: In the order of the checks.
        candidate_digest: SHA-256 of the candidate's ONNX file.
        champion_digest: Of the model it was compared with; None where there was none.
        dataset_id: Of the payments it was judged on.
        holdout: The days, ``A..B``.
    """

    model_config = ConfigDict(frozen=True)

    rows: tuple[GateRow, ...]
    candidate_digest: str
    champion_digest: str | None
    dataset_id: str
    holdout: str

    @property
    def passed(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.refusals

    @property
    def refusals(self) -> tuple[GateRow, ...]:
        """The checks that do."""
        return tuple(row for row in self.rows if row.verdict is Verdict.REFUSED)

    def why_not(self) -> str:
        """Which checks refuse it and by how much; empty when none does."""
        return "; ".join(f"{row.name}: {row.detail}" for row in self.refusals)
