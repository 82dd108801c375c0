"""``fraud stack``: the whole platform on this machine."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from fraud.cli.detection import step_bars
from fraud.cli.errors import CommandError
from fraud.settings import Settings, load_settings
from fraud.stack.settings import stack_settings
from fraud.stack.stack import Stack, Standing, running_stack, supervisor_of, wipe

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Run the whole platform on this machine."
)


@app.command()
def up(
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget all that was stored.")] = False,
) -> None:
    """Start everything, each when what it needs is ready; it goes on when this returns."""
    base, console = load_settings(), Console()
    if fresh:
        wipe(base)
    settings = stack_settings(base)
    stack = Stack(settings)
    with step_bars() as progress:
        stack.up(lambda name, step: console.print(f"{name}: {step}"), progress)
    print_standings(console, stack.standings())
    print_pages(console, settings)
    console.print("For other commands of `fraud` on it:", style="bold")
    for name, value in (
        ("FRAUD_HOME", str(settings.home)),
        ("FRAUD_KAFKA__BOOTSTRAP_SERVERS", settings.kafka.bootstrap_servers),
    ):
        console.print(f"export {name}={value}", soft_wrap=True)


@app.command()
def down() -> None:
    """End everything in order; what was stored stays."""
    base = load_settings()
    if not supervisor_of(base).is_running:
        typer.echo("Nothing is up.")
        return
    running_stack(base).down(lambda name, step: typer.echo(f"{name}: {step}"))


@app.command()
def status() -> None:
    """Print how every process stands; exit code 1 if one is not ready."""
    standings = running_stack(load_settings()).standings()
    print_standings(Console(), standings)
    raise typer.Exit(0 if all(each.is_ready for each in standings) else 1)


@app.command()
def logs(
    name: Annotated[str, typer.Argument(help="Of the process, as `fraud stack status` has it.")],
    lines: Annotated[int, typer.Option(min=1, help="From the end.")] = 50,
) -> None:
    """Print what a process says."""
    path = supervisor_of(load_settings()).log_path(name)
    if not path.is_file():
        names = ", ".join(sorted(each.stem for each in path.parent.glob("*.log")))
        raise CommandError(
            f"Failed to read `{path}`: there is no such process, or it was never started",
            f"those that were: {names}" if names else "run `fraud stack up`",
        )
    typer.echo("\n".join(path.read_text(errors="replace").splitlines()[-lines:]))


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)
def airflow(context: typer.Context) -> None:
    """Run a command of Airflow on the stack's, such as `fraud stack airflow dags list`."""
    from fraud.local.airflow import become_airflow

    become_airflow(running_stack(load_settings()).settings, *(context.args or ["--help"]))


def print_pages(console: Console, settings: Settings) -> None:
    """Where to look."""
    ports = settings.monitoring
    pages = {
        "Dashboards": ports.dashboards_port,
        "Prometheus": ports.prometheus_port,
        "Alertmanager": ports.alertmanager_port,
        **({"Airflow": settings.airflow.port} if settings.stack.airflow else {}),
    }
    for what, port in pages.items():
        console.print(f"{what}: http://127.0.0.1:{port}")


def print_standings(console: Console, standings: list[Standing]) -> None:
    """One screen."""
    table = Table("process", "state", "ready", title_justify="left")
    table.add_column("pid", justify="right")
    table.add_column("memory", justify="right")
    for each in standings:
        ready = "[green]yes[/]" if each.is_ready else "[red]no[/]"
        pid = str(each.running.pid or "")
        memory = f"{each.memory_mb:,.0f} MB" if each.running.pid else ""
        table.add_row(each.program.name, each.running.state.lower(), ready, pid, memory)
    console.print(table)
