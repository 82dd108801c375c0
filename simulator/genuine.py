"""A day of what customers do themselves."""

import numpy as np

from simulator import devices, favourites
from simulator.arrays import Flags, Floats, Ints
from simulator.categories import (
    CASH,
    LARGE,
    ONLINE,
    RECURRING,
    SIGMA,
    price_level_on,
    weights_on,
)
from simulator.channels import CONTACTLESS, ECOMMERCE, card_present, channel_of, entry_of
from simulator.merchants import ONLINE_PLACE, Market, usual_amount
from simulator.payments import Payments, join
from simulator.places import OFFSET_MINUTES
from simulator.randomness import choose_each, stream
from simulator.rhythm import DAY_US, HOUR_US, WEEKDAY, local_hours, to_utc_us, weekday_on
from simulator.setting import Setting
from simulator.travel import ARRIVAL_HOUR_UTC, Whereabouts, whereabouts_on

_FAVOURITE = 0.8  # share of payments at a favourite merchant
_WORK_HOURS = (8.5, 17.5)
_LEAST_EUROS = 0.5
_DEVICE_UNKNOWN = 0.06  # share of remote payments whose gateway sends no device
_SPREE_MINUTES = 6.0  # mean time between payments of a spree


def genuine_payments(setting: Setting, day: int) -> Payments:
    """Everything that customers themselves pay on a day, in no order."""
    config, people = setting.config, setting.population
    rng = stream(config.seed, "genuine", day)
    where = whereabouts_on(config.seed, people, config.travel_rate, day)
    weekday = weekday_on(config.start, day)
    rate = people.rates_on(day) * config.payments_per_day * WEEKDAY[weekday]
    payer = np.repeat(np.arange(len(people)), rng.poisson(rate))
    category = choose_each(rng, people.taste[payer] * weights_on(day, weekday >= 5))
    online = rng.random(len(payer)) < ONLINE[category] * people.online[payer]
    online |= ONLINE[category] == 1.0
    online &= ONLINE[category] > 0.0
    local = local_hours(rng, category) + people.clock_shift[payer]
    at_work = (local > _WORK_HOURS[0]) & (local < _WORK_HOURS[1]) & (weekday < 5)
    merchant = _merchants(rng, setting, day, (payer, category, online, at_work), where)
    payments = _payments(rng, setting, day, (payer, merchant, local), where)
    payments = payments.take(~_in_transit(payments, where, day))
    return join([payments, _sprees(rng, setting, payments, day)])


def _merchants(
    rng: np.random.Generator,
    setting: Setting,
    day: int,
    who: tuple[Ints, Ints, Flags, Flags],
    where: Whereabouts,
) -> Ints:
    """A favourite if it is open and the customer at home, else any of the place's."""
    payer, category, online, at_work = who
    market = Market(setting.merchants, day)
    spot = np.where(online, favourites.ONLINE, np.where(at_work, favourites.WORK, favourites.HOME))
    usual = setting.favourites.choose(rng, day, payer, category, spot)
    place = np.where(online, ONLINE_PLACE, where.city[payer])
    other = market.choose(rng, category, place)
    at_favourite = rng.random(len(payer)) < np.where(RECURRING[category], 1.0, _FAVOURITE)
    at_favourite &= market.open[usual] & (online | ~where.away[payer])
    return np.where(at_favourite, usual, other)


def _payments(
    rng: np.random.Generator,
    setting: Setting,
    day: int,
    who: tuple[Ints, Ints, Floats],
    where: Whereabouts,
) -> Payments:
    payer, merchant, local = who
    merchants = setting.merchants
    category = merchants.category[merchant]
    channel = channel_of(rng, category, merchants.online[merchant])
    euros = _amounts(rng, setting, day, payer, merchant)
    entry = entry_of(rng, channel, euros, merchants.country[merchant])
    offset = OFFSET_MINUTES[where.city[payer]]
    device, network = _devices(rng, setting, day, (payer, channel, entry), where)
    return Payments(
        time=day * DAY_US + to_utc_us(local, offset),
        account=payer,
        merchant=merchant,
        euros=euros,
        channel=channel,
        entry_mode=entry,
        device=device,
        network=network,
        offset_minutes=offset,
        kind=np.zeros(len(payer), dtype=np.int64),
    )


def _amounts(
    rng: np.random.Generator, setting: Setting, day: int, payer: Ints, merchant: Ints
) -> Floats:
    """Log-normal about what is usual at the merchant and for the customer."""
    category = setting.merchants.category[merchant]
    euros = usual_amount(setting.merchants, merchant) * price_level_on(day)
    euros *= np.where(RECURRING[category], 1.0, setting.population.budget[payer])
    euros *= np.exp(SIGMA[category] * rng.normal(size=len(payer)))
    large = rng.random(len(payer)) < setting.config.large_purchase_rate * (
        1.0 + 4.0 * LARGE[category]
    )
    euros = np.where(large, euros * rng.lognormal(1.4, 0.5, len(payer)), euros)
    notes = np.maximum(np.round(euros / 10.0) * 10.0, 10.0)
    return np.where(category == CASH, notes, np.maximum(euros, _LEAST_EUROS))


def _devices(
    rng: np.random.Generator,
    setting: Setting,
    day: int,
    how: tuple[Ints, Ints, Ints],
    where: Whereabouts,
) -> tuple[Ints, Ints]:
    """A device for payments online and with a telephone's wallet; a network for those online."""
    payer, channel, entry = how
    people = setting.population
    usual = devices.usual_device(rng, people, payer, day)
    phone = devices.own_device(people, payer, np.zeros_like(payer), day)
    online = (channel == ECOMMERCE) & (rng.random(len(payer)) >= _DEVICE_UNKNOWN)
    wallet = (entry == CONTACTLESS) & (rng.random(len(payer)) < people.wallet[payer])
    device = np.where(online, usual, np.where(wallet, phone, 0))
    on_the_move = where.away[payer] | (rng.random(len(payer)) < 0.3)
    mobile = devices.mobile_network(rng, where.city[payer])
    network = np.where(on_the_move, mobile, devices.home_network(people, payer))
    return device, np.where(channel == ECOMMERCE, network, -1)


def _in_transit(payments: Payments, where: Whereabouts, day: int) -> Flags:
    """Payments at a counter that the customer cannot have reached yet."""
    early = payments.time - day * DAY_US < ARRIVAL_HOUR_UTC * HOUR_US
    return where.journey[payments.account] & early & card_present(payments.channel)


def _sprees(rng: np.random.Generator, setting: Setting, payments: Payments, day: int) -> Payments:
    """More payments at the same merchant within minutes: rounds in a bar, levels of a game."""
    first = np.flatnonzero(rng.random(len(payments)) < setting.config.spree_rate)
    more = rng.integers(2, 6, len(first))
    step = np.arange(more.sum()) - np.repeat(np.cumsum(more) - more, more) + 1
    again = payments.take(np.repeat(first, more))
    gap = (rng.exponential(_SPREE_MINUTES, len(step)) * 60e6).astype(np.int64)
    time = again.time + step * 30_000_000 + gap * step
    euros = _amounts(rng, setting, day, again.account, again.merchant)
    spree = Payments(
        time=time,
        account=again.account,
        merchant=again.merchant,
        euros=euros,
        channel=again.channel,
        entry_mode=again.entry_mode,
        device=again.device,
        network=again.network,
        offset_minutes=again.offset_minutes,
        kind=again.kind,
    )
    return spree.take(time < (day + 1) * DAY_US)
