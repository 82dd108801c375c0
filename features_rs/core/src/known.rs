//! Payments over a merchant's or category's longer windows, and the frauds known among them.

use crate::entity::Rated;
use crate::moment::Moment;
use crate::series::{Item, Totals, start_of_days};
use crate::time::day_of;
use crate::window::DAY_SPANS;

/// Sums over one window.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known {
    /// Payments made in it.
    pub payments: f64,
    /// Frauds that became known in it, less those withdrawn in it, at least none.
    pub frauds: f64,
}

/// The 7 d and the 30 d window, as known just before a payment; zeros for an unknown entity.
#[must_use]
pub fn known_of<P: Item>(moment: &Moment, rated: Option<&Rated<P>>) -> [Known; 2] {
    let mut windows = [Known::default(); DAY_SPANS.len()];
    let Some(rated) = rated else {
        return windows;
    };
    let [week, month] = &mut windows;
    let [week_start, oldest] = DAY_SPANS.map(|days| start_of_days(moment.time, days));
    let week_first = day_of(week_start);
    rated
        .payments
        .each_day(oldest, moment, |day, weight, totals| {
            let payments = weight * f64::from(totals.count());
            month.payments += payments;
            if day >= week_first {
                week.payments += payments;
            }
        });
    // A label counts from its known-at time on, that instant included.
    let known_by = Moment::after(moment.time);
    rated
        .reports
        .each_day(oldest, &known_by, |day, weight, totals| {
            let frauds = weight * f64::from(totals.frauds);
            month.frauds += frauds;
            if day >= week_first {
                week.frauds += frauds;
            }
        });
    // What is withdrawn may have become known before the window.
    windows.map(|window| Known {
        frauds: window.frauds.max(0.0),
        ..window
    })
}
