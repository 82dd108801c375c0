"""Stolen card: its thief buys what sells well, at merchants that the owner does not know."""

import numpy as np

from fraud.v1.label_pb2 import FraudKind
from simulator.frauds.scene import Scene, sequence
from simulator.merchants import ONLINE_PLACE
from simulator.payments import Payments
from simulator.places import CITIES, COUNTRY_OF_CITY, VISITORS

KIND: int = int(FraudKind.FRAUD_KIND_STOLEN_CARD)
LONGEST_DAYS = 1  # hours, that may go past midnight
MEAN_PAYMENTS: float = 5.0

_BOUGHT = ("5732", "5944", "5651", "5311", "5411", "5541", "5999", "5712", "6011")
_ELSEWHERE = 0.6  # stolen on a trip, or carried off to another city
_ONLINE = 0.3
_FACTOR = 5.0


def stage(scene: Scene, episodes: int) -> Payments:
    """Let thieves begin: each spends for some hours."""
    rng = scene.rng
    account = scene.victims(episodes)
    home = scene.setting.population.city[account]
    far = rng.choice(len(CITIES), episodes, p=VISITORS / VISITORS.sum())
    abroad = COUNTRY_OF_CITY[far] != COUNTRY_OF_CITY[home]
    city = np.where((rng.random(episodes) < _ELSEWHERE) & abroad, far, home)
    begin = scene.start_times("5411", scene.home_offset(account))
    episode, elapsed = sequence(rng, rng.integers(3, 8, episodes), 25.0)
    online = rng.random(len(episode)) < _ONLINE
    merchant = scene.pick(_BOUGHT[:-1], np.where(online, ONLINE_PLACE, city[episode]))
    device = scene.hide(scene.foreign_devices(KIND, episode), 0.2)
    euros = scene.amounts(merchant, _FACTOR)
    return scene.charge(KIND, account[episode], merchant, begin[episode] + elapsed, euros, device)
