"""What a fraudster has at hand on a day: victims, merchants, and what goes on anyway."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulator import devices
from simulator.arrays import Floats, Ints
from simulator.categories import CASH, SIGMA, indices, price_level_on
from simulator.channels import ECOMMERCE, card_present, channel_of, entry_of
from simulator.merchants import Market, usual_amount
from simulator.payments import Payments
from simulator.places import OFFSET_MINUTES
from simulator.rhythm import DAY_US, local_hours, to_utc_us
from simulator.setting import Setting

_MINUTE_US = 60_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """The day on which episodes of one kind begin."""

    setting: Setting
    market: Market
    day: int
    rng: np.random.Generator
    genuine_on: Callable[[int], Payments]

    def victims(self, count: int) -> Ints:
        """Accounts that are open, each as likely as another."""
        people = np.flatnonzero(self.setting.population.joined_day <= self.day)
        return people[self.rng.integers(0, len(people), count)]

    def pick(self, codes: tuple[str, ...], place: Ints) -> Ints:
        """A merchant of one of the categories, at each place."""
        category = np.array(indices(*codes))[self.rng.integers(0, len(codes), len(place))]
        return self.market.choose(self.rng, category, place)

    def start_times(self, like: str, offset_minutes: Ints) -> Ints:
        """Times of the day at which genuine payments of category ``like`` are made."""
        category = np.full(len(offset_minutes), indices(like)[0])
        local = local_hours(self.rng, category)
        return self.day * DAY_US + to_utc_us(local, offset_minutes)

    def home_offset(self, account: Ints) -> Ints:
        """Minutes that each account's home is ahead of UTC."""
        return OFFSET_MINUTES[self.setting.population.city[account]]

    def amounts(self, merchant: Ints, factor: float) -> Floats:
        """Amounts spread as genuine ones are, about ``factor`` times the usual."""
        merchants = self.setting.merchants
        sigma = SIGMA[merchants.category[merchant]]
        usual = usual_amount(merchants, merchant) * price_level_on(self.day)
        euros: Floats = usual * factor * np.exp(0.8 * sigma * self.rng.normal(size=len(merchant)))
        return euros

    def charge(
        self, kind: int, account: Ints, merchant: Ints, time: Ints, euros: Floats, device: Ints
    ) -> Payments:
        """Pay, with what depends on the merchant filled in; ``device`` counts online only."""
        merchants = self.setting.merchants
        category, country = merchants.category[merchant], merchants.country[merchant]
        channel = channel_of(self.rng, category, merchants.online[merchant])
        present = card_present(channel)
        online = channel == ECOMMERCE
        home = self.setting.population.city[account]
        notes = np.maximum(np.round(euros / 10.0) * 10.0, 10.0)
        euros = np.where(category == CASH, notes, np.maximum(euros, 0.5))
        network = devices.mobile_network(self.rng, home)
        return Payments(
            time=time,
            account=account,
            merchant=merchant,
            euros=euros,
            channel=channel,
            entry_mode=entry_of(self.rng, channel, euros, country),
            device=np.where(online, device, 0),
            network=np.where(online, network, -1),
            offset_minutes=OFFSET_MINUTES[np.where(present, merchants.city[merchant], home)],
            kind=np.full(len(time), kind, dtype=np.int64),
        )

    def hide(self, device: Ints, share: float) -> Ints:
        """Devices, of which a share sends no fingerprint."""
        return np.where(self.rng.random(len(device)) < share, 0, device)

    def foreign_devices(self, kind: int, numbers: Ints) -> Ints:
        """Devices of thieves, by their numbers within the kind and day."""
        return devices.foreign_devices(self.day, kind, numbers)


def sequence(rng: np.random.Generator, sizes: Ints, mean_minutes: float) -> tuple[Ints, Ints]:
    """Lay out episodes of several payments.

    Args:
        rng: Source of chance.
        sizes: Payments of each episode.
        mean_minutes: Mean time between two payments of an episode.

    Returns:
        For every payment, its episode, and the microseconds since the episode's first.
    """
    episode = np.repeat(np.arange(len(sizes)), sizes)
    gaps = (rng.exponential(mean_minutes, len(episode)) * _MINUTE_US).astype(np.int64)
    elapsed = np.cumsum(gaps)
    first = np.cumsum(sizes) - sizes
    return episode, elapsed - elapsed[first][episode]
