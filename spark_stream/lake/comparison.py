"""What differs between the topic and the lake."""

from dataclasses import dataclass

import numpy as np

from spark_stream.lake.rows import Numbers, Rows, codes_of


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Places in the two lists of rows, each ascending.

    Args:
        missing: In the topic: payments that the lake has not; of repeats the first.
        extra: In the lake: payments that the topic has not, though it still has their offset.
        expired: In the lake: payments that the topic no longer has. That is as it should be.
        doubled: In the lake: rows of a payment that has a row further up.
        misdated: In the lake: rows whose event time is not what the topic has for the payment.
    """

    missing: Numbers
    extra: Numbers
    expired: Numbers
    doubled: Numbers
    misdated: Numbers

    @property
    def holds(self) -> bool:
        """Whether the lake has each payment once, under its own time, and nothing else."""
        wrong = (self.missing, self.extra, self.doubled, self.misdated)
        return all(len(places) == 0 for places in wrong)


def compare(topic: Rows, lake: Rows, begins: dict[int, int]) -> Comparison:
    """Hold the lake against the topic.

    Args:
        topic: Every readable message, repeats included.
        lake: Every row.
        begins: Of each partition the first offset that the topic still has.
    """
    both = Rows.joined([topic, lake])
    codes, count = codes_of([both.names[:, 0], both.names[:, 1]]), len(topic)
    in_topic, in_lake = codes[:count], codes[count:]
    absent = ~np.isin(in_lake, in_topic)
    begin = np.array([begins.get(int(number), 0) for number in lake.partitions], np.int64)
    expired = absent & (lake.offsets < begin)
    moments = codes_of([codes, both.times])
    return Comparison(
        missing=np.flatnonzero(~np.isin(in_topic, in_lake) & _is_first(in_topic)),
        extra=np.flatnonzero(absent & ~expired),
        expired=np.flatnonzero(expired),
        doubled=np.flatnonzero(~_is_first(in_lake)),
        misdated=np.flatnonzero(~absent & ~np.isin(moments[count:], moments[:count])),
    )


def _is_first(codes: Numbers) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    first = np.zeros(len(codes), np.bool_)
    first[np.unique(codes, return_index=True)[1]] = True
    return first
