"""How far and how fast from where the account paid before."""

import math

from tests.laws.oracle.known import Known
from tests.laws.oracle.sphere import centre_of, distance_km
from tests.laws.oracle.time import DAY, MINUTE

ANOMALOUS_KMH = 1000.0
ANOMALOUS_KM = 100.0


def geography(known: Known) -> dict[str, float]:
    """The family."""
    here, account = known.probe.place, known.of_account()
    recent = known.within(account, DAY)
    last = max(recent, key=lambda payment: payment.moment, default=None)
    age = math.nan if last is None else float(known.time - last.event_time_us)
    last_place = None if last is None else last.place
    places = [p.place for p in known.in_days(account, 30) if p.place is not None]
    centre = centre_of(places)
    km = math.nan if here is None or last_place is None else distance_km(here, last_place)
    kmh = km / (max(age, float(MINUTE)) / 3_600e6)
    return {
        "account_minutes_since_last": age / 60e6,
        "account_km_from_last": km,
        "account_km_from_centre": math.nan
        if here is None or centre is None
        else distance_km(here, centre),
        "account_kmh_from_last": kmh,
        "geographic_anomaly": math.nan
        if math.isnan(km)
        else float(km > ANOMALOUS_KM and kmh > ANOMALOUS_KMH),
    }
