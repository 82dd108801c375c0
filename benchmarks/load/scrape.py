"""What a scrape does to the calls around it: windows with one a second, windows without, by turns.

Run it as ``python -m benchmarks.load.scrape``; exits 1 when the bar is missed.
"""

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median
from threading import Event, Thread
from typing import Annotated, Final

import httpx
import numpy as np
import typer
from rich.console import Console

from benchmarks.load.host import measure_host
from benchmarks.pipeline.promotes.payments import requests
from fraud.exposition.protobuf import CONTENT_TYPE
from fraud.loadgen import LoadPlan, client_binary, run_load, write_requests
from fraud.local.port import free_port
from fraud.local.scorer import LocalScorer
from fraud.settings import LoggingSettings, RegistrySettings, ScorerSettings, Settings
from fraud.v1.transaction_pb2 import Channel
from tests.unit.scorer.support import amount_bundle, write_champion

MOST_RATIO: Final = 1.10
UNMEASURED_SECONDS: Final = 0.5
"""Of each window, while its connection is new."""


@dataclass(slots=True)
class Scraper:
    """Prometheus' part: asks for the page in the form that it prefers.

    Args:
        url: Of the page.
        every: Seconds from one scrape to the next.
        took: Seconds of each scrape.
    """

    url: str
    every: float
    took: list[float] = field(default_factory=list)

    @contextmanager
    def scraping(self) -> Iterator[None]:
        """Scrape while the body runs."""
        over = Event()
        thread = Thread(target=self._scrape_until, args=[over])
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _scrape_until(self, over: Event) -> None:
        with httpx.Client(headers={"Accept": CONTENT_TYPE}) as client:
            while not over.wait(self.every):
                began = time.perf_counter()
                client.get(self.url).raise_for_status()
                self.took.append(time.perf_counter() - began)


@dataclass(slots=True)
class Sender:
    """Sends payments, window after window.

    Args:
        settings: Of the scorer.
        target: Where it is.
        rate: Payments a second.
        sent: How many so far.
        failed: Of those, not answered.
    """

    settings: Settings
    target: str
    rate: float
    sent: int = 0
    failed: int = 0

    def window(self, seconds: float) -> list[float]:
        """Latencies, microseconds from the intended time of sending."""
        payments, answers = self.settings.home / "payments", self.settings.home / "answers"
        number = round(seconds * self.rate)
        self._write(payments, number)
        plan = LoadPlan(
            payments=payments,
            target=self.target,
            rate=self.rate,
            seconds=seconds + 5,
            warm_up=round(UNMEASURED_SECONDS * self.rate),
            answers=answers,
        )
        report = run_load(plan)
        self.sent += number
        self.failed += number - report.score.answered
        lines = [json.loads(line) for line in answers.read_text().splitlines()]
        return [each["latency_us"] for each in lines if not each["warm_up"]]

    def _write(self, path: Path, number: int) -> None:
        """Payments of every channel, so that every series is on the page."""
        channels = Channel.values()[1:]
        made = list(requests(self.sent, number))
        for each, place in zip(made, count()):
            each.transaction.channel = channels[place % len(channels)]
        write_requests(path, made)


def settings_in(home: Path) -> Settings:
    """Of a scorer with a page of metrics."""
    write_champion(home / "bundles", amount_bundle())
    return Settings(
        home=home,
        scorer=ScorerSettings(port=free_port(), metrics_port=free_port()),
        registry=RegistrySettings(directory=home / "bundles"),
        logging=LoggingSettings(level="warning"),
    )


def main(
    rate: Annotated[float, typer.Option(help="Payments a second.")] = 200.0,
    seconds: Annotated[float, typer.Option(help="Of each window.")] = 10.0,
    pairs: Annotated[int, typer.Option(help="Windows of each kind.")] = 12,
    every: Annotated[float, typer.Option(help="Seconds from scrape to scrape.")] = 1.0,
) -> None:
    """Measure, print, and hold the bar."""
    console = Console(width=100)
    client_binary()  # built before anything is timed
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(Path(folder))
        scraper = Scraper(f"http://127.0.0.1:{settings.scorer.metrics_port}/metrics", every)
        with LocalScorer(settings) as scorer:
            sender = Sender(settings, scorer.target, rate)
            sender.window(seconds)
            found: dict[bool, list[float]] = {False: [], True: []}
            for pair in range(pairs):
                # One first, then the other: what the machine does by the minute meets both.
                for scraped in (True, False) if pair % 2 else (False, True):
                    with scraper.scraping() if scraped else nullcontext():
                        found[scraped] += sender.window(seconds)
    assert scraper.took, "a window is shorter than the time between two scrapes"
    raise typer.Exit(0 if told(console, sender, scraper, found) else 1)


def told(
    console: Console, sender: Sender, scraper: Scraper, found: dict[bool, list[float]]
) -> bool:
    """Print what was found; returns whether the bar is met."""
    host = measure_host()
    console.print(f"{host.processor}, {host.cores} cores, load {host.load_average:.1f}")
    took = f"{len(scraper.took)} scrapes, {1000 * median(scraper.took):.1f} ms each"
    console.print(f"{sender.sent:,} calls at {sender.rate:g}/s, {sender.failed} failed; {took}")
    ratios = []
    for rank in (50, 99):
        without, scraped = (float(np.percentile(found[each], rank)) for each in (False, True))
        ratios.append(scraped / without)
        console.print(f"P{rank} us: {without:,.0f} without, {scraped:,.0f} with: {ratios[-1]:.3f}")
    console.print(f"P99 may be {MOST_RATIO:g} times what it is without a scrape")
    return ratios[-1] <= MOST_RATIO and sender.failed == 0


if __name__ == "__main__":
    typer.run(main)
