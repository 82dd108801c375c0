"""What was recorded, read back."""

from types import TracebackType
from typing import Self

import psycopg

from fraud.v1.records_pb2 import Prediction
from scorer.recorder.errors import translated


class PredictionReader:
    """Reads predictions from PostgreSQL.

    Args:
        dsn: libpq address.

    Raises:
        DatabaseAwayError: It cannot be reached.
    """

    def __init__(self, dsn: str) -> None:
        with translated():
            self._connection = psycopg.connect(dsn, autocommit=True)

    def count(self) -> int:
        """How many there are; 0 before the recorder made its tables.

        Raises:
            DatabaseAwayError: The session ended.
        """
        with translated():
            made = self._connection.execute("SELECT to_regclass('predictions')").fetchone()
            if made is None or made[0] is None:
                return 0
            row = self._connection.execute("SELECT count(*) FROM predictions").fetchone()
        return int(row[0]) if row else 0

    def find(self, transaction_id: str) -> Prediction | None:
        """The decision on a payment, as it was made.

        Raises:
            DatabaseAwayError: The session ended.
        """
        with translated():
            row = self._connection.execute(
                "SELECT prediction FROM predictions WHERE transaction_id = %s", (transaction_id,)
            ).fetchone()
        return Prediction.FromString(row[0]) if row else None

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
