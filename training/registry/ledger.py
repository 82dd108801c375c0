"""Opens the ledger where the settings say that it is."""

from collections.abc import Iterator
from contextlib import contextmanager

from fraud.settings import Settings
from scorer.recorder.ledger import Ledger
from scorer.recorder.running import database_of


@contextmanager
def open_ledger(settings: Settings) -> Iterator[Ledger]:
    """The ledger of the model that is served, in the database that is set or the embedded one.

    Raises:
        RecorderError: The database cannot be used.
        LocalServiceError: The embedded one cannot be started.
    """
    with database_of(settings) as dsn, Ledger(dsn, settings.registry.model_name) as ledger:
        yield ledger
