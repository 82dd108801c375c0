//! When a payment is made, on the clock of its place.

use crate::features::{Feature, flag};
use crate::time::{DAY, MINUTE, day_of};

/// Local hours from which and before which it is night.
pub const NIGHT: (f64, f64) = (22.0, 6.0);

const fn calendar(name: &'static str, unit: &'static str, meaning: &'static str) -> Feature {
    Feature {
        name,
        unit,
        window: "-",
        default: f32::NAN,
        meaning,
        reason: "UNUSUAL_TIME",
    }
}

/// The family's entries; all NaN when the payment does not say its offset from UTC.
pub const FEATURES: [Feature; 3] = [
    calendar("local_hour", "hours", "Local time of day, 0 to 24."),
    calendar(
        "local_night",
        "0 or 1",
        "Whether it is 22:00 to 06:00 local time.",
    ),
    calendar(
        "local_weekend",
        "0 or 1",
        "Whether it is Saturday or Sunday local time.",
    ),
];

/// Computes the family.
#[must_use]
pub fn compute(time: i64, utc_offset_minutes: Option<i32>) -> [f32; FEATURES.len()] {
    let Some(offset) = utc_offset_minutes else {
        return [f32::NAN; FEATURES.len()];
    };
    let local = time + i64::from(offset) * MINUTE;
    let hour = local.rem_euclid(DAY) as f64 / 3_600e6;
    // 1970-01-01 was a Thursday, so Saturday and Sunday are days 2 and 3 of a week.
    let weekday = day_of(local).rem_euclid(7);
    let (night_from, night_to) = NIGHT;
    [
        hour as f32,
        flag(hour >= night_from || hour < night_to),
        flag(weekday == 2 || weekday == 3),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SECOND;

    #[test]
    fn reads_the_local_clock() {
        // Saturday 2023-11-18 23:30 UTC is Sunday 00:30 in Berlin.
        let time = 1_700_350_200 * SECOND;
        assert_eq!(compute(time, Some(60)), [0.5, 1.0, 1.0]);
        assert!(compute(time, None).iter().all(|value| value.is_nan()));
    }
}
