//! How far a payment is from where the account pays, and how fast one would have to travel.

use crate::features::{Feature, flag};
use crate::geometry::{Place, distance_km, vector_of};
use crate::moment::Moment;
use crate::time::MINUTE;
use crate::window::{AccountView, age_of};

/// Speed above which a payment is anomalous: faster than airliners fly.
pub const ANOMALOUS_KMH: f64 = 1_000.0;
/// Distance below which no speed is anomalous: two terminals of one town.
pub const ANOMALOUS_KM: f64 = 100.0;
/// The least time that a speed is taken over.
pub const LEAST_TIME: i64 = MINUTE;

const fn geography(
    name: &'static str,
    unit: &'static str,
    window: &'static str,
    meaning: &'static str,
) -> Feature {
    Feature {
        name,
        unit,
        window,
        default: f32::NAN,
        meaning,
        reason: "UNUSUAL_PLACE",
    }
}

/// The family's entries; NaN when a place that they need is missing.
pub const FEATURES: [Feature; 5] = [
    geography(
        "account_minutes_since_last",
        "minutes",
        "24 h",
        "Time since the account's payment before this one.",
    ),
    geography(
        "account_km_from_last",
        "km",
        "24 h",
        "Great-circle distance from the account's payment before this one.",
    ),
    geography(
        "account_km_from_centre",
        "km",
        "30 d",
        "Great-circle distance from the mean place of the account's payments.",
    ),
    geography(
        "account_kmh_from_last",
        "km/h",
        "24 h",
        "Speed at which the distance from the last payment was covered, over at least a minute.",
    ),
    geography(
        "geographic_anomaly",
        "0 or 1",
        "24 h",
        "Whether that speed is above 1,000 km/h over more than 100 km.",
    ),
];

/// Computes the family.
#[must_use]
pub fn compute(
    moment: &Moment,
    place: Option<Place>,
    account: &AccountView<'_>,
) -> [f32; FEATURES.len()] {
    let since = account.last.map(|last| age_of(last, moment));
    let here = place.map(vector_of);
    let last = account.last.and_then(|last| last.place).map(vector_of);
    let from_last = here.zip(last).map(|(here, last)| distance_km(here, last));
    // Places may also cancel, such as both poles.
    let centre = (account.centre != [0.0; 3]).then_some(account.centre);
    let from_centre = here
        .zip(centre)
        .map(|(here, centre)| distance_km(here, centre));
    let speed = from_last
        .zip(since)
        .map(|(km, age)| km / (age.max(LEAST_TIME) as f64 / 3_600e6));
    let anomaly = from_last
        .zip(speed)
        .map(|(km, speed)| km > ANOMALOUS_KM && speed > ANOMALOUS_KMH);
    let or_nan = |value: Option<f64>| value.map_or(f32::NAN, |value| value as f32);
    [
        or_nan(since.map(|age| age as f64 / 60e6)),
        or_nan(from_last),
        or_nan(from_centre),
        or_nan(speed),
        anomaly.map_or(f32::NAN, flag),
    ]
}
