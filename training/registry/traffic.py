"""Sets the challenger's share: a tag of the registered model, which scorers follow."""

from scorer.model.registry import TRAFFIC_TAG
from scorer.recorder.ledger import Ledger
from scorer.recorder.ledger_entry import LedgerEntry
from training.registry.server import RegistryServer


def set_share(
    server: RegistryServer, ledger: Ledger, percent: int, reason: str, by: str
) -> str | None:
    """Set it, and write it down; returns the share before, None where none was set.

    Args:
        server: The registry.
        ledger: Takes the row.
        percent: Of accounts, 0 to 100.
        reason: Why.
        by: Who.

    Raises:
        RegistrationError: There is no such model, or the registry cannot be asked.
        RecorderError: The ledger cannot be written; nothing was changed.
    """
    with ledger.change():
        before = server.tags().get(TRAFFIC_TAG)
        ledger.add(LedgerEntry("traffic", TRAFFIC_TAG, before, str(percent), by, reason))
        server.set_tag(TRAFFIC_TAG, str(percent))
    return before
