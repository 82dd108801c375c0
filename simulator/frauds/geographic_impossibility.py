"""Geographic impossibility: a cloned card pays far away, minutes after its owner paid at home."""

import numpy as np

from fraud.v1.label_pb2 import FraudKind
from simulator.arrays import Ints
from simulator.channels import card_present
from simulator.frauds.scene import Scene, sequence
from simulator.payments import Payments, no_payments
from simulator.places import COUNTRY_OF_CITY, VISITORS
from simulator.randomness import choose_each

KIND: int = int(FraudKind.FRAUD_KIND_GEOGRAPHIC_IMPOSSIBILITY)
LONGEST_DAYS = 1  # hours, that may go past midnight
MEAN_PAYMENTS: float = 2.5

_BOUGHT = ("5732", "5651", "5411", "5311", "5541", "6011", "5812")
_MINUTES = (4, 75)  # after the owner's payment
_FACTOR = 1.5


def stage(scene: Scene, episodes: int) -> Payments:
    """Let clones be used: each after some genuine payment of the day."""
    rng = scene.rng
    genuine = scene.genuine_on(scene.day)
    seen = np.flatnonzero(card_present(genuine.channel))
    if len(seen) == 0:
        return no_payments()
    owners = genuine.take(seen[rng.integers(0, len(seen), episodes)])
    city = _far_from(rng, scene.setting.merchants.country[owners.merchant])
    minutes = rng.integers(*_MINUTES, episodes)
    episode, elapsed = sequence(rng, rng.integers(1, 5, episodes), 15.0)
    merchant = scene.pick(_BOUGHT, city[episode])
    time = owners.time[episode] + minutes[episode] * 60_000_000 + elapsed
    euros = scene.amounts(merchant, _FACTOR)
    none = np.zeros_like(time)
    return scene.charge(KIND, owners.account[episode], merchant, time, euros, none)


def _far_from(rng: np.random.Generator, country: Ints) -> Ints:
    """A city in another country than each."""
    weights = np.where(COUNTRY_OF_CITY[None, :] == country[:, None], 0.0, VISITORS)
    return choose_each(rng, weights)
