"""``fraud dashboards``: the dashboards in a browser, where there is no Grafana."""

from contextlib import suppress
from typing import Annotated

import typer

from fraud.cli.errors import CommandError
from fraud.settings import load_settings

app = typer.Typer(add_completion=False)


@app.command()
def dashboards(
    host: Annotated[str, typer.Option(help="Address that the page is served at.")] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Of the page.", show_default="the stack's"),
    ] = None,
    prometheus: Annotated[
        str | None, typer.Option(help="URL of Prometheus.", show_default="the stack's")
    ] = None,
) -> None:
    """Serve the dashboards, drawn from Prometheus, until stopped."""
    from fraud.dashboards.server import DashboardServer

    monitoring = load_settings().monitoring
    port = monitoring.dashboards_port if port is None else port
    url = prometheus or f"http://127.0.0.1:{monitoring.prometheus_port}"
    try:
        server = DashboardServer((host, port), url)
    except OSError as exc:
        raise CommandError(
            f"Failed to serve the dashboards at {host}:{port}: {exc.strerror}: choose another "
            "--port"
        ) from exc
    with server:
        typer.echo(f"Dashboards at {server.url}, from Prometheus at {url}")
        with suppress(KeyboardInterrupt):
            server.serve_forever()
