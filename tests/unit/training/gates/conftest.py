"""Two worlds, and in each a champion that can be beaten and an honest candidate."""

import pytest

from scorer.model.bundle import ModelBundle
from tests.unit.training.gates.workshop import Workshop

SEEDS = (1, 3)


@pytest.fixture(params=SEEDS, ids="seed{}".format)
def shop(request: pytest.FixtureRequest) -> Workshop:
    return Workshop.open(request.param)


@pytest.fixture
def champion(shop: Workshop) -> ModelBundle:
    return shop.champion


@pytest.fixture
def honest(shop: Workshop) -> ModelBundle:
    return shop.honest
