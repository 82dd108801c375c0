"""Payments and their labels onto Kafka, at intended times; ``fraud produce`` runs this."""

from simulator.produce.arrivals import Arrivals, Pattern
from simulator.produce.checkpoint import Checkpoint
from simulator.produce.errors import ArrivalsError, ProduceError, ReplayError, ResumeError
from simulator.produce.plan import ProducePlan, TimeMode
from simulator.produce.report import Count, ProduceReport
from simulator.produce.run import OnProgress, ProduceRun
from simulator.produce.sources import ReplaySource, Source, WorldSource

__all__ = [
    "Arrivals",
    "ArrivalsError",
    "Checkpoint",
    "Count",
    "OnProgress",
    "Pattern",
    "ProduceError",
    "ProducePlan",
    "ProduceReport",
    "ProduceRun",
    "ReplayError",
    "ReplaySource",
    "ResumeError",
    "Source",
    "TimeMode",
    "WorldSource",
]
