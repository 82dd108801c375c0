"""Streams of payments and labels that reach every corner of the contract."""

from collections.abc import Callable

from hypothesis import strategies as st

from tests.laws.oracle import Payment, Report, Verdict
from tests.laws.oracle.time import DAY, HOUR, MINUTE
from tests.laws.replica import Deed

START = 1_700_000_000_000_000
LATENESS = HOUR

GAPS = st.one_of(
    # The edges of windows, of the lateness bound and of days, to the microsecond.
    st.sampled_from([0, 0, 1, 5 * MINUTE, HOUR, DAY, DAY - 1, DAY + 1, 7 * DAY, 30 * DAY]),
    st.integers(0, 2 * HOUR),
    st.integers(0, 3 * HOUR),
    st.integers(0, 2 * DAY),
    st.integers(0, 40 * DAY),
)
DELAYS = st.one_of(
    st.sampled_from([0, 1, HOUR, DAY, 7 * DAY]), st.integers(0, 10 * DAY), st.integers(0, 40 * DAY)
)
# Days are sealed and forgotten an hour after midnight.
AFTER_MIDNIGHT = st.sampled_from([None, None, None, 0, HOUR // 2, HOUR - 1, HOUR, 2 * HOUR])
AMOUNTS = st.one_of(
    st.sampled_from([0, 1, 5, 15, 19_999, 20_000, 10**15, 10**15 - 1]),
    st.integers(1, 30_000),
    st.integers(0, 10**15),
)
RATIOS = st.one_of(
    st.none(),
    st.sampled_from([0.0, 1.9999998807907104, 2.0, 100.0]),
    st.floats(0.0, 100.0, width=32),
)
CURRENCIES = st.sampled_from(["EUR", "EUR", "USD", "JPY", "KWD", "IDR", "HUF", "GBP"])
PLACES = st.one_of(
    st.none(),
    st.sampled_from(
        [(90.0, 0.0), (-90.0, 17.0), (0.0, 180.0), (0.0, -180.0), (0.0, 0.0), (51.5, -0.1)]
    ),
    st.tuples(st.floats(-90.0, 90.0), st.floats(-180.0, 180.0)),
    st.tuples(st.floats(48.0, 49.0), st.floats(2.0, 3.0)),
)
DEVICES = st.sampled_from([None, None, "phone", "laptop", "tablet"])
OFFSETS = st.one_of(st.none(), st.sampled_from([0, 60, 330, -840, 840]))


def transaction_id(number: int) -> str:
    """Ids of every stored form (UUID, short, long), in an order that is not that of ``number``."""
    scattered = (number * 7919) % 10_007
    forms: list[Callable[[int], str]] = [
        lambda n: f"{n:08x}-0000-4000-8000-00000000000a",
        lambda n: f"t{n}",
        lambda n: f"payment-{n:05d}-of-a-rather-long-id-é",
    ]
    return forms[number % 3](scattered)


@st.composite
def payments(draw: st.DrawFn, most: int = 24) -> list[Payment]:
    """Payments in the order of event time."""
    time, made = START + draw(st.integers(0, DAY)), []
    for number in range(draw(st.integers(1, most))):
        time = _snapped(time + draw(GAPS), draw(AFTER_MIDNIGHT))
        made.append(draw(payment_at(time, transaction_id(number))))
    return sorted(made, key=lambda payment: payment.moment)


def _snapped(time: int, after_midnight: int | None) -> int:
    """The instant so long after the next midnight, or ``time`` itself."""
    return time if after_midnight is None else -(-time // DAY) * DAY + after_midnight


@st.composite
def payment_at(draw: st.DrawFn, time: int, identity: str) -> Payment:
    """A payment at ``time``."""
    place = draw(PLACES)
    return Payment(
        transaction_id=identity,
        event_time_us=time,
        account_id=draw(st.sampled_from(["anna", "anna", "boris"])),
        merchant_id=draw(st.sampled_from(["grocer", "grocer", "kiosk"])),
        category=draw(st.sampled_from(["5411", "5411", "5999"])),
        amount_minor=draw(AMOUNTS),
        currency=draw(CURRENCIES),
        channel=draw(st.integers(0, 5)),
        latitude=None if place is None else place[0],
        longitude=None if place is None else place[1],
        device_id=draw(DEVICES),
        utc_offset_minutes=draw(OFFSETS),
    )


@st.composite
def reports_of(draw: st.DrawFn, made: list[Payment]) -> list[Report]:
    """Labels of some of the payments: fraud, genuine, withdrawn again, repeated, late."""
    reports: list[Report] = []
    for payment in made:
        known_at = payment.event_time_us
        usual = draw(RATIOS)
        for verdict in draw(st.sampled_from(STORIES)):
            known_at += draw(DELAYS)
            reports.append(Report(payment, known_at, verdict, usual))
    return reports


STORIES: list[tuple[Verdict, ...]] = [
    (),
    (Verdict.FRAUD,),
    (Verdict.FRAUD,),
    (Verdict.GENUINE,),
    (Verdict.FRAUD, Verdict.FRAUD),
    (Verdict.FRAUD, Verdict.WITHDRAWN),
    (Verdict.GENUINE, Verdict.FRAUD, Verdict.WITHDRAWN),
]


@st.composite
def deeds(draw: st.DrawFn, most: int = 24) -> list[Deed]:
    """Payments and labels in the order in which they become known, some of them twice."""
    made = draw(payments(most))
    everything: list[Deed] = [*made, *draw(reports_of(made))]
    repeated = draw(st.lists(st.sampled_from(everything), max_size=4))
    return sorted([*everything, *repeated], key=order_of)


@st.composite
def arrivals(draw: st.DrawFn, done: list[Deed]) -> list[Deed]:
    """The same deeds, each up to the lateness bound behind the newest."""
    delays = draw(st.lists(st.integers(0, LATENESS), min_size=len(done), max_size=len(done)))
    arrived = [time_of(deed) + delay for deed, delay in zip(done, delays, strict=True)]
    return [done[place] for place in sorted(range(len(done)), key=arrived.__getitem__)]


@st.composite
def probes(draw: st.DrawFn, done: list[Deed], most: int = 4) -> list[Payment]:
    """Payments that are not recorded, at or up to the lateness bound before the newest deed."""
    newest = max(time_of(deed) for deed in done)
    asked = []
    for number in range(draw(st.integers(1, most))):
        time = newest + draw(st.one_of(st.integers(-LATENESS, 0), GAPS))
        asked.append(draw(payment_at(time, f"probe-{number}")))
    return asked


def time_of(deed: Deed) -> int:
    """When a deed becomes known."""
    return deed.event_time_us if isinstance(deed, Payment) else deed.known_at_us


def order_of(deed: Deed) -> tuple[int, int, bytes]:
    """Labels of an instant before its payments, as they count for them."""
    if isinstance(deed, Payment):
        return deed.event_time_us, 1, deed.transaction_id.encode()
    return deed.known_at_us, 0, deed.payment.transaction_id.encode()
