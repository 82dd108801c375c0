"""``fraud models``: the versions of the model, and which of them decides."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Final, Literal

import typer
from rich.console import Console
from rich.table import Table

from fraud.cli.detection import told_errors
from fraud.cli.errors import CommandError
from fraud.cli.find import find
from fraud.cli.governed import open_registry, told_ledger
from fraud.cli.verify import verify
from fraud.settings import load_settings
from scorer.model.source import CHAMPION
from scorer.recorder.ledger import Ledger
from training.errors import PromotionError
from training.registry import aliases
from training.registry.admission import GATE_REPORT
from training.registry.aliases import Change, Moved
from training.registry.versions import Version, find_version, list_versions

app = typer.Typer(add_completion=False, no_args_is_help=True, help=__doc__)
app.command()(find)
app.command()(verify)

Which = Annotated[str, typer.Argument(help="Number of the version, or an alias.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept in the ledger.")]
By = Annotated[str, typer.Option("--by", help="Who; the user of this machine unless told.")]

NOT_CHAMPION: Final = 1
"""Exit code of a rollback that had nothing to do; errors have another."""


@app.command("list")
def list_() -> None:
    """List the newest versions with their aliases, stage, gate and scores."""
    table = Table("version", "aliases", "stage", "gate", "AP", "F1", "made")
    with open_registry() as server:
        for each in list_versions(server):
            table.add_row(
                each.number,
                " ".join(each.aliases),
                each.stage,
                each.gate or "not asked",
                _figure(each, "average_precision"),
                _figure(each, "review_f1"),
                f"{each.created_at:%Y-%m-%d %H:%M}",
            )
    Console().print(table)


@app.command()
def show(version: Which) -> None:
    """Print a version's tags, parameters, metrics and how its aliases came to it."""
    console = Console(soft_wrap=True)
    with open_registry() as server, told_ledger() as ledger:
        found = find_version(server, version)
        table = Table(show_header=False, title=f"{server.model_name} version {found.number}")
        for name, value in _facts(found).items():
            table.add_row(name, value)
        console.print(table)
        report = server.artifact(found.run_id, GATE_REPORT)
        console.print(f"gate report: {GATE_REPORT if report else 'none'}")
        console.print(ledger_table(ledger, found.number))


@app.command()
def compare(
    versions: Annotated[list[str], typer.Argument(help="Two or more numbers or aliases.")],
    page: Annotated[Path | None, typer.Option("--page", help="HTML file to write.")] = None,
) -> None:
    """Draw versions side by side, here and as a page that needs nothing else."""
    from training.registry.compare import page_of

    if len(versions) < 2:
        raise CommandError(f"Failed to compare `{versions[0]}`: there is nothing to compare with")
    with open_registry() as server:
        found = [find_version(server, each) for each in versions]
        content = page_of(server, found)
    Console().print(_comparison(found))
    path = page or load_settings().home / f"compare-{'-'.join(each.number for each in found)}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    Console(soft_wrap=True).print(f"page: {path}")


@app.command()
def promote(
    version: Which,
    reason: Reason,
    alias: Annotated[
        Literal["champion", "challenger"], typer.Option(help="The place that it gets.")
    ] = "champion",
    force: Annotated[
        bool, typer.Option("--force", help="Even if the gate does not let it; the ledger tells.")
    ] = False,
    by: By = "",
) -> None:
    """Give a version its place: one alias moves, and scorers follow it."""
    with _changing(reason, by) as change:
        number = find_version(change.server, version).number
        _tell(aliases.promote(change, number, alias, force=force))


@app.command()
def rollback(
    reason: Reason,
    left: Annotated[
        str | None,
        typer.Option("--from", help="Only if this version is the champion; exit code 1 if not."),
    ] = None,
    by: By = "",
) -> None:
    """Put the previous champion back: one alias moves, and scorers follow it."""
    with _changing(reason, by, patient=False) as change:
        if left is not None and change.server.aliases().get(CHAMPION) != left:
            Console().print(f"champion: not version {left}, nothing to roll back")
            raise typer.Exit(NOT_CHAMPION)
        _tell(aliases.rollback(change))


@app.command()
def alias(name: str, version: Which, reason: Reason, by: By = "") -> None:
    """Point another alias, such as ``shadow``, at a version."""
    with _changing(reason, by) as change:
        _tell(aliases.set_alias(change, name, find_version(change.server, version).number))


@app.command()
def withdraw(name: str, reason: Reason, by: By = "") -> None:
    """Take an alias away, such as ``challenger`` or ``shadow``."""
    with _changing(reason, by) as change:
        moved = aliases.withdraw(change, name)
    told = f"{name}: nothing had it" if moved is None else f"{name}: no longer {moved.replaced}"
    Console().print(told)


@app.command()
def archive(version: Which, reason: Reason, by: By = "") -> None:
    """Say that a version is not to serve again."""
    with _changing(reason, by) as change:
        number = find_version(change.server, version).number
        aliases.archive(change, number)
    Console().print(f"version {number}: archived")


@app.command()
def ledger() -> None:
    """Print every change of alias, traffic, policy and stage, oldest first."""
    with told_ledger() as book, told_errors():
        Console(soft_wrap=True).print(ledger_table(book))


def ledger_table(book: Ledger, version: str | None = None) -> Table:
    """Rows of the ledger, of a version or all."""
    table = Table("when", "what", "from", "to", "who", "why", title="ledger", title_justify="left")
    for each in book.entries(value=version):
        table.add_row(
            f"{each.changed_at:%Y-%m-%d %H:%M:%S}",
            f"{each.subject} {each.subject_name}",
            each.old_value or "-",
            each.new_value or "-",
            each.changed_by,
            each.reason,
        )
    return table


@contextmanager
def _changing(reason: str, by: str, *, patient: bool = True) -> Iterator[Change]:
    """What a change needs; one that cannot wait goes on without a ledger that is away."""
    with ExitStack() as opened:
        book: Ledger | None = None
        try:
            book = opened.enter_context(told_ledger())
        except CommandError as error:
            if patient:
                raise
            Console(stderr=True, soft_wrap=True).print(
                f"the ledger is away, the recorder will write what it finds: {error}"
            )
        server = opened.enter_context(open_registry())
        try:
            yield Change(server, reason, book, by)
        except PromotionError as error:
            raise CommandError(
                str(error),
                "`fraud gate` judges a version, `fraud models list` shows what it said of each",
            ) from error


def _tell(moved: Moved) -> None:
    before = "nothing" if moved.replaced is None else f"version {moved.replaced}"
    Console().print(f"{moved.alias}: version {moved.version}, was {before}")


def _figure(version: Version, name: str) -> str:
    return f"{version.metrics[name]:.3f}" if name in version.metrics else ""


def _facts(version: Version) -> dict[str, str]:
    facts = {"run": version.run_id, "made": f"{version.created_at:%Y-%m-%d %H:%M:%S}"}
    facts["aliases"] = " ".join(version.aliases) or "none"
    figures = {name: f"{value:.6g}" for name, value in sorted(version.metrics.items())}
    return facts | dict(version.tags) | dict(version.params) | figures


def _comparison(versions: list[Version]) -> Table:
    # Here, since it draws: a second that a rollback does not have.
    from training.registry.compare import best_of, metric_names

    heads = [f"{each.number} {' '.join(each.aliases)}".strip() for each in versions]
    table = Table("metric", *heads)
    for name in metric_names(versions):
        best = best_of(name, versions)
        table.add_row(name, *(_marked(each.metrics.get(name), best) for each in versions))
    return table


def _marked(value: float | None, best: float | None) -> str:
    if value is None:
        return ""
    return f"[bold]{value:.4f}[/bold]" if value == best else f"{value:.4f}"
