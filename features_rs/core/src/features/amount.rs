//! How a payment's amount compares with what the account usually pays.

use arrayvec::ArrayVec;

use crate::error::{Error, Result};
use crate::features::{Feature, flag};
use crate::time::LONGEST_DAYS;
use crate::window::{AccountView, DayAmounts, Window};

/// Bound of the ratios.
pub const RATIO_BOUND: f64 = 100.0;
/// Bound of the z-score, on both sides.
pub const ZSCORE_BOUND: f64 = 10.0;
/// Percentile of the days' means at which they are winsorised.
pub const WINSORISED_PERCENT: usize = 90;
/// Ratio of a day's largest amount to the winsorised mean from which the day counts as high.
pub const HIGH_RATIO: f64 = 3.0;
/// Numbers of `fraud.v1.Channel` that are made without the card at hand.
const CARD_NOT_PRESENT: [i32; 3] = [2, 3, 5];

const fn deviation(
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
        reason: "UNUSUAL_AMOUNT",
    }
}

/// The family's entries.
pub const FEATURES: [Feature; 8] = [
    deviation(
        "amount",
        "EUR",
        "-",
        "The payment's amount in the base currency.",
    ),
    Feature {
        name: "card_not_present",
        unit: "0 or 1",
        window: "-",
        default: f32::NAN,
        meaning: "Whether the channel is one without the card at hand; NaN if it is unknown.",
        reason: "CARD_NOT_PRESENT",
    },
    deviation(
        "amount_to_mean_30d",
        "ratio",
        "30 d",
        "Amount over the account's mean amount, at most 100.",
    ),
    deviation(
        "amount_zscore_30d",
        "standard deviations",
        "30 d",
        "Amount less the account's mean amount, over its standard deviation, within 10.",
    ),
    deviation(
        "amount_to_winsorised_mean_30d",
        "ratio",
        "30 d",
        "Amount over the account's winsorised mean amount, at most 100.",
    ),
    deviation(
        "account_max_7d_to_winsorised_mean_30d",
        "ratio",
        "7 d",
        "Largest recent amount over the account's winsorised mean amount, at most 100.",
    ),
    deviation(
        "account_mean_7d_to_winsorised_mean_30d",
        "ratio",
        "7 d",
        "Recent mean amount over the account's winsorised mean amount, at most 100.",
    ),
    deviation(
        "account_high_days_30d",
        "days",
        "30 d",
        "Days on which the account paid over 3 times its winsorised mean amount.",
    ),
];

/// Computes the family; `amount` is in minor units of the base currency.
#[must_use]
pub fn compute(amount: i64, channel: i32, account: &AccountView<'_>) -> [f32; FEATURES.len()] {
    let amount = amount as f64;
    let [.., week, month] = &account.windows;
    let winsorised = winsorised_mean(&account.days);
    let over_mean = |value: f64| ratio(value, winsorised);
    let high = account
        .days
        .iter()
        .filter(|day| day.largest as f64 > HIGH_RATIO * winsorised)
        .count();
    [
        (amount / 100.0) as f32,
        card_not_present(channel),
        ratio(amount, month.sum / month.count),
        zscore(amount, month),
        over_mean(amount),
        over_mean(if week.count > 0.0 {
            week.largest as f64
        } else {
            f64::NAN
        }),
        over_mean(week.sum / week.count),
        if month.count > 0.0 {
            high as f32
        } else {
            f32::NAN
        },
    ]
}

fn card_not_present(channel: i32) -> f32 {
    if channel == 0 {
        return f32::NAN;
    }
    flag(CARD_NOT_PRESENT.contains(&channel))
}

/// A ratio that was computed before, as it comes back with a label.
pub(crate) fn checked_ratio(ratio: f32) -> Result<f32> {
    if (0.0..=RATIO_BOUND as f32).contains(&ratio) {
        Ok(ratio)
    } else {
        Err(Error::field("ratio_to_usual", ratio, "from 0 to 100"))
    }
}

/// NaN when the divisor is zero or unknown.
fn ratio(value: f64, divisor: f64) -> f32 {
    if divisor > 0.0 && !value.is_nan() {
        (value / divisor).min(RATIO_BOUND) as f32
    } else {
        f32::NAN
    }
}

fn zscore(amount: f64, window: &Window) -> f32 {
    let mean = window.sum / window.count;
    let variance = window.squares / window.count - mean * mean;
    if variance > 0.0 {
        let score = (amount - mean) / libm::sqrt(variance);
        score.clamp(-ZSCORE_BOUND, ZSCORE_BOUND) as f32
    } else {
        f32::NAN
    }
}

/// The mean amount with each day's mean winsorised at the 90th percentile of the days' means
/// (nearest rank), so that some days of fraud hardly move it; NaN without days.
fn winsorised_mean(days: &[DayAmounts]) -> f64 {
    let mut means: ArrayVec<f64, { LONGEST_DAYS as usize }> = days
        .iter()
        .map(|day| day.mean)
        .take(LONGEST_DAYS as usize)
        .collect();
    if means.is_empty() {
        return f64::NAN;
    }
    let rank = (means.len() * WINSORISED_PERCENT).div_ceil(100) - 1;
    let (_, cap, _) = means.select_nth_unstable_by(rank, f64::total_cmp);
    let cap = *cap;
    let (mut sum, mut count) = (0.0, 0.0);
    for day in days {
        sum += day.count * day.mean.min(cap);
        count += day.count;
    }
    sum / count
}
