"""The numbers behind the pictures, kept so that runs can be drawn over each other later."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict
from sklearn.metrics import precision_recall_curve

FILE: Final = "curves.json"
MOST_POINTS: Final = 400


class Curves(BaseModel):
    """What a model does on the test of its run.

    Args:
        recall: Falling, 0 to 1.
        precision: At each recall.
        gains: Feature -> share of the total gain, greatest first.
    """

    model_config = ConfigDict(frozen=True)

    recall: tuple[float, ...]
    precision: tuple[float, ...]
    gains: dict[str, float]

    @classmethod
    def of(
        cls,
        fraud: npt.NDArray[np.bool_],
        probabilities: npt.NDArray[Any],
        gains: Mapping[str, float],
    ) -> Self:
        """Measure; of more than :data:`MOST_POINTS` points those evenly spaced are kept.

        Args:
            fraud: bool [n].
            probabilities: float [n].
            gains: Feature -> share of the total gain.
        """
        precision, recall, _ = precision_recall_curve(fraud, probabilities, drop_intermediate=True)
        kept = np.unique(np.linspace(0, len(recall) - 1, MOST_POINTS).astype(int))
        return cls(
            recall=tuple(recall[kept].tolist()),
            precision=tuple(precision[kept].tolist()),
            gains={name: float(gain) for name, gain in gains.items()},
        )

    def write(self, folder: Path) -> None:
        """Write them as :data:`FILE` into ``folder``, which is there."""
        (folder / FILE).write_text(self.model_dump_json())
