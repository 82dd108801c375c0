//! What is known of frauds at a merchant and in a category, counted from when it became known.

use crate::entity::{Category, Merchant};
use crate::features::Feature;
use crate::history::Run;
use crate::known::{Known, known_of};
use crate::moment::Moment;
use crate::series::{Totals, start_of_days};
use crate::time::{DAY, LONGEST_DAYS, day_of};

/// Payments that the prior rate counts for.
pub const PRIOR_PAYMENTS: f64 = 20.0;
/// Rate of frauds assumed of a merchant or category that nothing is known of.
pub const PRIOR_RATE: f64 = 0.005;
/// Age at which a payment's fraud is expected to be known.
pub const LABEL_MATURITY: i64 = 7 * DAY;

const fn risk(
    name: &'static str,
    unit: &'static str,
    window: &'static str,
    default: f32,
    meaning: &'static str,
    reason: &'static str,
) -> Feature {
    Feature {
        name,
        unit,
        window,
        default,
        meaning,
        reason,
    }
}

const MERCHANT: &str = "MERCHANT_RISK";
const RATE: &str =
    "Frauds that became known in the window over payments in it, smoothed by a prior.";

/// The family's entries.
pub const FEATURES: [Feature; 12] = [
    risk(
        "merchant_fraud_rate_7d",
        "rate",
        "7 d",
        0.005,
        RATE,
        MERCHANT,
    ),
    risk(
        "merchant_fraud_rate_30d",
        "rate",
        "30 d",
        0.005,
        RATE,
        MERCHANT,
    ),
    risk(
        "merchant_frauds_known_7d",
        "payments",
        "7 d",
        0.0,
        "Frauds at the merchant that became known in the window.",
        MERCHANT,
    ),
    risk(
        "merchant_frauds_known_30d",
        "payments",
        "30 d",
        0.0,
        "Frauds at the merchant that became known in the window.",
        MERCHANT,
    ),
    risk(
        "merchant_days_since_fraud",
        "days",
        "30 d",
        f32::NAN,
        "Time since the newest payment at the merchant that is known to be fraud.",
        MERCHANT,
    ),
    risk(
        "merchant_days_since_ordinary_fraud",
        "days",
        "30 d",
        f32::NAN,
        "The same, of everyday frauds: of under 2 times what was usual for their account, or 200 EUR if that is not known.",
        MERCHANT,
    ),
    risk(
        "merchant_run_length",
        "payments",
        "30 d",
        0.0,
        "Frauds in the merchant's current run: no known genuine payment between, no gap over 7 days.",
        MERCHANT,
    ),
    risk(
        "merchant_days_since_run_began",
        "days",
        "30 d",
        f32::NAN,
        "Time since the first payment of that run.",
        MERCHANT,
    ),
    risk(
        "merchant_ordinary_run_length",
        "payments",
        "30 d",
        0.0,
        "Everyday frauds in that run.",
        MERCHANT,
    ),
    risk(
        "merchant_days_since_ordinary_run_began",
        "days",
        "30 d",
        f32::NAN,
        "Time since the first of them.",
        MERCHANT,
    ),
    risk(
        "merchant_run_share",
        "share",
        "30 d",
        0.0,
        "That run's frauds over the merchant's payments from its begin to 7 days ago.",
        MERCHANT,
    ),
    risk(
        "category_fraud_rate_30d",
        "rate",
        "30 d",
        0.005,
        RATE,
        "CATEGORY_RISK",
    ),
];

/// Computes the family.
#[must_use]
pub fn compute(
    moment: &Moment,
    merchant: Option<&Merchant>,
    [week, month]: &[Known; 2],
    category: Option<&Category>,
) -> [f32; FEATURES.len()] {
    let [_, in_category] = known_of(moment, category);
    let rates = [
        rate_of(week),
        rate_of(month),
        week.frauds as f32,
        month.frauds as f32,
    ];
    let runs = merchant.map_or_else(
        || runs_of(moment, &Merchant::default()),
        |m| runs_of(moment, m),
    );
    let mut row = [0.0; FEATURES.len()];
    let values = rates.into_iter().chain(runs).chain([rate_of(&in_category)]);
    row.iter_mut()
        .zip(values)
        .for_each(|(to, value)| *to = value);
    row
}

/// The rate, as if [`PRIOR_PAYMENTS`] more payments had had the prior rate.
fn rate_of(known: &Known) -> f32 {
    let frauds = known.frauds + PRIOR_PAYMENTS * PRIOR_RATE;
    (frauds / (known.payments + PRIOR_PAYMENTS)) as f32
}

fn runs_of(moment: &Moment, merchant: &Merchant) -> [f32; 7] {
    let oldest = start_of_days(moment.time, LONGEST_DAYS);
    let frauds = merchant.history.frauds_at(moment.time, oldest);
    let days = |since: Option<i64>| {
        since.map_or(f32::NAN, |since| {
            ((moment.time - since) as f64 / DAY as f64) as f32
        })
    };
    let length = |run: Option<Run>| run.map_or(0.0, |run| run.length as f32);
    [
        days(frauds.newest),
        days(frauds.newest_ordinary),
        length(frauds.run),
        days(frauds.run.map(|run| run.began)),
        length(frauds.ordinary_run),
        days(frauds.ordinary_run.map(|run| run.began)),
        frauds
            .run
            .map_or(0.0, |run| share_of(moment, merchant, run)),
    ]
}

/// Of the payments whose frauds should be known by now, how many the run explains.
fn share_of(moment: &Moment, merchant: &Merchant, run: Run) -> f32 {
    let first = run.began.max(start_of_days(moment.time, LONGEST_DAYS));
    let last = day_of((moment.time - LABEL_MATURITY).max(0));
    let mut payments = 0.0;
    let start = start_of_days(first, 1);
    merchant
        .rated
        .payments
        .each_day(start, moment, |day, weight, totals| {
            payments += if day <= last {
                weight * f64::from(totals.count())
            } else {
                0.0
            };
        });
    (run.length as f64 / payments.max(1.0)) as f32
}
