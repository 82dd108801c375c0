"""What commands share that change which models decide: the registry and the ledger."""

from collections.abc import Iterator
from contextlib import contextmanager

from fraud.cli.detection import registry_server, told_errors
from fraud.cli.errors import CommandError
from fraud.settings import load_settings
from scorer.recorder.errors import RecorderError
from scorer.recorder.ledger import Ledger
from training.registry.ledger import open_ledger
from training.registry.server import RegistryServer


@contextmanager
def open_registry() -> Iterator[RegistryServer]:
    """The registry of the settings; errors become a person's."""
    settings = load_settings()
    with told_errors(), registry_server(settings), RegistryServer(settings.registry) as server:
        yield server


@contextmanager
def told_ledger() -> Iterator[Ledger]:
    """The ledger of the settings; errors become a person's."""
    try:
        with open_ledger(load_settings()) as ledger:
            yield ledger
    except RecorderError as error:
        raise CommandError(str(error), "set FRAUD_RECORDER__DSN to where the ledger is") from error
