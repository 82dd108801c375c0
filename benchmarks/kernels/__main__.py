"""``python -m benchmarks.kernels``."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.kernels.answers import check_answers
from benchmarks.kernels.bars import MEMORY_ACCOUNTS, judge
from benchmarks.kernels.calls import measure_calls
from benchmarks.kernels.native import measure_latency, measure_memory
from benchmarks.kernels.replay import measure_replay
from benchmarks.kernels.report import Result, print_result, write_result
from benchmarks.load.host import measure_host
from benchmarks.load.inputs import default_dataset
from simulator import import_handbook
from training.datasets.history import History

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

RESULTS = Path(__file__).parent / "results"


@app.command()
def main(
    handbook: Annotated[
        Path | None, typer.Option(help="The public data set's file; else payments are simulated.")
    ] = None,
    accounts: Annotated[
        int, typer.Option(help="Accounts to measure the memory of; 0 measures none.")
    ] = MEMORY_ACCOUNTS,
    output: Annotated[Path, typer.Option(help="JSON to write.")] = RESULTS / "latest.json",
) -> None:
    """Check the kernel's answers, then time it and hold the bars."""
    console = Console()
    history = _history(handbook, console)
    checked = check_answers(history.events)
    host = measure_host()
    latency, calls, replay = (
        measure_latency(),
        measure_calls(history.events),
        measure_replay(history),
    )
    memory = measure_memory(accounts) if accounts else None
    verdicts = judge(latency, calls, replay, memory)
    result = Result(host, checked, latency, calls, replay, memory, verdicts)
    print_result(result, console)
    write_result(result, output)
    if not all(verdict.met for verdict in verdicts):
        raise typer.Exit(1)


def _history(handbook: Path | None, console: Console) -> History:
    if handbook is None:
        return History.read(default_dataset(console))
    with TemporaryDirectory() as folder:
        import_handbook(handbook, Path(folder))
        return History.read(Path(folder))


if __name__ == "__main__":
    app()
