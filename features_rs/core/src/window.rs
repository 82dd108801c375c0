//! Sums over an account's windows, gathered once for all families.

use arrayvec::ArrayVec;

use crate::account::{AccountPayment, AccountTotals};
use crate::moment::Moment;
use crate::sample::sum_of;
use crate::series::{Item, Series, start_of_days};
use crate::time::{DAY, HOUR, LONGEST_DAYS, MINUTE};

/// Lengths of the windows that are exact to the event.
pub const EXACT_SPANS: [i64; 3] = [5 * MINUTE, HOUR, DAY];
/// Lengths, in UTC days that end with the current one, of the longer windows.
pub const DAY_SPANS: [i32; 2] = [7, LONGEST_DAYS];

/// Sums over one window; amounts in minor units of the base currency.
///
/// A day's integer sums are scaled by its weight and then added, oldest day first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Window {
    /// Payments.
    pub count: f64,
    /// Of amounts.
    pub sum: f64,
    /// Of squared amounts.
    pub squares: f64,
    /// Greatest amount.
    pub largest: i64,
}

impl Window {
    fn add(&mut self, weight: f64, totals: &AccountTotals) {
        self.count += weight * f64::from(totals.count);
        self.sum += weight * totals.sum as f64;
        self.squares += weight * totals.squares as f64;
        self.largest = self.largest.max(totals.largest);
    }
}

/// One day of the longest window.
#[derive(Debug, Clone, Copy)]
pub struct DayAmounts {
    /// Mean amount.
    pub mean: f64,
    /// Payments.
    pub count: f64,
    /// Greatest amount.
    pub largest: i64,
}

/// What the families read of an account, as known just before a payment.
#[derive(Debug, Clone)]
pub struct AccountView<'a> {
    /// 5 min, 1 h, 24 h, 7 d, 30 d.
    pub windows: [Window; EXACT_SPANS.len() + DAY_SPANS.len()],
    /// The days of the 30 d window that had payments, oldest first.
    pub days: ArrayVec<DayAmounts, { LONGEST_DAYS as usize }>,
    /// Sum of the places of the 30 d window.
    pub centre: [f64; 3],
    /// The payment before this one, if it was within 24 hours.
    pub last: Option<&'a AccountPayment>,
}

impl<'a> AccountView<'a> {
    /// Gathers the sums of what came before `moment`.
    #[must_use]
    pub fn new(payments: &'a Series<AccountPayment>, moment: &Moment) -> Self {
        let [mut five_minutes, mut hour, mut day] = EXACT_SPANS.map(|_| Window::default());
        for (window, span) in [&mut five_minutes, &mut hour, &mut day]
            .into_iter()
            .zip(EXACT_SPANS)
        {
            for (items, weight) in payments.recent(moment.time - span, moment) {
                window.add(weight, &sum_of(items));
            }
        }
        let mut view = Self {
            windows: [
                five_minutes,
                hour,
                day,
                Window::default(),
                Window::default(),
            ],
            days: ArrayVec::new(),
            centre: [0.0; 3],
            last: payments.last_between(moment.time - DAY, moment),
        };
        view.gather_days(payments, moment);
        view
    }

    fn gather_days(&mut self, payments: &Series<AccountPayment>, moment: &Moment) {
        let [.., week, month] = &mut self.windows;
        let (days, centre) = (&mut self.days, &mut self.centre);
        let [week_start, month_start] = DAY_SPANS.map(|span| start_of_days(moment.time, span));
        payments.each_day(month_start, moment, |day, weight, totals| {
            month.add(weight, totals);
            if i64::from(day) * DAY >= week_start {
                week.add(weight, totals);
            }
            // There are no more days in the window than there is room for.
            let _ = days.try_push(DayAmounts {
                mean: totals.sum as f64 / f64::from(totals.count),
                count: weight * f64::from(totals.count),
                largest: totals.largest,
            });
            for (sum, part) in centre.iter_mut().zip(totals.centre) {
                *sum += f64::from(part);
            }
        });
    }

    /// The 30 d window.
    #[must_use]
    pub fn month(&self) -> &Window {
        let [.., month] = &self.windows;
        month
    }
}

/// Time since an item's moment, in microseconds.
#[must_use]
pub fn age_of<I: Item>(item: &I, now: &Moment) -> i64 {
    now.time - item.moment().time
}
