"""The terminal view of a real scorer."""

import os
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from rich.console import Console
from typer.testing import CliRunner

from fraud.cli.main import app
from fraud.cli.watch import look
from fraud.client import ScorerClient
from fraud.local.port import free_port
from fraud.watch.view import View
from scorer.service import ScorerService
from tests.integration.scorer.support import settings_of
from tests.unit.scorer.support import amount_bundle, payment, write_champion

DECLINED = 90_000


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def client(tmp_path: Path, port: int) -> Iterator[ScorerClient]:
    write_champion(tmp_path / "bundles", amount_bundle())
    service = ScorerService(settings_of(tmp_path, metrics_port=port))
    service.start()
    with ScorerClient(f"127.0.0.1:{service.port}") as client:
        yield client
    service.stop()


def drawn(view: View) -> str:
    console = Console(width=120, record=True, file=open(os.devnull, "w"))  # noqa: PTH123, SIM115
    console.print(view.draw({"alerts firing": "none"}))
    console.file.close()
    return console.export_text()


def test_figures_are_those_of_the_payments_between_two_looks(
    client: ScorerClient, port: int
) -> None:
    url, view = f"http://127.0.0.1:{port}/metrics", View()
    client.score(payment("before"))
    began = time.monotonic()
    view.add(look(url))
    assert "-" in drawn(view)
    for number in range(19):
        client.score(payment(f"t{number}"))
    client.score(payment("declined", amount_minor=DECLINED))
    view.add(look(url))
    slowest = 20 / (time.monotonic() - began)  # both looks are within that time
    text = drawn(view)
    assert "serving" in text
    assert "champion" in text
    assert "of 20 in" in text
    assert re.search(r"fraud rate +5\.00 %", text)
    found = re.search(r"payments +([\d,]+)/s", text)
    assert found
    assert float(found[1].replace(",", "")) >= slowest - 1
    latency = re.search(r"latency P50 +([\d,]+) us", text)
    assert latency
    assert 10 < float(latency[1].replace(",", "")) < 1e6


def test_the_command_looks_again_and_ends_when_told(client: ScorerClient, port: int) -> None:
    ended = threading.Event()

    def pay() -> None:
        number = 0
        while not ended.is_set():
            client.score(payment(f"paid-{number}"))
            number += 1

    paying = threading.Thread(target=pay)
    paying.start()
    page = f"http://127.0.0.1:{port}/metrics"
    done = CliRunner().invoke(app, ["watch", "--page", page, "--every", "0.2", "--looks", "4"])
    ended.set()
    paying.join()
    assert done.exit_code == 0, done.output
    assert re.search(r"payments +[1-9][\d,]*/s +\S", done.output)


def test_a_page_that_is_not_there_is_told_with_what_to_do() -> None:
    done = CliRunner().invoke(app, ["watch", "--page", f"http://127.0.0.1:{free_port()}/metrics"])
    assert done.exit_code != 0
    assert "FRAUD_SCORER__METRICS_PORT" in done.output
    assert not isinstance(done.exception, httpx.HTTPError)
