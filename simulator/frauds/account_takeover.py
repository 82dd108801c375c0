"""Account takeover: someone logs in from a new device and drains the account online."""

import numpy as np

from fraud.v1.label_pb2 import FraudKind
from simulator import devices
from simulator.frauds.scene import Scene, sequence
from simulator.merchants import ONLINE_PLACE
from simulator.payments import Payments

KIND: int = int(FraudKind.FRAUD_KIND_ACCOUNT_TAKEOVER)
LONGEST_DAYS = 1  # hours, that may go past midnight
MEAN_PAYMENTS: float = 5.0

_DRAINED_TO = ("5732", "5999", "4829", "4511", "5816", "5651", "7995")
_OWN_DEVICE = 0.05  # taken over by malware, from the victim's own device
_FACTOR = 5.0


def stage(scene: Scene, episodes: int) -> Payments:
    """Let takeovers begin: each drains an account within hours."""
    rng = scene.rng
    account = scene.victims(episodes)
    begin = scene.start_times("5999", scene.home_offset(account))
    episode, elapsed = sequence(rng, rng.integers(3, 8, episodes), 10.0)
    merchant = scene.pick(_DRAINED_TO, np.full(len(episode), ONLINE_PLACE))
    people, sort = scene.setting.population, np.full(episodes, devices.PHONE)
    own = devices.own_device(people, account, sort, scene.day)
    new = scene.foreign_devices(KIND, np.arange(episodes))
    device = np.where(rng.random(episodes) < _OWN_DEVICE, own, new)[episode]
    euros = scene.amounts(merchant, _FACTOR)
    return scene.charge(
        KIND,
        account[episode],
        merchant,
        begin[episode] + elapsed,
        euros,
        scene.hide(device, 0.05),
    )
