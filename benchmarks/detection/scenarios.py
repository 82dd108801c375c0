"""How each fraud was simulated, which no model is told.

Le Borgne et al. (2022), section 3.2.
"""

from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from benchmarks.detection.payments import Flags
from training.datasets.history import History
from training.quality.groups import Caught

type Scenarios = npt.NDArray[np.int8]


class Scenario(IntEnum):
    """Numbers of the file; 0 is a genuine payment."""

    AMOUNT = 1
    """Every amount above 220."""
    TERMINAL = 2
    """Two terminals a day: every payment there, for 28 days."""
    CARD = 3
    """Three customers a day: a third of their payments, five times as high, for 14 days."""


def read_scenarios(file: Path, history: History) -> Scenarios:
    """The scenario of each payment of ``history``, int8 [n], by its transaction id."""
    table: Any = pq.read_table(file, columns=["TRANSACTION_ID", "TX_FRAUD_SCENARIO"])
    numbers = table["TRANSACTION_ID"].to_numpy().astype(np.int64)
    by_number = np.zeros(int(numbers.max()) + 1, np.int8)
    by_number[numbers] = table["TX_FRAUD_SCENARIO"].to_numpy()
    wanted = history.events["transaction_id"].cast("string").cast("int64").to_numpy()
    found: Scenarios = by_number[wanted]
    return found


def count_caught(scenario: Scenarios, flagged: Flags) -> dict[str, Caught]:
    """Of each scenario its frauds, and those that are flagged.

    >>> count_caught(np.array([0, 1, 3, 3], np.int8), np.array([True, True, True, False]))["card"]
    Caught(frauds=2, caught=1)
    """
    return {
        one.name.lower(): Caught(
            int((scenario == one).sum()), int(((scenario == one) & flagged).sum())
        )
        for one in Scenario
    }
