"""The jobs: for each kind of entity one, that groups payments by entity and asks the kernel.

No task sees more than its entities' payments, and nothing comes back to the driver but the rows
that are wanted, so a history may be larger than any machine of the cluster.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.errors import AnalysisException, PythonException
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - as Spark's own documentation has it
from pyspark.sql.pandas.types import from_arrow_schema

from features_rs import contract
from features_rs.facts import facts_in
from spark_stream.backfill.errors import SourceError
from spark_stream.dataset.assemble import ORDER, Assemble, schema_of
from spark_stream.dataset.kinds import KINDS, LABELLED
from spark_stream.lake.schema import PAYMENT

GROUP_PAYMENTS: Final = 200_000
"""About so many are in a group; a group has to fit into a worker's memory."""


@dataclass(frozen=True, slots=True)
class Payments:
    """Payments in Parquet files.

    Args:
        frame: Rows with the columns of ``lake.schema.PAYMENT`` that the files have, up to an end.
        count: Of them.
    """

    frame: DataFrame
    count: int

    @classmethod
    def of_files(cls, session: SparkSession, files: Sequence[Path], end_us: int) -> "Payments":
        """Those that were made before ``end_us``.

        Raises:
            SourceError: A file cannot be read, or lacks a column.
        """
        # Files of earlier versions lack columns.
        reader = session.read.option("mergeSchema", "true")
        rows = reader.parquet(*(str(path.absolute()) for path in files))
        missing = [f.name for f in PAYMENT if not f.nullable and f.name not in rows.columns]
        missing = [name for name in missing if name not in ("channel", "entry_mode")]
        if missing:
            raise SourceError(f"`{files[0]}` lacks the columns {missing}")
        columns = [name for name in PAYMENT.names if name in rows.columns]
        frame = rows.select(columns).where(_micros("event_time") < end_us)
        return cls(frame, frame.count())

    def since(self, first_us: int) -> Any:
        """Those made at ``first_us`` or later, as an Arrow table, in order."""
        rows = self.frame.where(_micros("event_time") >= first_us).toArrow()
        return rows.take(pc.sort_indices(rows, ORDER))

    def facts_of(self, session: SparkSession, transaction_ids: Any) -> Any:
        """What labels need of their payments, as an Arrow table, in order."""
        wanted = session.createDataFrame(pa.table({"transaction_id": transaction_ids}))
        facts = self.frame.select(*facts_in(self.frame.columns))
        found = facts.join(wanted.distinct(), "transaction_id", "leftsemi")
        rows = found.toArrow()
        return rows.take(pc.sort_indices(rows, ORDER))


def features_of(
    session: SparkSession, payments: Payments, learned: Any, ids: Any, first_us: int
) -> npt.NDArray[np.float32]:
    """Features of payments, as they were known when each was made.

    Args:
        session: Where it runs.
        payments: All of them.
        learned: What became known, as the kernel takes it.
        ids: Of the payments that are wanted: those from ``first_us`` on.
        first_us: Microseconds since the Unix epoch.

    Returns:
        float32 [ids, features], in the contract's order.

    Raises:
        SourceError: The kernel refuses a payment or a label; names field and value.
    """
    groups = max(session.sparkContext.defaultParallelism, -(-payments.count // GROUP_PAYMENTS))
    session.conf.set("spark.sql.shuffle.partitions", str(groups))
    labels = session.createDataFrame(learned)
    out = np.empty((len(ids), len(contract().names)), np.float32)
    for kind in KINDS:
        found = _rows(_job(payments.frame, labels, kind, groups, first_us))
        places = pc.index_in(ids, value_set=found["transaction_id"])
        if places.null_count:
            raise SourceError(
                f"{places.null_count} payments are missing, such as {_first(ids, places)}"
            )
        for name in KINDS[kind].features:
            out[:, contract().index(name)] = found[name].take(places).to_numpy()
    return out


def _job(
    payments: DataFrame, labels: DataFrame, kind: str, groups: int, first_us: int
) -> DataFrame:
    assemble, schema = Assemble(kind, first_us), from_arrow_schema(schema_of(kind))
    by_entity = payments.groupBy(_group(kind, groups))

    # Spark counts the arguments of a function to know what it takes.
    def alone(rows: Any) -> Any:
        return assemble(rows)

    def labelled(rows: Any, known: Any) -> Any:
        return assemble(rows, known)

    if kind not in LABELLED:
        return by_entity.applyInArrow(alone, schema)
    both = by_entity.cogroup(labels.groupBy(_group(kind, groups)))
    return both.applyInArrow(labelled, schema)


def _group(kind: str, groups: int) -> Column:
    """The number of a group; a payment without such an entity may be in any."""
    entity = F.coalesce(F.col(KINDS[kind].column), F.col("transaction_id"))
    return F.pmod(F.xxhash64(entity), F.lit(groups)).alias("group")


def _rows(job: DataFrame) -> Any:
    try:
        return job.toArrow().combine_chunks()
    except (PythonException, AnalysisException) as exc:
        # The row is that of a group, which says nothing to anybody.
        found = re.search(r"(?:KernelError|InvalidEventError): (?:row \d+: )?(.*)", str(exc))
        if found is None:
            raise
        raise SourceError(f"the kernel refuses the history: {found[1]}") from exc


def _micros(column: str) -> Column:
    return F.unix_micros(F.col(column))


def _first(ids: Any, places: Any) -> str:
    return f"`{ids.filter(pc.is_null(places))[0].as_py()}`"
