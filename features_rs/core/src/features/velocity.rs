//! How often and for how much an account pays, over five windows.

use crate::features::Feature;
use crate::window::{AccountView, Window};

const fn count(name: &'static str, window: &'static str) -> Feature {
    Feature {
        name,
        unit: "payments",
        window,
        default: 0.0,
        meaning: "Payments of the account before this one.",
        reason: "VELOCITY_COUNT",
    }
}

const fn money(
    name: &'static str,
    window: &'static str,
    default: f32,
    meaning: &'static str,
) -> Feature {
    Feature {
        name,
        unit: "EUR",
        window,
        default,
        meaning,
        reason: "VELOCITY_AMOUNT",
    }
}

const fn sum(name: &'static str, window: &'static str) -> Feature {
    money(name, window, 0.0, "What the account paid in all.")
}

const fn mean(name: &'static str, window: &'static str) -> Feature {
    money(name, window, f32::NAN, "Mean amount the account paid.")
}

const fn largest(name: &'static str, window: &'static str) -> Feature {
    money(name, window, f32::NAN, "Largest amount the account paid.")
}

/// The family's entries, window by window.
pub const FEATURES: [Feature; 20] = [
    count("account_count_5m", "5 min"),
    sum("account_sum_5m", "5 min"),
    mean("account_mean_5m", "5 min"),
    largest("account_max_5m", "5 min"),
    count("account_count_1h", "1 h"),
    sum("account_sum_1h", "1 h"),
    mean("account_mean_1h", "1 h"),
    largest("account_max_1h", "1 h"),
    count("account_count_24h", "24 h"),
    sum("account_sum_24h", "24 h"),
    mean("account_mean_24h", "24 h"),
    largest("account_max_24h", "24 h"),
    count("account_count_7d", "7 d"),
    sum("account_sum_7d", "7 d"),
    mean("account_mean_7d", "7 d"),
    largest("account_max_7d", "7 d"),
    count("account_count_30d", "30 d"),
    sum("account_sum_30d", "30 d"),
    mean("account_mean_30d", "30 d"),
    largest("account_max_30d", "30 d"),
];

/// Computes the family.
#[must_use]
pub fn compute(account: &AccountView) -> [f32; FEATURES.len()] {
    let mut row = [0.0; FEATURES.len()];
    for (measures, window) in row.as_chunks_mut().0.iter_mut().zip(&account.windows) {
        *measures = measures_of(window);
    }
    row
}

fn measures_of(window: &Window) -> [f32; 4] {
    if window.count == 0.0 {
        return [0.0, 0.0, f32::NAN, f32::NAN];
    }
    [
        window.count as f32,
        (window.sum / 100.0) as f32,
        (window.sum / window.count / 100.0) as f32,
        (window.largest as f64 / 100.0) as f32,
    ]
}
