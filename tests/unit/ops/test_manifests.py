"""The compose file and the manifests: their form, and that they set what can be set."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from fraud.settings import Settings
from fraud.stack.programs import programs_of
from fraud.stack.settings import stack_settings
from fraud.stack.world import StackWorld

OPS = Path(__file__).parents[3] / "ops"
COMPOSE = yaml.safe_load((OPS / "compose.yaml").read_text())
# Of operators, whose forms no package carries.
CUSTOM = {"Kafka", "KafkaNodePool", "Cluster", "Database", "SparkApplication", "Kustomization"}


def manifests() -> Iterator[Any]:
    """Every object of the manifests, with the file that it is in."""
    for path in sorted((OPS / "kubernetes").glob("*.yaml")):
        for found in yaml.safe_load_all(path.read_text()):
            yield pytest.param(found, id=f"{path.stem}-{found['kind']}")


def containers(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Of a manifest that runs any."""
    template = manifest.get("spec", {}).get("template", {})
    found: list[dict[str, Any]] = template.get("spec", {}).get("containers", [])
    return found


def test_the_compose_file_has_the_form_of_one() -> None:
    command = [str(Path(sys.executable).parent / "check-jsonschema")]
    command += ["--builtin-schema", "vendor.compose-spec", str(OPS / "compose.yaml")]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("manifest", list(manifests()))
def test_a_manifest_has_the_form_of_its_kind(manifest: dict[str, Any]) -> None:
    if manifest["kind"] not in CUSTOM:
        kubernetes_validate.validate(manifest, "1.37", strict=True)
    assert manifest["kind"] == "Kustomization" or manifest["metadata"]["name"]


def test_the_kustomization_names_every_file() -> None:
    folder = OPS / "kubernetes"
    named = yaml.safe_load((folder / "kustomization.yaml").read_text())["resources"]
    assert {*named, "kustomization.yaml"} == {path.name for path in folder.glob("*.yaml")}


def settings_told() -> Iterator[Any]:
    """What containers are told of our settings."""
    platform = COMPOSE["x-platform"]["environment"]
    yield pytest.param(platform, id="compose")
    config = yaml.safe_load((OPS / "kubernetes" / "settings.yaml").read_text())["data"]
    yield pytest.param(config, id="kubernetes")


@pytest.mark.parametrize("told", list(settings_told()))
def test_what_is_set_are_settings(told: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("FRAUD_")]:
        monkeypatch.delenv(name)
    for name, value in told.items():
        monkeypatch.setenv(name, str(value))
    settings = Settings()
    assert settings.hindsight.enabled
    assert settings.worker.scorers
    ports = [
        section.metrics_port
        for section in (settings.scorer, settings.worker, settings.spark, settings.hindsight)
    ]
    assert ports == [9101, 9102, 9103, 9104]


def test_prometheus_scrapes_what_the_services_serve() -> None:
    groups = json.loads((OPS / "containers" / "targets" / "fraud.json").read_text())
    hosts = [target.partition(":")[0] for group in groups for target in group["targets"]]
    assert set(hosts) <= set(COMPOSE["services"])


def test_what_is_mounted_is_there() -> None:
    mounts = [
        mount.partition(":")[0]
        for service in COMPOSE["services"].values()
        for mount in service.get("volumes", [])
    ]
    for mount in mounts:
        if mount.startswith("./"):
            assert (OPS / mount).exists(), mount
        else:
            assert mount in COMPOSE["volumes"]


def test_every_process_of_the_stack_is_a_service(tmp_path: Path) -> None:
    settings = stack_settings(Settings(home=tmp_path))
    names = {each.name for each in programs_of(settings, StackWorld.kept_in(tmp_path, 100))}
    # Grafana draws the dashboards there.
    assert names - {"dashboards"} <= set(COMPOSE["services"])


@pytest.mark.parametrize("manifest", list(manifests()))
def test_containers_may_do_little(manifest: dict[str, Any]) -> None:
    found = containers(manifest)
    if found:
        pod = manifest["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["automountServiceAccountToken"] is False
    for container in found:
        context = container["securityContext"]
        assert context["readOnlyRootFilesystem"], container["name"]
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"]


def test_mlflow_reports_to_nobody() -> None:
    """Its server imports nothing of ours that could say so."""
    for manifest in yaml.safe_load_all((OPS / "kubernetes" / "mlflow.yaml").read_text()):
        for container in containers(manifest):
            told = {each["name"]: each.get("value") for each in container["env"]}
            assert told["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert COMPOSE["services"]["mlflow"]["environment"]["MLFLOW_DISABLE_TELEMETRY"] == "true"
