"""How ``fraud dataset build`` computes: on this machine alone, or by Spark."""

from enum import StrEnum

from rich.console import Console

from fraud.cli.dataset_inputs import Places
from fraud.cli.detection import step_bars
from fraud.cli.errors import CommandError
from fraud.settings import load_settings
from training.datasets.build import build
from training.datasets.built import BuiltDataset
from training.datasets.split import SplitPlan


class Engine(StrEnum):
    """What computes the features; the rows and their id are the same."""

    LOCAL = "local"
    SPARK = "spark"


def build_by(
    engine: Engine, places: Places, plan: SplitPlan, *, remove_known_accounts: bool
) -> BuiltDataset:
    """Build a data set."""
    if engine is Engine.SPARK:
        return _by_spark(places, plan, remove_known_accounts)
    with step_bars() as progress:
        inputs = places.inputs()
        return build(
            inputs.history,
            plan,
            sources=inputs.sources,
            remove_known_accounts=remove_known_accounts,
            progress=progress,
        )


def _by_spark(places: Places, plan: SplitPlan, remove_known_accounts: bool) -> BuiltDataset:
    from spark_stream.backfill.errors import BackfillError
    from spark_stream.dataset.build import build_by_spark
    from spark_stream.session import open_session

    files, labels, sources = places.files()
    with Console(stderr=True).status("Starting Spark") as status:
        session = open_session(load_settings(), "dataset")
        status.update("Computing features by Spark")
        try:
            return build_by_spark(
                session,
                files,
                labels,
                plan,
                sources=sources,
                remove_known_accounts=remove_known_accounts,
            )
        except BackfillError as error:
            raise CommandError(str(error)) from error
        finally:
            session.stop()
