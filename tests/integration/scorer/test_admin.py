"""Reloads, traffic, health and reflection."""

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

from fraud.client import ScorerClient
from fraud.v1.admin_pb2 import (
    GetModelRequest,
    PingRequest,
    PingResponse,
    ReloadModelRequest,
    SetTrafficRequest,
)
from fraud.v1.admin_pb2_grpc import AdminServiceStub
from fraud.v1.scoring_pb2 import VARIANT_CHALLENGER, VARIANT_CHAMPION
from scorer.model.files import MANIFEST_FILE, MODEL_FILE
from scorer.service import ScorerService
from tests.integration.scorer.conftest import StartScorer
from tests.integration.scorer.support import health_of
from tests.unit.scorer.support import (
    CONTRACT,
    amount_bundle,
    bundle_of,
    logistic_model,
    payment,
    write_champion,
)

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


@pytest.fixture
def channel(service: ScorerService) -> Iterator[grpc.Channel]:
    with grpc.insecure_channel(f"127.0.0.1:{service.port}") as found:
        yield found


@pytest.fixture
def admin(channel: grpc.Channel) -> AdminServiceStub:
    return AdminServiceStub(channel)


def test_a_reload_brings_the_new_version_in(
    admin: AdminServiceStub, client: ScorerClient, bundles: Path
) -> None:
    [before] = admin.GetModel(GetModelRequest()).models
    assert admin.ReloadModel(ReloadModelRequest()).changed is False
    write_champion(bundles, amount_bundle(bias=-50.0))
    answer = admin.ReloadModel(ReloadModelRequest())
    assert answer.changed
    assert answer.models[0].version != before.version
    scored = client.score(payment("t1", amount_minor=6000))
    assert (scored.model_version, scored.risk_score) == (answer.models[0].version, 0)


def spoil_model(folder: Path) -> None:
    (folder / MODEL_FILE).write_bytes(b"garbage")


def spoil_digest(folder: Path) -> None:
    path = folder / MANIFEST_FILE
    path.write_text(path.read_text().replace(CONTRACT.digest, "a" * 32))


def spoil_golden_rows(folder: Path) -> None:
    bundle_of(logistic_model({"amount": 1.0}), probabilities=[0.1] * 8).write(folder)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [(spoil_model, "SHA-256"), (spoil_digest, "a" * 32), (spoil_golden_rows, "golden row")],
)
def test_a_bad_model_is_refused_with_the_reason_and_the_old_one_stays(
    admin: AdminServiceStub, client: ScorerClient, bundles: Path, spoil: type, reason: str
) -> None:
    [before] = admin.GetModel(GetModelRequest()).models
    spoil(bundles / "champion")
    with pytest.raises(grpc.RpcError, match=reason) as caught:
        admin.ReloadModel(ReloadModelRequest())
    assert caught.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert list(admin.GetModel(GetModelRequest()).models) == [before]
    assert client.score(payment("t1")).model_version == before.version


def test_each_account_keeps_its_variant(
    admin: AdminServiceStub, client: ScorerClient, bundles: Path
) -> None:
    amount_bundle(bias=-4.0).write(bundles / "challenger")
    admin.ReloadModel(ReloadModelRequest())
    assert admin.SetTraffic(SetTrafficRequest(challenger_percent=40)).challenger_percent == 40

    def variants(round_number: int) -> list[int]:
        return [
            client.score(payment(f"t{round_number}-{n}", account_id=f"account-{n}")).variant
            for n in range(60)
        ]

    first = variants(1)
    assert first == variants(2)
    assert set(first) == {VARIANT_CHAMPION, VARIANT_CHALLENGER}
    with pytest.raises(grpc.RpcError, match="challenger_percent"):
        admin.SetTraffic(SetTrafficRequest(challenger_percent=101))


def test_ping_does_nothing(admin: AdminServiceStub) -> None:
    assert admin.Ping(PingRequest(padding=b"x" * 200)) == PingResponse()


@pytest.mark.parametrize("name", ["", "fraud.v1.ScoringService", "fraud.v1.LabelService"])
def test_health_is_told_for_the_server_and_each_service(channel: grpc.Channel, name: str) -> None:
    assert health_of(channel, name) == SERVING


def test_reflection_gives_every_file_that_a_client_needs(channel: grpc.Channel) -> None:
    pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
    service = pool.FindServiceByName("fraud.v1.ScoringService")
    assert "transaction" in service.methods_by_name["Score"].input_type.fields_by_name
    for name in ("fraud.v1.Transaction", "buf.validate.FieldRules"):
        assert pool.FindMessageTypeByName(name).full_name == name


def test_without_a_registry_the_last_model_serves_from_the_cache(
    start: StartScorer, bundles: Path
) -> None:
    first = start()
    assert first.models.current is not None
    version = first.models.current.champion.version
    first.stop()
    bundles.rename(bundles.with_name("away"))
    second = start()
    assert second.models.current is not None
    assert second.models.current.champion.version == version
    with grpc.insecure_channel(f"127.0.0.1:{second.port}") as channel:
        assert health_of(channel) == SERVING


def test_without_any_model_it_waits_for_one(start: StartScorer, bundles: Path) -> None:
    away = bundles.rename(bundles.with_name("away"))
    service = start()
    with (
        grpc.insecure_channel(f"127.0.0.1:{service.port}") as channel,
        ScorerClient(f"127.0.0.1:{service.port}", attempts=1) as client,
    ):
        assert health_of(channel) == NOT_SERVING
        with pytest.raises(grpc.RpcError) as caught:
            client.score(payment("t1"))
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        away.rename(bundles)
        AdminServiceStub(channel).ReloadModel(ReloadModelRequest())
        assert health_of(channel) == SERVING
        assert client.score(payment("t1")).variant == VARIANT_CHAMPION


def test_with_rules_allowed_it_serves_without_a_model(start: StartScorer, bundles: Path) -> None:
    bundles.rename(bundles.with_name("away"))
    service = start(degrade="rules")
    with ScorerClient(f"127.0.0.1:{service.port}", attempts=1) as client:
        assert client.score(payment("t1")).flags.degraded
