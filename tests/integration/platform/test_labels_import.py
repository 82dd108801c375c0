"""``fraud labels import`` into a running platform: features, rows in PostgreSQL, counts."""

import time
from pathlib import Path

import psycopg
import pytest

from features_rs import contract
from fraud.settings import Settings
from fraud.v1.records_pb2 import Prediction
from scorer.recorder.connection import connect
from tests.integration.platform.conftest import Platform
from tests.integration.platform.test_status import run
from tests.unit.scorer.support import BEGIN_SECONDS, payment
from tests.waiting import wait_until

DAY = 86_400
pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
KNOWN = contract().index("merchant_frauds_known_30d")
HEAD = "transaction_id,fraud,kind,known_at,source"


def counts_in(text: str) -> dict[str, int]:
    """The counts that a table shows."""
    cells = [line.strip("│ ").split("│") for line in text.splitlines() if line.startswith("│")]
    return {name.strip(): int(count.replace(",", "")) for name, count in cells}


def test_labels_count_are_recorded_and_told(platform: Platform, tmp_path: Path) -> None:
    def select(query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(platform.postgres.dsn) as connection:
            return connection.execute(query.encode()).fetchall()

    def probed(name: str, day: int) -> float:
        """Known frauds of the merchant, as a payment of that day was scored on."""
        with platform.client() as client:
            client.score(payment(name, seconds=day * DAY), timeout=5)
        rows = f"SELECT prediction FROM predictions WHERE transaction_id = '{name}'"
        wait_until(lambda: bool(select(rows)), seconds=30)
        payload = select(rows)[0][0]
        assert isinstance(payload, bytes)
        return Prediction.FromString(payload).features[KNOWN]

    connect(platform.postgres.dsn, "test").close()

    with platform.client() as client:
        for number in range(3):
            client.score(payment(f"t{number}", seconds=number), timeout=5)
    wait_until(lambda: select("SELECT count(*) FROM predictions") == [(3,)], seconds=30)
    file = tmp_path / "labels.csv"
    day = [
        time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(BEGIN_SECONDS + n * DAY)) for n in range(9)
    ]
    lines = [
        HEAD,
        f"t0,true,stolen_card,{day[1]},bank",
        f"t0,false,,{day[3]},analyst",
        f"t1,true,mule_ring,{day[1]},bank",
        f"t2,perhaps,,{day[1]},bank",
        f"t9,true,,{day[5]},bank",
        f"t1,true,mule_ring,{time.strftime('%Y-%m-%d', time.gmtime(BEGIN_SECONDS - DAY))},bank",
    ]
    file.write_text("\n".join(lines) + "\n")
    first = run(platform.settings, "labels", "import", str(file))
    assert first.returncode == 1, first.stdout + first.stderr
    assert counts_in(first.stdout) == {
        "applied": 4,
        "already known": 0,
        "refused": 2,
        "of an unknown transaction, kept": 1,
        "with known_at for happened_at": 1,
    }
    refused = [line.split("│")[1:3] for line in first.stderr.splitlines() if line.startswith("│")]
    assert [[cell.strip() for cell in row] for row in refused] == [
        ["4", "fraud"],
        ["6", "known_at"],
    ]
    wait_until(lambda: select("SELECT count(*) FROM labels") == [(4,)], seconds=30)
    times = "SELECT extract(epoch FROM happened_at)::bigint FROM labels WHERE transaction_id = '{}'"
    assert select(times.format("t1")) == [(BEGIN_SECONDS + 1,)]
    assert select(times.format("t9")) == [(BEGIN_SECONDS + 5 * DAY,)]
    # Two frauds are known from day 1 on, one from day 3 on, when the other was withdrawn.
    assert [probed(f"p{when}", when) for when in (2, 4)] == [2, 1]
    # The payment that a label waited for.
    with platform.client() as client:
        client.score(payment("t9", seconds=4 * DAY + 5), timeout=5)
    assert probed("p6", 6) == 2
    wait_until(
        lambda: select("SELECT count(*) FROM predictions WHERE transaction_id = 't9'") == [(1,)],
        seconds=30,
    )
    again = run(platform.settings, "labels", "import", str(file))
    counts = counts_in(again.stdout)
    assert (counts["applied"], counts["already known"], counts["refused"]) == (0, 4, 2)
    assert counts["of an unknown transaction, kept"] == 0
    assert probed("p7", 7) == 2
    assert select("SELECT count(*) FROM labels") == [(4,)]


def test_without_a_scorer_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text(HEAD + "\n")
    done = run(Settings(home=tmp_path), "labels", "import", str(tmp_path / "labels.csv"))
    assert done.returncode == 2
    assert "Failed to find a running scorer" in done.stderr
