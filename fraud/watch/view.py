"""What is shown of the looks so far."""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final

from rich.console import RenderableType
from rich.panel import Panel
from rich.table import Table

from fraud.watch.reading import Reading, Span

WINDOW_SECONDS: Final = 300.0
"""Of the fraud rate, as the dashboards and the alert have it."""
WIDTH: Final = 60
"""Looks that a sparkline shows."""
BARS: Final = "▁▂▃▄▅▆▇█"


class View:
    """Looks, newest last, and how they are drawn."""

    def __init__(self) -> None:
        self._readings: deque[Reading] = deque()
        self._p99: deque[float | None] = deque(maxlen=WIDTH)
        self._rates: deque[float | None] = deque(maxlen=WIDTH)

    def add(self, reading: Reading) -> None:
        """Take a look into account; those older than five minutes are let go."""
        if self._readings:
            span = Span(self._readings[-1], reading)
            self._p99.append(span.quantile_us(0.99))
            self._rates.append(span.per_second)
        self._readings.append(reading)
        while reading.at - self._readings[0].at > WINDOW_SECONDS:
            self._readings.popleft()

    def draw(self, others: Mapping[str, str] | None = None) -> RenderableType:
        """All of it.

        Args:
            others: What Prometheus told; None where there is none.
        """
        now = self._readings[-1]
        last = Span(self._readings[-2], now) if len(self._readings) > 1 else Span(now, now)
        table = Table.grid(padding=(0, 2))
        table.add_column(style="bold")
        table.add_column(justify="right", no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_row("payments", f"{last.per_second:,.0f}/s", sparkline(self._rates))
        table.add_row("latency P99", _us(last.quantile_us(0.99)), sparkline(self._p99))
        table.add_row("latency P50", _us(last.quantile_us(0.5)))
        whole = Span(self._readings[0], now)
        minutes = f"of {whole.decided:,} in {min(WINDOW_SECONDS, now.at - whole.before.at):.0f} s"
        table.add_row("fraud rate", _share(whole.fraud_ratio), minutes)
        table.add_row("lag", f"{now.lag.total():,}", _each(now.lag))
        table.add_row("outbox", f"{now.outbox.total():,}", _each(now.outbox))
        table.add_row("errors", f"{whole.grown('errors_total'):,}", _trouble(whole, now))
        for name, value in (others or {}).items():
            table.add_row(name, value)
        return Panel(table, title=_title(now), title_align="left", expand=False)


def sparkline(values: Iterable[float | None]) -> str:
    """Bars between zero and the largest value; a gap where there is none.

    >>> sparkline([0, 1, None, 4, 8])
    '▁▁ ▄█'
    """
    found = list(values)
    most = max((value for value in found if value is not None), default=0.0) or 1.0
    return "".join(
        " " if value is None else BARS[min(len(BARS) - 1, int(value / most * (len(BARS) - 1)))]
        for value in found
    )


def _title(now: Reading) -> str:
    state = "[green]serving[/]" if now.counts["ready"] else "[red]NOT SERVING[/]"
    versions = ", ".join(f"{variant} {number}" for variant, number in sorted(now.versions.items()))
    return f"fraud · {state} · {versions or 'no model'}"


def _trouble(whole: Span, now: Reading) -> str:
    shed, degraded = whole.grown("shed_total"), whole.grown("degraded_total")
    return f"shed {shed:,} · degraded {degraded:,} · in flight {now.counts['in_flight']:.0f}"


def _each(counts: Mapping[str, int]) -> str:
    return " · ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))


def _us(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f} us"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.2f} %"
