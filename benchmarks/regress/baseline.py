"""What each case cost when the record was last written, as a ratio to the ruler."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from benchmarks.load.origin import Origin, find_origin
from benchmarks.regress.cases import RULER
from benchmarks.regress.errors import BaselineError

BASELINE = Path(__file__).parent / "baseline.json"

type Kind = Literal["instructions", "time"]


@dataclass(frozen=True, slots=True)
class Record:
    """Costs of one kind.

    Args:
        origin: Commit and versions that it was found with.
        costs: Of one call by case, instructions or microseconds of processor time.
    """

    origin: Origin
    costs: dict[str, float]

    @property
    def ratios(self) -> dict[str, float]:
        """To the ruler, which is not among them."""
        return ratios_of(self.costs)


def ratios_of(costs: dict[str, float]) -> dict[str, float]:
    """Costs in rulers.

    >>> ratios_of({"ruler": 200.0, "score": 500.0})
    {'score': 2.5}
    """
    return {name: cost / costs[RULER] for name, cost in costs.items() if name != RULER}


def read_record(kind: Kind, path: Path = BASELINE) -> Record:
    """The record of that kind.

    Raises:
        BaselineError: There is none; says how to write it.
    """
    kinds = json.loads(path.read_text()) if path.is_file() else {}
    if kind not in kinds:
        raise BaselineError(
            f"Failed to compare: `{path.name}` has no record of {kind}. "
            "Hint: write one with `python -m benchmarks.regress --record`."
        )
    return Record(Origin(**kinds[kind]["origin"]), kinds[kind]["costs"])


def write_record(kind: Kind, costs: dict[str, float], path: Path = BASELINE) -> None:
    """Replace the record of that kind; others stay."""
    kinds = json.loads(path.read_text()) if path.is_file() else {}
    rounded = {name: round(cost, 2) for name, cost in costs.items()}
    kinds[kind] = asdict(Record(find_origin(), rounded))
    path.write_text(json.dumps(kinds, indent=1) + "\n")
