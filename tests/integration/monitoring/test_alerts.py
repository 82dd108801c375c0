"""Each alert fires on a live Prometheus when its fault is there, and reaches who is to know."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fraud.local.alertmanager import LocalAlertmanager
from fraud.local.port import free_port
from fraud.local.prometheus import LocalPrometheus
from fraud.settings import KafkaSettings
from tests.integration.monitoring import faults
from tests.integration.monitoring.faster import (
    faster_alertmanager,
    faster_prometheus,
    faster_rules,
)
from tests.integration.monitoring.receiver import Receiver
from tests.unit.ops.alert_rules import alerts
from tests.waiting import wait_until

PATIENCE_SECONDS = 60.0
NOWHERE = f"127.0.0.1:{free_port()}"

type Fired = set[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Scene:
    """What runs.

    Args:
        troubled: Watches everything that has a fault.
        calm: Watches a scorer that nothing is stopped by.
        receiver: Of alerts.
        ruled: A scorer without a model.
        spike: Ends the payments of which many are fraud.
    """

    troubled: LocalPrometheus
    calm: LocalPrometheus
    receiver: Receiver
    ruled: faults.Watched
    spike: ExitStack


@pytest.fixture
def scene(
    tmp_path: Path, dsn: str, kafka_settings: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    faults.spoil_quality(dsn)
    away = KafkaSettings(bootstrap_servers=NOWHERE)
    with ExitStack() as running:
        start = running.enter_context
        receiver = start(Receiver())
        manager = start(
            LocalAlertmanager(
                tmp_path / "alertmanager",
                receiver.url,
                config=faster_alertmanager(tmp_path / "alertmanager.yml"),
            )
        )
        # What is broken in it is Python's.
        bad = start(
            faults.running_scorer(
                tmp_path / "bad", edge="threads", threads=1, max_concurrent_calls=1
            )
        )
        faults.break_scorer(bad.service, monkeypatch)
        ruled = start(faults.running_scorer(tmp_path / "ruled", model=False, degrade="rules"))
        blind = start(faults.running_scorer(tmp_path / "blind", kafka=away))
        calm = start(faults.running_scorer(tmp_path / "calm"))
        targets = {
            "scorer": [bad.page, ruled.page, blind.page],
            "worker": [start(faults.lagging_worker(tmp_path, kafka_settings)), NOWHERE],
            "stream": [start(faults.stalled_stream())],
            "quality": [
                start(faults.quality_page(dsn)),
                start(faults.quality_page(f"postgresql://{NOWHERE}/fraud")),
            ],
            "airflow": [start(faults.silent_airflow())],
            "node": [start(faults.failed_retraining(tmp_path / "textfiles", monkeypatch))],
        }
        settings: dict[str, Any] = {
            "config": faster_prometheus(tmp_path / "prometheus.yml"),
            "rules": faster_rules(tmp_path / "rules"),
        }
        troubled = LocalPrometheus(tmp_path / "troubled", targets, 0, [manager.address], **settings)
        watched = LocalPrometheus(tmp_path / "watched", {"scorer": [calm.page]}, **settings)
        spike = start(ExitStack())
        for _ in range(3):
            spike.enter_context(faults.paying(bad, every_nth_fraud=3, pause=0.03))
        # Each failure is logged with its traceback, which takes long.
        start(faults.paying(bad, failing=20, pause=0.03))
        start(faults.paying(ruled))
        start(faults.paying(calm))
        yield Scene(start(troubled), start(watched), receiver, ruled, spike)


def firing(prometheus: LocalPrometheus) -> Fired:
    """Names and severities."""
    return {
        (each["labels"]["alertname"], each["labels"]["severity"])  # type: ignore[index]
        for each in prometheus.alerts()
        if each["state"] == "firing"
    }


def wait_patiently(holds: Callable[[], bool], told: Callable[[], object]) -> None:
    wait_until(holds, PATIENCE_SECONDS, told, pause=0.2)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_each_alert_fires_on_its_fault_and_is_told(scene: Scene) -> None:
    fired: Fired = set()
    all_of_them = {(alert.name, alert.labels["severity"]) for alert in alerts()}
    # These two take a fault that would hide others.
    later = {("ScrapeDown", "page"), ("FraudRateCollapse", "page"), ("ScorersUnwatched", "page")}

    def has_fired(wanted: Fired) -> bool:
        fired.update(firing(scene.troubled))
        return wanted <= fired

    wait_patiently(lambda: has_fired(all_of_them - later), lambda: all_of_them - later - fired)
    scene.ruled.service.stop()
    down = f'ALERTS{{alertname="ScrapeDown", alertstate="firing", instance="{scene.ruled.page}"}}'
    wait_patiently(lambda: bool(scene.troubled.query(down)), scene.troubled.alerts)

    collapse = ("FraudRateCollapse", "page")
    wait_patiently(lambda: collapse in firing(scene.calm), lambda: firing(scene.calm))
    # Nobody drains its outbox, and the machine of the tests may be slow: nothing else is wrong.
    ordinary = {"FraudRateCollapse", "OutboxOld", "LatencySloBurn", "ScrapeDown"}
    assert {name for name, _ in firing(scene.calm)} <= ordinary
    scene.calm.watch({})
    unwatched = ("ScorersUnwatched", "page")
    wait_patiently(lambda: unwatched in firing(scene.calm), lambda: firing(scene.calm))

    told = scene.receiver
    wait_patiently(lambda: bool(told.found("/page", "FraudRateSpike")), lambda: told.received)
    (spike, *_) = told.found("/page", "FraudRateSpike")
    assert spike["annotations"]["runbook"] == "docs/runbooks/fraud-rate-spike.md"
    assert told.found("/ticket", "ModelStale")
    assert not told.found("/page", "ModelStale")
    # Who is woken for it needs no ticket.
    assert told.found("/page", "LatencySloBurn")
    assert not told.found("/ticket", "LatencySloBurn")
    scene.spike.close()
    wait_patiently(
        lambda: bool(told.found("/page", "FraudRateSpike", "resolved")), lambda: told.received
    )
