"""``fraud kafka``: a local broker, and what is on it or on any other."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from fraud.cli.errors import CommandError
from fraud.local.broker_folder import find_broker, stop_broker
from fraud.local.port import HOST
from fraud.settings import KafkaSettings, Settings, load_settings
from messaging.admin import look_up_topics, reconcile
from messaging.errors import TopicError
from messaging.inventory import Inventory, take_inventory
from messaging.topic_plan import Change, FoundTopic, plan_changes
from messaging.topics import Topic, load_topics, named

DEFAULT_PORT = 9092
LOCAL_HOSTS = {HOST, "localhost"}
VARIABLE = "FRAUD_KAFKA__BOOTSTRAP_SERVERS"

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Run a local Kafka; look at any, make topics."
)


@app.command()
def up(
    port: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=65535,
            help="Port of the broker; unless given, that of kafka.bootstrap_servers or 9092.",
        ),
    ] = None,
) -> None:
    """Start the local broker, make its topics, and leave it running."""
    from fraud.local.kafka import LocalKafka

    settings = load_settings()
    broker = LocalKafka(settings.kafka_dir, port or local_port(settings.kafka), detached=True)
    with Console(stderr=True).status("Starting Kafka; the first time, its jars are fetched"):
        broker.start()
        changes = reconcile(at(settings.kafka, broker.bootstrap_servers))
    began = "runs" if broker.pid else "was running already"
    typer.echo(f"Kafka {began} at {broker.bootstrap_servers}; data and log: {broker.folder}")
    typer.echo(f"Topics: {len(changes)} changes, {len(load_topics())} as declared")
    typer.echo(f"export {VARIABLE}={broker.bootstrap_servers}")


@app.command()
def down() -> None:
    """Stop the local broker in an orderly way; its data are kept."""
    settings = load_settings()
    pid = stop_broker(settings.kafka_dir)
    if pid is None:
        typer.echo(f"No broker runs on {settings.kafka_dir}")
    else:
        typer.echo(f"Kafka (process {pid}) is stopped; its data are kept in {settings.kafka_dir}")


@app.command()
def status() -> None:
    """Print brokers, topics, and how far consumer groups are, of any cluster that is set."""
    settings = load_settings()
    local = find_broker(settings.kafka_dir)
    if local is None:
        typer.echo(f"local broker: none runs on {settings.kafka_dir}")
    else:
        typer.echo(f"local broker: process {local[0]} at {local[1]}, on {settings.kafka_dir}")
    if local is None and settings.kafka.bootstrap_servers is None:
        raise typer.Exit(1)
    print_inventory(take_inventory(reached(settings)))


@app.command()
def topics(
    apply: Annotated[
        bool, typer.Option("--apply", help="Make missing topics and change what differs.")
    ] = False,
) -> None:
    """Print the declared topics beside what is there; with --apply, make them so."""
    kafka = reached(load_settings())
    if apply:
        print_changes(kafka, reconcile(kafka))
    else:
        print_comparison(kafka, look_up_topics(kafka))


def local_port(kafka: KafkaSettings) -> int:
    """The port that a local broker should have.

    Raises:
        CommandError: The settings name a cluster that is not a plain broker on this machine.
    """
    if kafka.security_protocol != "PLAINTEXT":
        raise CommandError(
            f"Failed to start a broker: `kafka.security_protocol` is `{kafka.security_protocol}`, "
            "and the local one speaks PLAINTEXT",
            "unset it, or use the cluster that it is set for",
        )
    if kafka.bootstrap_servers is None:
        return DEFAULT_PORT
    host, _, port = kafka.bootstrap_servers.rpartition(":")
    if host not in LOCAL_HOSTS or not port.isdecimal():
        raise CommandError(
            f"Failed to start a broker: `kafka.bootstrap_servers` is `{kafka.bootstrap_servers}`, "
            "which is not one on this machine",
            f"unset {VARIABLE}, or set it to such as {HOST}:{DEFAULT_PORT}",
        )
    return int(port)


def reached(settings: Settings) -> KafkaSettings:
    """Settings of the brokers that are set, or of the local one that runs."""
    if settings.kafka.bootstrap_servers is not None:
        return settings.kafka
    local = find_broker(settings.kafka_dir)
    return at(settings.kafka, local[1]) if local else settings.kafka


def at(kafka: KafkaSettings, address: str) -> KafkaSettings:
    """The same settings for the broker at an address."""
    return kafka.model_copy(update={"bootstrap_servers": address})


def print_inventory(inventory: Inventory) -> None:
    """Print brokers, topics and groups."""
    console = Console()
    console.print(f"brokers: {', '.join(inventory.brokers)}, cluster {inventory.cluster}")
    sizes = Table("Topic", "Partitions", "Messages")
    for topic in inventory.topics:
        sizes.add_row(topic.name, str(topic.partitions), f"{topic.messages:,}")
    console.print(sizes)
    groups = Table("Group", "State", "Topic", "Partitions", "Lag")
    for group in inventory.groups:
        state = group.state.lower()
        groups.add_row(group.group, state, group.topic, str(group.partitions), f"{group.lag:,}")
    console.print(groups if inventory.groups else "No consumer group has committed an offset.")


def print_changes(kafka: KafkaSettings, changes: list[Change]) -> None:
    """Print what was done."""
    if not changes:
        typer.echo("Every topic was as declared already.")
        return
    table = Table("Topic", "Setting", "Before", "Now")
    for change in changes:
        name = named(kafka, change.topic.name)
        table.add_row(name, change.setting, change.before or "-", change.after)
    Console().print(table)


def print_comparison(kafka: KafkaSettings, found: dict[str, FoundTopic]) -> None:
    """Print each declared topic and how what is there differs."""
    table = Table("Topic", "Partitions declared", "there", "Differs in")
    for topic in load_topics():
        there = found.get(topic.name)
        partitions = str(there.partitions) if there else "-"
        difference = difference_of(topic, found)
        table.add_row(named(kafka, topic.name), str(topic.partitions), partitions, difference)
    Console().print(table)


def difference_of(topic: Topic, found: dict[str, FoundTopic]) -> str:
    """What differs, a line for each, or why it cannot be mended."""
    try:
        changes = plan_changes([topic], found)
    except TopicError as error:
        return str(error)
    if any(change.makes_topic for change in changes):
        return "not there"
    return "\n".join(f"{c.setting}: {c.before} -> {c.after}" for c in changes) or "nothing"
