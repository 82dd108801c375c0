"""Mule rings: accounts run from shared devices pass money on to a few merchants for some days."""

import numpy as np

from fraud.v1.label_pb2 import FraudKind
from simulator.frauds.scene import Scene
from simulator.merchants import ONLINE_PLACE
from simulator.payments import Payments
from simulator.rhythm import DAY_US

KIND: int = int(FraudKind.FRAUD_KIND_MULE_RING)
LONGEST_DAYS = 10
_ACCOUNTS = (4, 9)
_MERCHANTS = 2  # of a ring
_PAYMENTS = (4, 9)  # of one account
MEAN_PAYMENTS: float = 6.0 * 6.0

_PASSED_TO = ("4829", "7995", "5816", "5999", "5732")
_FACTOR = 2.4


def stage(scene: Scene, episodes: int) -> Payments:
    """Let rings begin: each with its accounts, one device and a few merchants."""
    rng = scene.rng
    ring_of_account = np.repeat(np.arange(episodes), rng.integers(*_ACCOUNTS, episodes))
    account = scene.victims(len(ring_of_account))
    days = rng.integers(4, LONGEST_DAYS + 1, episodes)
    member = np.repeat(np.arange(len(account)), rng.integers(*_PAYMENTS, len(account)))
    ring = ring_of_account[member]
    merchants = scene.pick(_PASSED_TO, np.full(episodes * _MERCHANTS, ONLINE_PLACE))
    merchant = merchants[ring * _MERCHANTS + rng.integers(0, _MERCHANTS, len(ring))]
    time = scene.start_times("5999", scene.home_offset(account[member]))
    time += (rng.random(len(ring)) * days[ring]).astype(np.int64) * DAY_US
    device = scene.foreign_devices(KIND, ring)
    euros = scene.amounts(merchant, _FACTOR)
    return scene.charge(KIND, account[member], merchant, time, euros, scene.hide(device, 0.03))
