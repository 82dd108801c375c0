"""What is caught of each kind of fraud, and of each size."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fraud.v1.label_pb2 import FraudKind
from training.quality.bands import BANDS, band_of

type Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Caught:
    """Frauds of one group, and how many of them reach the review threshold."""

    frauds: int
    caught: int

    @property
    def recall(self) -> float:
        """Share that is caught."""
        return self.caught / self.frauds


def by_kind(kind: npt.NDArray[np.int8], fraud: Mask, flagged: Mask) -> dict[str, Caught]:
    """Kind of fraud, such as ``stolen_card`` -> what was caught of it.

    Args:
        kind: int8 [n], numbers of ``fraud.v1.FraudKind``.
        fraud: bool [n].
        flagged: bool [n].
    """
    groups = np.unique(kind[fraud]).tolist()
    return {_name_of(number): _caught(kind == number, fraud, flagged) for number in groups}


def by_amount(amounts: npt.NDArray[Any], fraud: Mask, flagged: Mask) -> dict[str, Caught]:
    """Amount band, such as ``50_to_200`` -> what was caught of it.

    Args:
        amounts: float [n], in the base currency.
        fraud: bool [n].
        flagged: bool [n].
    """
    band = band_of(amounts)
    groups = np.unique(band[fraud]).tolist()
    return {BANDS[number].name: _caught(band == number, fraud, flagged) for number in groups}


def _caught(members: Mask, fraud: Mask, flagged: Mask) -> Caught:
    group = fraud & members
    return Caught(int(group.sum()), int((group & flagged).sum()))


def _name_of(number: Any) -> str:
    return str(FraudKind.Name(number)).removeprefix("FRAUD_KIND_").lower()
