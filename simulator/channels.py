"""How a payment is made: its channel, and how the card's data are read."""

import numpy as np

from fraud.v1.transaction_pb2 import Channel, EntryMode
from simulator.arrays import Flags, Floats, Ints
from simulator.categories import CASH, RECURRING
from simulator.places import MAGNETIC_STRIPE

POINT_OF_SALE = int(Channel.CHANNEL_POINT_OF_SALE)
ECOMMERCE = int(Channel.CHANNEL_ECOMMERCE)
MAIL_OR_TELEPHONE = int(Channel.CHANNEL_MAIL_OR_TELEPHONE)
CASH_MACHINE = int(Channel.CHANNEL_CASH_MACHINE)
RECURRING_CHANNEL = int(Channel.CHANNEL_RECURRING)

CHIP = int(EntryMode.ENTRY_MODE_CHIP)
CONTACTLESS = int(EntryMode.ENTRY_MODE_CONTACTLESS)
STRIPE = int(EntryMode.ENTRY_MODE_MAGNETIC_STRIPE)
MANUAL = int(EntryMode.ENTRY_MODE_MANUAL)
ON_FILE = int(EntryMode.ENTRY_MODE_CREDENTIAL_ON_FILE)

_TELEPHONE_ORDERS = 0.015  # share of remote payments
_CONTACTLESS_LIMIT = 50.0  # euros above which the chip is usual


def channel_of(rng: np.random.Generator, category: Ints, online: Flags) -> Ints:
    """The channel of each payment."""
    remote = np.where(rng.random(len(category)) < _TELEPHONE_ORDERS, MAIL_OR_TELEPHONE, ECOMMERCE)
    counter = np.where(category == CASH, CASH_MACHINE, POINT_OF_SALE)
    channel = np.where(online, remote, counter)
    return np.where(RECURRING[category], RECURRING_CHANNEL, channel).astype(np.int64)


def card_present(channel: Ints) -> Flags:
    """Whether the card was at hand."""
    present: Flags = (channel == POINT_OF_SALE) | (channel == CASH_MACHINE)
    return present


def entry_of(rng: np.random.Generator, channel: Ints, euros: Floats, country: Ints) -> Ints:
    """How the card's data are read."""
    draw = rng.random(len(channel))
    tapped = np.where(euros < _CONTACTLESS_LIMIT, draw < 0.8, draw < 0.35)
    swiped = rng.random(len(channel)) < MAGNETIC_STRIPE[country]
    counter = np.where(swiped, STRIPE, np.where(tapped, CONTACTLESS, CHIP))
    entry = np.where(channel == ECOMMERCE, np.where(draw < 0.5, ON_FILE, MANUAL), counter)
    entry = np.where(channel == MAIL_OR_TELEPHONE, MANUAL, entry)
    entry = np.where(channel == CASH_MACHINE, np.where(swiped, STRIPE, CHIP), entry)
    return np.where(channel == RECURRING_CHANNEL, ON_FILE, entry)
