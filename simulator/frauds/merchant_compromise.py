"""Merchant compromise: for some weeks, cards once used at a merchant are charged there again."""

import numpy as np

from fraud.v1.label_pb2 import FraudKind
from simulator.arrays import Ints
from simulator.frauds.scene import Scene
from simulator.merchants import ONLINE_PLACE
from simulator.payments import Payments, join, no_payments
from simulator.rhythm import DAY_US

KIND: int = int(FraudKind.FRAUD_KIND_MERCHANT_COMPROMISE)
LONGEST_DAYS = 28
_SHORTEST_DAYS = 16
_PER_DAY = 4.0  # fraudulent payments, on average
MEAN_PAYMENTS: float = (_SHORTEST_DAYS + LONGEST_DAYS) / 2 * _PER_DAY

_COMPROMISED = ("5999", "5651", "5732", "5942", "5812", "5541", "5311", "7011")
_FACTOR = 1.4


def stage(scene: Scene, episodes: int) -> Payments:
    """Let compromises begin, each at one merchant."""
    rng = scene.rng
    city = scene.setting.population.city[scene.victims(episodes)]
    place = np.where(rng.random(episodes) < 0.6, ONLINE_PLACE, city)
    merchants = scene.pick(_COMPROMISED, place)
    return join([no_payments(), *(_charges(scene, int(merchant)) for merchant in merchants)])


def _charges(scene: Scene, merchant: int) -> Payments:
    """The payments of one episode, at the merchant's usual hours and amounts."""
    rng = scene.rng
    days = int(rng.integers(_SHORTEST_DAYS, LONGEST_DAYS + 1))
    count = rng.poisson(_PER_DAY * days)
    account = _card_holders(scene, merchant, count)
    time = scene.start_times("5812", scene.home_offset(account))
    time += rng.integers(0, days, count) * DAY_US
    repeated = np.full(count, merchant)
    device = scene.foreign_devices(KIND, rng.integers(0, 100_000, count))
    return scene.charge(
        KIND, account, repeated, time, scene.amounts(repeated, _FACTOR), scene.hide(device, 0.4)
    )


def _card_holders(scene: Scene, merchant: int, count: int) -> Ints:
    """Cards that were used there: patrons', or where it has few, passers-by's too."""
    category = int(scene.setting.merchants.category[merchant])
    patrons = scene.setting.favourites.patrons_of(merchant, category)
    known = np.concatenate([patrons, scene.victims(max(20 - len(patrons), 0))])
    joined = known[scene.setting.population.joined_day[known] <= scene.day]
    holders: Ints = joined[scene.rng.integers(0, len(joined), count)]
    return holders
