"""``fraud dlq``: messages that could not be read or accepted, listed, shown, replayed."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from google.protobuf import text_format
from google.protobuf.message import Message
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fraud.cli.errors import CommandError
from fraud.settings import load_settings
from fraud.v1.stream_pb2 import DeadLetter
from messaging.dead_letter_archive import DeadLetterArchive, Wanted
from messaging.producer import MessageProducer

app = typer.Typer(add_completion=False, no_args_is_help=True)

BYTES_SHOWN = 1024
BYTES_A_LINE = 16
TIME = "%Y-%m-%d %H:%M:%S"

Topic = Annotated[str | None, typer.Option(help="Only messages of this topic.")]
Reason = Annotated[str, typer.Option(help="Only those with this in their reason.")]
Since = Annotated[
    datetime | None, typer.Option(help="Only those set aside at this time (UTC) or later.")
]


@app.callback()
def dlq() -> None:
    """Messages that could not be read or accepted: list, show, replay."""


@app.command("list")
def list_letters(topic: Topic = None, reason: Reason = "", since: Since = None) -> None:
    """Print the dead letters, one a message."""
    letters = _archive().letters(_wanted(topic, reason, since))
    table = Table("Key", "Set aside (UTC)", "By", "Replayed", "Reason")
    table.columns[0].no_wrap = table.columns[1].no_wrap = True
    for kept in letters:
        letter = kept.letter
        replayed = "yes" if kept.replayed else "-"
        table.add_row(kept.key, _time(letter), letter.consumer, replayed, Text(letter.reason))
    if letters:
        Console().print(table)
    typer.echo(f"{len(letters):,} dead {'letter' if len(letters) == 1 else 'letters'}")


@app.command()
def show(
    key: Annotated[str, typer.Argument(help="Such as raw_transactions/3/1207.")],
) -> None:
    """Print one dead letter: why, the headers, the bytes, and what can be read of them."""
    archive = _archive()
    kept = archive.find(key)
    letter = kept.letter
    table = Table(show_header=False, title=key, title_justify="left")
    table.add_column(style="bold")
    table.add_column()
    table.add_row("reason", Text(letter.reason))
    table.add_row("set aside", f"{_time(letter)} UTC by {letter.consumer}")
    if letter.HasField("produced_at"):
        table.add_row("produced", f"{letter.produced_at.ToDatetime():{TIME}} UTC")
    table.add_row("replayed", kept.replayed or "never")
    table.add_row("key", Text(repr(letter.key)))
    for name, value in kept.headers:
        table.add_row(f"header {name}", Text(value.decode("utf-8", "backslashreplace")))
    Console().print(table)
    typer.echo(_hexadecimal(letter.value))
    typer.echo(_readable(archive.decoded(kept)))


@app.command()
def replay(
    keys: Annotated[list[str] | None, typer.Argument(help="Keys of letters.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All that match and were not replayed yet.")
    ] = False,
    topic: Topic = None,
    reason: Reason = "",
    since: Since = None,
) -> None:
    """Put messages back on their topics as they were, once their reader can take them."""
    archive = _archive()
    if everything == bool(keys):
        raise CommandError(
            "Failed to choose what to replay: give keys, or --all",
            "`fraud dlq list` prints the keys; --topic, --reason and --since narrow --all down",
        )
    if everything:
        found = archive.letters(_wanted(topic, reason, since))
        letters = [kept for kept in found if kept.replayed is None]
    else:
        letters = [archive.find(key) for key in keys or ()]
    with MessageProducer(load_settings().kafka) as producer:
        count = archive.replay(letters, producer)
    typer.echo(f"{count:,} {'message' if count == 1 else 'messages'} replayed")


def _archive() -> DeadLetterArchive:
    return DeadLetterArchive(load_settings().kafka)


def _wanted(topic: str | None, reason: str, since: datetime | None) -> Wanted:
    return Wanted(topic, reason, since and since.replace(tzinfo=UTC))


def _time(letter: DeadLetter) -> str:
    return f"{letter.failed_at.ToDatetime():{TIME}}"


def _hexadecimal(value: bytes) -> str:
    """Bytes as ``xxd`` shows them."""
    lines = [f"{len(value):,} bytes:"]
    for start in range(0, min(len(value), BYTES_SHOWN), BYTES_A_LINE):
        part = value[start : start + BYTES_A_LINE]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(f"{start:06x}  {part.hex(' '):<{3 * BYTES_A_LINE}} {text}")
    if len(value) > BYTES_SHOWN:
        lines.append("...")
    return "\n".join(lines)


def _readable(message: Message | None) -> str:
    if message is None:
        return "They cannot be read as a message of that topic."
    text = text_format.MessageToString(message, print_unknown_fields=True)
    return f"As {message.DESCRIPTOR.full_name}:\n{text}".rstrip()
