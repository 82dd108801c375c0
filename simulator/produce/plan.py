"""What a run produces, how fast, and what it says of time."""

import json
import re
from dataclasses import asdict, dataclass
from typing import Final, Literal, get_args

from simulator.produce.arrivals import Arrivals
from simulator.produce.errors import ProduceError
from simulator.produce.sources import Source

type TimeMode = Literal["real", "original", "accelerated"]
TIME_MODES: Final[tuple[TimeMode, ...]] = get_args(TimeMode.__value__)
LONGEST_PREFIX: Final = 40


@dataclass(frozen=True, slots=True)
class ProducePlan:
    """Everything that the messages of a run follow from, and where it ends.

    Args:
        source: Of payments and their truth.
        arrivals: When payments are sent, unless ``time`` is ``accelerated``.
        time: ``real``: event times are the intended times of sending; ``original``: as in the
            source, sent by ``arrivals``; ``accelerated``: as in the source, and sent with the gaps
            of the source divided by ``factor``.
        factor: Seconds of the source that are sent in a second.
        label_delay_scale: Times the delay of each label.
        id_prefix: Put before every transaction id; printable ASCII without blanks.
        count: Payments at most.
        seconds: Only payments due within so long from the start.

    Raises:
        ProduceError: A value is out of range.
    """

    source: Source
    arrivals: Arrivals
    time: TimeMode = "real"
    factor: float = 1.0
    label_delay_scale: float = 1.0
    id_prefix: str = ""
    count: int | None = None
    seconds: float | None = None

    def __post_init__(self) -> None:
        if self.time not in TIME_MODES:
            raise ProduceError(f"time: `{self.time}` is not one of {', '.join(TIME_MODES)}")
        if not self.factor > 0:
            raise ProduceError(f"factor: {self.factor:g} is not above 0")
        if not self.label_delay_scale >= 0:
            raise ProduceError(f"label delay scale: {self.label_delay_scale:g} is below 0")
        if not re.fullmatch(f"[!-~]{{0,{LONGEST_PREFIX}}}", self.id_prefix):
            raise ProduceError(
                f"id prefix: `{self.id_prefix}` is not up to {LONGEST_PREFIX} printable ASCII "
                "characters without blanks"
            )

    @property
    def restamps(self) -> bool:
        """Whether event times are those of sending."""
        return self.time == "real"

    def identity(self) -> str:
        """What two runs must have in common to be one, as JSON; where they end is not of it."""
        arrivals = None if self.time == "accelerated" else asdict(self.arrivals)
        return json.dumps(
            {
                "data": self.source.digest(),
                "arrivals": arrivals,
                "time": self.time,
                "factor": self.factor,
                "label_delay_scale": self.label_delay_scale,
                "id_prefix": self.id_prefix,
            },
            sort_keys=True,
        )
