"""Two machines: the one that is saved, and the one that it is brought back on."""

import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from fraud.local.environment import to_environment
from fraud.local.port import free_port
from fraud.settings import (
    KafkaSettings,
    RecorderSettings,
    RegistrySettings,
    ScorerSettings,
    Settings,
)
from scorer.recorder.__main__ import drains_of
from scorer.recorder.running import run, stop
from scorer.service import ScorerService
from tests.waiting import wait_until


def machine(home: Path, kafka: KafkaSettings, dsn: str) -> Settings:
    """Settings of a platform with folders, ports, database and topics of its own."""
    url = f"http://127.0.0.1:{free_port()}"
    return Settings(
        home=home,
        scorer=ScorerSettings(port=0),
        registry=RegistrySettings(url=url, timeout_seconds=30),
        recorder=RecorderSettings(dsn=dsn, poll_seconds=0.01),
        kafka=kafka.model_copy(update={"topic_prefix": f"{home.name}-{uuid.uuid4().hex[:8]}-"}),
    )


@contextmanager
def recording(settings: Settings) -> Iterator[None]:
    """The recorder's drains, on threads; ended in the end."""
    assert settings.recorder.dsn is not None
    drains = drains_of(settings, settings.recorder.dsn)
    thread = threading.Thread(target=run, args=[drains])
    thread.start()
    try:
        yield
    finally:
        stop(drains)
        thread.join()


@contextmanager
def serving(settings: Settings) -> Iterator[ScorerService]:
    """A scorer that has caught up with the topics."""
    service = ScorerService(settings)
    service.start()
    try:
        wait_until(lambda: service.freshness is None or service.freshness.is_caught_up)
        yield service
    finally:
        service.stop()


def fraud(settings: Settings, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """What a person types."""
    return subprocess.run(
        [sys.executable, "-m", "fraud", *arguments],
        env=to_environment(settings) | {"PATH": "/usr/bin:/bin", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def rows_of(dsn: str) -> dict[str, list[str]]:
    """Everything in the database, table by table; as text, in which NaN equals itself."""
    with psycopg.connect(dsn) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
        ).fetchall()
        return {
            name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}")))
            for (name,) in tables
        }
