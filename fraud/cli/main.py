"""The ``fraud`` command. A new sub-command is one line here and one file beside this one."""

from collections.abc import Sequence
from typing import ClassVar

import typer

from fraud.cli.group import CommandEntry, LazyGroup


class FraudGroup(LazyGroup):
    """Every sub-command, in the order a newcomer meets them."""

    entries: ClassVar[Sequence[CommandEntry]] = [
        CommandEntry("demo", "fraud.cli.demo", "The main job, end to end, and one table."),
        CommandEntry("simulate", "fraud.cli.simulate", "Write a simulated history of payments."),
        CommandEntry("import", "fraud.cli.import_", "Bring a public data set into our form."),
        CommandEntry("dataset", "fraud.cli.dataset", "Build training sets, and look at them."),
        CommandEntry("train", "fraud.cli.train", "Train, prove, register and promote a model."),
        CommandEntry("evaluate", "fraud.cli.evaluate", "Measure a model on a data set."),
        CommandEntry("gate", "fraud.cli.gate", "Judge whether a version may decide payments."),
        CommandEntry("models", "fraud.cli.models", "List, compare, promote, roll back, archive."),
        CommandEntry("traffic", "fraud.cli.traffic", "Set the challenger's share of accounts."),
        CommandEntry(
            "kafka", "fraud.cli.kafka", "Run a local Kafka; look at any, make its topics."
        ),
        CommandEntry("lake", "fraud.cli.lake", "Look at the lake; verify or compact it."),
        CommandEntry(
            "backfill", "fraud.cli.backfill", "Compute every entity's state from Parquet, by Spark."
        ),
        CommandEntry("serve", "fraud.cli.serve", "Score payments until stopped."),
        CommandEntry("record", "fraud.cli.record", "Write decisions to PostgreSQL until stopped."),
        CommandEntry("labels", "fraud.cli.labels", "Import what became known of payments."),
        CommandEntry("explain", "fraud.cli.explain", "Explain decisions until stopped."),
        CommandEntry("explanation", "fraud.cli.explanation_of", "Print why a payment was decided."),
        CommandEntry("audit", "fraud.cli.audit", "Print all that is known of a decision."),
        CommandEntry("replay", "fraud.cli.replay", "Decide a recorded payment again, to the bit."),
        CommandEntry("shadow", "fraud.cli.shadow", "Compare shadow versions with what served."),
        CommandEntry("experiment", "fraud.cli.experiment", "Compare champion and challenger."),
        CommandEntry("drift", "fraud.cli.drift", "Compare live payments with the training."),
        CommandEntry("work", "fraud.cli.work", "Score the stream's payments until stopped."),
        CommandEntry("load", "fraud.cli.load", "Send payments at a rate; print the latencies."),
        CommandEntry("produce", "fraud.cli.produce", "Put payments onto Kafka at a rate."),
        CommandEntry("dlq", "fraud.cli.dlq", "List, show and replay what could not be read."),
        CommandEntry("spark", "fraud.cli.spark", "Keep features and the lake from the topics."),
        CommandEntry("stack", "fraud.cli.stack", "Run the whole platform on this machine."),
        CommandEntry("watch", "fraud.cli.watch", "Look at the platform in the terminal, live."),
        CommandEntry("backup", "fraud.cli.backup", "Save the whole platform into a folder."),
        CommandEntry("restore", "fraud.cli.restore", "Bring a saved platform back."),
        CommandEntry("dashboards", "fraud.cli.dashboards", "Show the dashboards in a browser."),
        CommandEntry("status", "fraud.cli.status", "Print what runs, and how far it is."),
        CommandEntry("config", "fraud.cli.config", "Print every setting, its value and source."),
    ]


app = typer.Typer(cls=FraudGroup, no_args_is_help=True, pretty_exceptions_show_locals=False)


@app.callback()
def fraud() -> None:
    """Score payments for fraud, in real time: simulate, train, serve, record and look."""
