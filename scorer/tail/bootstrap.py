"""Begins with the states that the stream has published."""

import threading
import time

import structlog

from features_rs import ContractMismatchError, StateError
from fraud.settings import KafkaSettings
from messaging.offsets import Place
from messaging.vectors import VectorScan
from scorer.features.state import LiveState

log = structlog.get_logger(__name__)


def bootstrap(
    settings: KafkaSettings, state: LiveState, stopped: threading.Event
) -> dict[Place, int]:
    """Join every published state of this contract into the scorer's.

    Args:
        settings: Of the broker.
        state: Joined into; merging what it has already changes nothing.
        stopped: Ends it early.

    Returns:
        Of each partition the first offset that is not contained; empty where that is not known,
        then all of the topics is to be read.

    Raises:
        BrokerAwayError: No broker answers, or there is no such topic.
    """
    scan, started, vectors = VectorScan(settings), time.monotonic(), 0
    try:
        for batch in scan:
            vectors += state.merge_wire(batch).entities
            if stopped.is_set():
                return {}
    except (StateError, ContractMismatchError) as exc:
        log.warning("tail.vectors_damaged", error=str(exc), remedy="the topics are read whole")
        return {}
    log.info(
        "tail.bootstrapped",
        vectors=vectors,
        foreign=scan.foreign,
        partitions=len(scan.offsets),
        seconds=round(time.monotonic() - started, 3),
    )
    return scan.offsets
