"""The whole comparison: prepare, visit every contender in every round, show."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.load.host import measure_host
from benchmarks.rivals.calls import client_binary
from benchmarks.rivals.contender import Contender
from benchmarks.rivals.errors import NotInstalledError, RivalsError
from benchmarks.rivals.feast import Feast
from benchmarks.rivals.field import model_alone, rivals
from benchmarks.rivals.material import Material, prepare
from benchmarks.rivals.ours import NullCall, Scorer
from benchmarks.rivals.page import write_page
from benchmarks.rivals.phases import FULL, QUICK, Found, Plan, visit
from benchmarks.rivals.report import Result, commit, print_result, write_result

PAYMENTS = 60_000
QUICK_PAYMENTS = 20_000


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked for.

    Args:
        dataset: Folder with ``events.parquet``; its last payments are sent.
        bundle: The model's folder.
        environments: Folder of the rivals' environments.
        output: JSON file that is written.
        page: Markdown page whose figures are written; None for none.
        rounds: How often each contender is visited, by turns.
        quick: A smoke test: everything is checked, times only shown.
        only: Parts of names; empty for all.
    """

    dataset: Path
    bundle: Path
    environments: Path
    output: Path
    page: Path | None = None
    rounds: int = 1
    quick: bool = False
    only: Sequence[str] = ()


def contenders(options: Options) -> Iterator[Contender]:
    """Ours first, then those with the same task, then those for features."""
    environments = options.environments.absolute()
    everyone: list[Contender] = [
        Scorer(),
        NullCall(),
        model_alone(Path(sys.prefix)),
        *rivals(environments),
        Feast(environments / "feast", "sqlite"),
        Feast(environments / "feast", "redis"),
    ]
    wanted = [part.lower() for part in options.only]
    for one in everyone:
        if not wanted or any(part in one.name.lower() for part in wanted):
            yield one


def run(options: Options, console: Console) -> bool:
    """Run it; returns whether all that is ours was answered rightly, and every rival is there."""
    client_binary()
    host = measure_host()
    found: list[Found] = []
    missing: list[str] = []
    with tempfile.TemporaryDirectory(prefix="fraud-rivals-") as folder:
        home = Path(folder)
        count = QUICK_PAYMENTS if options.quick else PAYMENTS
        material = prepare(home, options.dataset, options.bundle, count)
        for number in range(options.rounds):
            for place, contender in enumerate(contenders(options)):
                console.print(f"round {number + 1}: {contender.name}")
                try:
                    plan = QUICK if options.quick else FULL
                    found.append(_visit(contender, home / f"{number}-{place}", material, plan))
                except RivalsError as exc:
                    missing.append(f"{contender.name}: {exc}")
    result = Result(host, commit(), found, missing)
    print_result(result, console)
    write_result(result, options.output)
    if options.page is not None:
        write_page(result, options.page)
    ours_wrong = sum(one.wrong for one in found if one.name.startswith("ours"))
    return not missing and not ours_wrong


def _visit(contender: Contender, home: Path, material: Material, plan: Plan) -> Found:
    try:
        return visit(contender, home, material, plan)
    except NotInstalledError:
        raise
    except (OSError, ValueError) as exc:
        raise RivalsError(f"Failed to measure it: {exc}") from exc
