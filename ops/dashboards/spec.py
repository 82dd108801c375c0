"""What a dashboard is, before it is Grafana's."""

from dataclasses import dataclass, field
from enum import StrEnum


class Unit(StrEnum):
    """Of a panel's values, by Grafana's names."""

    RATIO = "percentunit"
    SECONDS = "s"
    PER_SECOND = "reqps"
    BYTES = "bytes"
    COUNT = "short"


@dataclass(frozen=True, slots=True)
class Query:
    """One or more lines of a panel.

    Args:
        expression: PromQL; ``$name`` stands for the variable of that name.
        legend: Of each line, ``{{label}}`` for a label's value.
        is_threshold: Whether it is where somebody is told, and drawn so.
    """

    expression: str
    legend: str
    is_threshold: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture.

    Args:
        title: What it shows.
        meaning: In one sentence what it tells, and in one what to do.
        unit: Of its values.
        queries: What is drawn.
        is_number: Whether the newest value is shown large, in place of lines over time.
        width: Of the 24 columns of a dashboard.
    """

    title: str
    meaning: str
    unit: Unit
    queries: tuple[Query, ...]
    is_number: bool = False
    width: int = 12


@dataclass(frozen=True, slots=True)
class Variable:
    """What the reader chooses.

    Args:
        name: In expressions.
        label: For people.
        values: To choose from; empty where the label of a metric has them.
        metric: Whose label that is.
        of_label: Its name.
    """

    name: str
    label: str
    values: tuple[str, ...] = ()
    metric: str = ""
    of_label: str = ""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One page.

    Args:
        uid: In its address.
        title: Of the page.
        question: That it answers.
        panels: In the order of reading.
        variables: That expressions name.
        hours: How far back it looks at first.
    """

    uid: str
    title: str
    question: str
    panels: tuple[Panel, ...]
    variables: tuple[Variable, ...] = field(default=())
    hours: float = 1.0
