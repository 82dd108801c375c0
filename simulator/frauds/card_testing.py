"""Card testing: a list of stolen cards is tried with tiny payments, many in a few minutes."""

import numpy as np

from fraud.v1.label_pb2 import FraudKind
from simulator.frauds.scene import Scene, sequence
from simulator.merchants import ONLINE_PLACE
from simulator.payments import Payments

KIND: int = int(FraudKind.FRAUD_KIND_CARD_TESTING)
LONGEST_DAYS = 1  # hours, that may go past midnight
MEAN_PAYMENTS: float = 26.0  # of an episode: 4 cards, 6.5 payments each

# Where small payments are nothing special.
_TESTED_AT = ("5816", "5999", "4111", "5942", "5814")


def stage(scene: Scene, episodes: int) -> Payments:
    """Let testers begin: each tries some cards, one after another, at one merchant."""
    rng = scene.rng
    cards = rng.integers(2, 7, episodes)
    tester_of_card = np.repeat(np.arange(episodes), cards)
    merchant = scene.pick(_TESTED_AT, np.full(episodes, ONLINE_PLACE))
    begin = scene.start_times("5816", np.full(episodes, 60))
    account = scene.victims(len(tester_of_card))
    delay = rng.integers(0, 25 * 60_000_000, len(tester_of_card))
    card, elapsed = sequence(rng, rng.integers(4, 10, len(account)), 1.2)
    tester = tester_of_card[card]
    device = scene.hide(scene.foreign_devices(KIND, tester), 0.1)
    return scene.charge(
        KIND,
        account[card],
        merchant[tester],
        begin[tester] + delay[card] + elapsed,
        rng.lognormal(np.log(2.0), 0.7, len(card)),
        device,
    )
