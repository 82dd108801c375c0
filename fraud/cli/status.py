"""``fraud status``: what runs, and how far it is."""

import time
from collections import Counter

import typer
from rich.console import Console
from rich.table import Table

from fraud.client import ScorerClient
from fraud.settings import Settings, load_settings
from fraud.v1.admin_pb2 import GetFreshnessResponse
from scorer.sinks.errors import OutboxError
from scorer.sinks.position import read_position
from scorer.sinks.reader import OutboxReader

app = typer.Typer(add_completion=False)


@app.command()
def status() -> None:
    """Print the state of the scorer, its models, its outbox, its recorder and its topics."""
    settings = load_settings()
    console = Console()
    table = Table(show_header=False, title=str(settings.home), title_justify="left")
    table.add_column(style="bold")
    table.add_column()
    serving = _add_scorer(table, settings)
    _add_outbox(table, settings)
    _add_snapshot(table, settings)
    console.print(table)
    if settings.kafka.bootstrap_servers is not None:
        _print_partitions(console, settings)
    raise typer.Exit(0 if serving else 1)


def _add_scorer(table: Table, settings: Settings) -> bool:
    if not settings.port_file.is_file():
        table.add_row("scorer", "not running")
        return False
    target = _target(settings)
    with ScorerClient(target) as client:
        serving = client.is_serving()
        table.add_row("scorer", f"{target}, {'serving' if serving else 'NOT SERVING'}")
        if serving:
            _add_models(table, client)
    return serving


def _add_models(table: Table, client: ScorerClient) -> None:
    answer = client.models()
    for model in answer.models:
        table.add_row(
            "model",
            f"{model.name} version {model.version}, contract {model.contract_digest[:12]}, "
            f"reviews from {model.review_threshold:.3f}, "
            f"declines from {model.decline_threshold:.3f}",
        )
    table.add_row("challenger's share", f"{answer.challenger_percent} % of accounts")


def _print_partitions(console: Console, settings: Settings) -> None:
    if not settings.port_file.is_file():
        return
    with ScorerClient(_target(settings)) as client:
        if not client.is_answering():
            return
        found = client.freshness()
    table = Table("partition", title=summary(found), title_justify="left")
    for name in ("applied up to", "ends at", "age", "dead letters"):
        table.add_column(name, justify="right")
    for each in found.partitions:
        numbers = (each.next_offset, each.end_offset)
        table.add_row(
            f"{each.topic} {each.partition}",
            *(f"{number:,}" for number in numbers),
            age_text(each.age_us),
            f"{each.dead_letters:,}",
        )
    console.print(table)


def summary(found: GetFreshnessResponse) -> str:
    """How far the state is behind the topics, in one line.

    >>> found = GetFreshnessResponse()
    >>> summary(found)
    'topics: waiting for the broker'
    >>> _ = found.partitions.add(topic="labels", next_offset=3, end_offset=12_348)
    >>> summary(found)
    'topics: catching up, labels 12,345 behind'
    """
    behind: Counter[str] = Counter()
    for each in found.partitions:
        behind[each.topic] += max(0, each.end_offset - each.next_offset)
    missing = ", ".join(f"{topic} {count:,} behind" for topic, count in behind.items() if count)
    if found.caught_up:
        return f"topics: {missing or 'all applied'}"
    return f"topics: catching up, {missing}" if missing else "topics: waiting for the broker"


def age_text(age_us: int) -> str:
    """An age as a person reads it.

    >>> [age_text(1_234_000), age_text(7_200_000_000), age_text(2**50)]
    ['1.2 s', '120 min', 'unknown']
    """
    seconds = age_us / 1e6
    if seconds < 120:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:,.0f} min" if seconds < 365 * 86_400 else "unknown"


def _target(settings: Settings) -> str:
    return f"{settings.scorer.host}:{settings.port_file.read_text()}"


def _add_outbox(table: Table, settings: Settings) -> None:
    try:
        outbox = OutboxReader(settings.outbox_path)
    except OutboxError as exc:
        table.add_row("outbox", str(exc))
        return
    newest = outbox.newest_seq
    recorded = read_position(settings.outbox_path, "recorded", outbox.identity)
    published = read_position(settings.outbox_path, "published", outbox.identity)
    explained, shadowed = (
        read_position(settings.outbox_path, sink, outbox.identity)
        for sink in ("explained", "shadowed")
    )
    outbox.close()
    told = f"{newest:,} entries so far, {newest - recorded:,} not yet recorded"
    if settings.kafka.bootstrap_servers is not None:
        told += f", {newest - published:,} not yet published"
    if settings.hindsight.enabled:
        told += f", {newest - explained:,} not yet explained"
        told += f", {newest - shadowed:,} not yet scored by shadows"
    table.add_row("outbox", told)


def _add_snapshot(table: Table, settings: Settings) -> None:
    path = settings.snapshot_path
    if not path.is_file():
        table.add_row("feature state", "no snapshot yet")
        return
    file = path.stat()
    age = (time.time_ns() - file.st_mtime_ns) / 1e9
    table.add_row("feature state", f"snapshot of {file.st_size / 1e6:.1f} MB, {age:.0f} s old")
