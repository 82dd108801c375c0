"""``fraud watch``: the platform in the terminal, live."""

import time
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.live import Live

from fraud.cli.errors import CommandError
from fraud.settings import Settings, load_settings
from fraud.stack.settings import METRICS_PORTS
from fraud.watch.prometheus import ask_prometheus
from fraud.watch.reading import Reading
from fraud.watch.view import View

app = typer.Typer(add_completion=False)


@app.command()
def watch(
    page: Annotated[
        str | None,
        typer.Option(help="The scorer's page of metrics; that of the settings, or the stack's."),
    ] = None,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds from look to look.")] = 1.0,
    looks: Annotated[int | None, typer.Option(min=2, help="After so many it ends.")] = None,
) -> None:
    """Show throughput, latency, fraud rate, lag and version until Ctrl-C."""
    settings = load_settings()
    url = page or page_of(settings)
    prometheus = f"http://127.0.0.1:{settings.monitoring.prometheus_port}"
    view, left = View(), looks
    view.add(look(url))
    with Live(view.draw(), console=Console(), auto_refresh=False) as live:
        while left is None or left > 1:
            time.sleep(every)
            view.add(look(url))
            live.update(view.draw(ask_prometheus(prometheus)), refresh=True)
            left = None if left is None else left - 1


def page_of(settings: Settings) -> str:
    """Where the scorer's page is; one that has none set is taken for the stack's."""
    port = settings.scorer.metrics_port or METRICS_PORTS["scorer"]
    return f"http://{settings.scorer.metrics_host}:{port}/metrics"


def look(url: str) -> Reading:
    """One look at a scorer's page.

    Raises:
        CommandError: It does not answer.
    """
    try:
        answer = httpx.get(url, timeout=5.0)
        answer.raise_for_status()
    except httpx.HTTPError as exc:
        raise CommandError(
            f"Failed to look at the scorer's metrics, `{url}`: {exc}",
            "set `scorer.metrics_port` (FRAUD_SCORER__METRICS_PORT), start `fraud stack up`, "
            "or name the page by --page",
        ) from exc
    return Reading.of(answer.text, time.monotonic())
