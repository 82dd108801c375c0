"""Promoting and going back on a real registry, written down in a real ledger."""

import psycopg
import pytest

from scorer.recorder.ledger import Ledger
from tests.integration.registry.conftest import MakeVersion
from training.errors import PromotionError, RegistrationError
from training.registry.aliases import Change, archive, promote, rollback, set_alias, withdraw
from training.registry.server import RegistryServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]


@pytest.fixture
def change(server: RegistryServer, ledger: Ledger) -> Change:
    return Change(server, "a test", ledger, "ada")


def stages(server: RegistryServer) -> dict[str, str]:
    return {each["version"]: each["tags"]["stage"] for each in server.versions()}


def alias_rows(ledger: Ledger) -> list[tuple[str, str | None, str | None]]:
    return [(e.subject_name, e.old_value, e.new_value) for e in ledger.entries()]


def test_rollbacks_go_further_back_and_every_move_is_in_the_ledger(
    change: Change, server: RegistryServer, ledger: Ledger, make_version: MakeVersion
) -> None:
    for bias in (-5.0, -6.0, -7.0):
        promote(change, make_version(bias))
    assert server.aliases() == {"champion": "3", "previous": "2"}
    assert stages(server) == {"1": "Archived", "2": "Archived", "3": "Production"}
    assert rollback(change).version == "2"
    assert server.aliases() == {"champion": "2", "previous": "1"}
    assert stages(server) == {"1": "Archived", "2": "Production", "3": "Archived"}
    assert rollback(change).version == "1"
    assert server.aliases() == {"champion": "1"}
    with pytest.raises(PromotionError, match="names no other version"):
        rollback(change)
    assert alias_rows(ledger) == [
        ("champion", None, "1"),
        ("previous", None, "1"),
        ("champion", "1", "2"),
        ("previous", "1", "2"),
        ("champion", "2", "3"),
        ("champion", "3", "2"),
        ("previous", "2", "1"),
        ("champion", "2", "1"),
        ("previous", "1", None),
    ]
    assert {(each.changed_by, each.reason) for each in ledger.entries()} == {("ada", "a test")}


def test_a_version_that_the_gate_refused_is_promoted_by_force_alone(
    change: Change, server: RegistryServer, ledger: Ledger, make_version: MakeVersion
) -> None:
    version = make_version(gate="refused")
    with pytest.raises(PromotionError, match="its gate is `refused`, expected `passed`"):
        promote(change, version)
    assert (server.aliases(), ledger.entries()) == ({}, [])
    promote(change, version, force=True)
    assert server.aliases() == {"champion": version}
    why = "its gate is `refused`, expected `passed` (recall: the gain)"
    assert ledger.entries()[0].reason == f"a test (forced: {why})"
    assert ledger.entries()[0].gate_report["rows"][0]["verdict"] == "refused"


def test_a_challenger_that_wins_is_no_longer_one(
    change: Change, server: RegistryServer, make_version: MakeVersion
) -> None:
    promote(change, make_version())
    promote(change, make_version(), "challenger")
    assert server.aliases() == {"champion": "1", "challenger": "2"}
    assert stages(server) == {"1": "Production", "2": "Production"}
    promote(change, "2")
    assert server.aliases() == {"champion": "2", "previous": "1"}


def test_what_decides_is_neither_archived_nor_withdrawn(
    change: Change, server: RegistryServer, ledger: Ledger, make_version: MakeVersion
) -> None:
    promote(change, make_version())
    promote(change, make_version(), "challenger")
    for version in ("1", "2"):
        with pytest.raises(PromotionError, match="points at it"):
            archive(change, version)
    with pytest.raises(PromotionError, match="promote another"):
        withdraw(change, "champion")
    with pytest.raises(PromotionError, match="fraud models promote"):
        set_alias(change, "champion", "2")
    withdraw(change, "challenger")
    assert withdraw(change, "challenger") is None
    set_alias(change, "shadow", "2")
    assert server.aliases() == {"champion": "1", "shadow": "2"}
    withdraw(change, "shadow")
    archive(change, "2")
    assert stages(server)["2"] == "Archived"
    assert ledger.entries()[-1].subject == "stage"


def test_an_alias_that_the_registry_refuses_leaves_no_row(
    change: Change, ledger: Ledger, make_version: MakeVersion
) -> None:
    make_version()
    with pytest.raises(RegistrationError):
        set_alias(change, "shadow", "99")
    assert ledger.entries() == []


def test_rows_cannot_be_changed_or_removed(
    change: Change, dsn: str, make_version: MakeVersion
) -> None:
    promote(change, make_version())
    for statement in ("UPDATE ledger SET reason = 'x'", "DELETE FROM ledger", "TRUNCATE ledger"):
        with (
            psycopg.connect(dsn) as connection,
            pytest.raises(psycopg.errors.RaiseException, match="append-only"),
        ):
            connection.execute(statement.encode())
