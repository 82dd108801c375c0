"""Explanations and shadows by a real registry's versions."""

import pytest

from fraud.settings import HindsightSettings, Settings
from hindsight.drains import Explainer, ShadowScorer
from hindsight.library import ModelLibrary
from scorer.sinks.outbox import Outbox
from tests.integration.hindsight.support import append
from tests.integration.recorder.records import select
from tests.unit.hindsight.trees import predictions, tree_bundle
from training.registry.record import RunRecord
from training.registry.register import register
from training.registry.server import RegistryServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]


def registered(settings: Settings, trees: int) -> str:
    """A version with ``trees`` trees; returns its number."""
    folder = settings.home / f"trees-{trees}"
    bundle = tree_bundle(trees)
    bundle.write(folder / "bundle")
    (folder / "plots").mkdir()
    (folder / "plots" / "none.txt").write_text("")
    tags = {"model_sha256": bundle.manifest.model_sha256}
    record = RunRecord({}, {}, tags, folder / "bundle", folder / "plots")
    return register(record, settings.registry, promote=False).version


def test_versions_are_found_by_who_decided_and_shadows_by_their_aliases(
    settings: Settings, server: RegistryServer, dsn: str
) -> None:
    settings = settings.model_copy(update={"hindsight": HindsightSettings(alias_seconds=0.001)})
    library = ModelLibrary.of(settings)
    assert library.shadows() == {}, "there is no such model yet"
    first, second = registered(settings, 60), registered(settings, 30)
    server.set_alias("champion", first)
    server.set_alias("shadow-small", second)
    outbox = Outbox(settings.outbox_path, "normal")
    made = predictions(tree_bundle(60), first, 40)
    append(outbox, made[:20])
    shadows = ShadowScorer(settings, dsn)
    assert (Explainer(settings, dsn).drain(), shadows.drain()) == (20, 20)
    server.delete_alias("shadow-small")
    append(outbox, made[20:])
    assert (Explainer(settings, dsn).drain(), shadows.drain()) == (20, 20)
    outbox.close()
    explained = "SELECT model_version, count(*) FROM explanations GROUP BY 1"
    assert select(dsn, explained) == [(first, 40)]
    shadowed = "SELECT model_version, count(*) FROM shadow_predictions GROUP BY 1"
    assert select(dsn, shadowed) == [(second, 20)]
