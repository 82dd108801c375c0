"""What a model was trained on, in a file that goes with its version."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, ValidationError

from training.drift.decay import Caught
from training.drift.errors import DamagedReferenceError
from training.drift.variation import Variation

FOLDER: Final = "drift"
FILE: Final = "reference.parquet"
ARTIFACT: Final = f"{FOLDER}/{FILE}"
PROBABILITY: Final = "probability"
WEEKDAY: Final = "weekday"
FACTS: Final = b"fraud.reference"


class ReferenceFacts(BaseModel):
    """What is said of the rows.

    Args:
        contract_digest: Of the features.
        days: Which days they are of, ``A..B`` in words.
        payments: How many the rows were drawn from.
        discrete: Names of the features with few values.
        variation: Of each feature and of the probability, how far the days are from each other.
        caught: What flagging did on the holdout.
    """

    model_config = ConfigDict(frozen=True)

    contract_digest: str
    days: str
    payments: int
    discrete: frozenset[str]
    variation: dict[str, Variation]
    caught: Caught


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """Rows of training, gap and holdout.

    Args:
        facts: What is said of them.
        feature_names: Of the columns, in the contract's order.
        features: float32 [n, features], NaN for missing.
        probability: float32 [n]; NaN for rows the model has learned, which say nothing.
        weekday: int8 [n], Monday is 0.
    """

    facts: ReferenceFacts
    feature_names: tuple[str, ...]
    features: npt.NDArray[np.float32]
    probability: npt.NDArray[np.float32]
    weekday: npt.NDArray[np.int8]

    def write(self, path: Path) -> None:
        """As one Parquet file; its folder is made.

        Raises:
            OSError: It cannot be written.
        """
        columns = {name: self.features[:, at] for at, name in enumerate(self.feature_names)}
        table = pa.table({**columns, PROBABILITY: self.probability, WEEKDAY: self.weekday})
        facts = {FACTS: self.facts.model_dump_json().encode()}
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table.replace_schema_metadata(facts), path, compression="zstd")

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what :meth:`write` wrote.

        Raises:
            DamagedReferenceError: It cannot be read, or is something else.
        """
        try:
            with path.open("rb") as file:
                return cls._of(file)
        except OSError as exc:
            raise DamagedReferenceError(f"Failed to read the reference `{path}`: {exc}") from exc

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """The same from what a registry gave.

        Raises:
            DamagedReferenceError: It is something else.
        """
        return cls._of(io.BytesIO(content))

    @classmethod
    def _of(cls, file: BinaryIO) -> Self:
        try:
            table = pq.read_table(file)
            facts = ReferenceFacts.model_validate_json((table.schema.metadata or {})[FACTS])
            names = tuple(name for name in table.column_names if name not in (PROBABILITY, WEEKDAY))
            return cls(
                facts=facts,
                feature_names=names,
                features=np.column_stack([_column(table, name) for name in names]),
                probability=_column(table, PROBABILITY),
                weekday=_column(table, WEEKDAY),
            )
        except (pa.ArrowException, KeyError, ValueError, ValidationError) as exc:
            raise DamagedReferenceError(f"the reference is damaged: {exc}") from exc


def _column(table: Any, name: str) -> npt.NDArray[Any]:
    values: npt.NDArray[Any] = table[name].combine_chunks().to_numpy(zero_copy_only=False)
    return values
