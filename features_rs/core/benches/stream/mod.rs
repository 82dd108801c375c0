//! A month of payments such as a mid-sized issuer sees, and a slow check of what they give.
#![allow(dead_code, reason = "each benchmark uses a part of it")]

use fraud_features::time::{DAY, HOUR};
use fraud_features::{Event, Payment, WIDTH, contract};

/// Days that the stream lasts.
pub const DAYS: i64 = 30;
const START: i64 = 20_000 * DAY;
const CATEGORIES: u64 = 40;

/// Who pays whom how often.
#[derive(Debug, Clone, Copy)]
pub struct World {
    /// Paying accounts.
    pub accounts: u64,
    /// Paid merchants; small numbers are paid most.
    pub merchants: u64,
    /// Of ten accounts, how many are busy.
    pub busy_tenths: u64,
    /// Payments of a busy account.
    pub busy_payments: u64,
    /// Payments of any other.
    pub other_payments: u64,
}

/// One payment, with room for its names.
#[derive(Debug, Clone)]
pub struct Row {
    time: i64,
    number: u64,
    account: u64,
    merchant: u64,
    /// Before currency.
    pub amount: i64,
    id: String,
    account_id: String,
    merchant_id: String,
    category: String,
    device_id: String,
    place: (f64, f64),
}

impl World {
    /// How many payments there are.
    #[must_use]
    pub fn payments(&self) -> u64 {
        let busy = self.accounts * self.busy_tenths / 10;
        busy * self.busy_payments + (self.accounts - busy) * self.other_payments
    }

    /// The payments in the order of time; the `number`th, made without the ones before it.
    #[must_use]
    pub fn row(&self, number: u64) -> Row {
        let busy = self.accounts * self.busy_tenths / 10;
        let turn = scatter(number) % self.payments();
        // Every account gets its share on the average.
        let account = if turn < busy * self.busy_payments {
            turn % busy.max(1)
        } else {
            busy + turn % (self.accounts - busy).max(1)
        };
        let span = DAYS * DAY;
        let time = START + (number as i128 * i128::from(span) / i128::from(self.payments())) as i64;
        let draw = scatter(number ^ 0x5bd1_e995);
        let share = (draw % 10_000) as f64 / 10_000.0;
        // Popularity falls off as a square: a few merchants are crowded, most are not.
        let merchant = (share * share * self.merchants as f64) as u64;
        let home = scatter(account);
        Row {
            time,
            number,
            account,
            merchant,
            amount: 100 + (draw >> 20) as i64 % 20_000,
            id: format!("{draw:016x}-{number:x}"),
            account_id: format!("account-{account:07}"),
            merchant_id: format!("merchant-{merchant:05}"),
            category: format!("{}", 5_000 + merchant % CATEGORIES),
            device_id: format!("device-{account:07}-{}", u64::from(draw.is_multiple_of(10))),
            place: (
                ((home % 1_000) as f64 + (draw % 100) as f64 / 50.0) / 10.0 - 50.0,
                ((home >> 10) % 3_000) as f64 / 10.0 - 150.0,
            ),
        }
    }

    /// A stretch of the payments.
    #[must_use]
    pub fn rows(&self, numbers: std::ops::Range<u64>) -> Vec<Row> {
        numbers.map(|number| self.row(number)).collect()
    }
}

impl Row {
    /// What the gateway gives.
    #[must_use]
    pub fn event(&self) -> Event<'_> {
        let (latitude, longitude) = self.place;
        Event {
            transaction_id: &self.id,
            account_id: &self.account_id,
            merchant_id: &self.merchant_id,
            category: &self.category,
            amount_minor: self.amount,
            currency: "EUR",
            event_time: self.time,
            channel: 2,
            latitude: Some(latitude),
            longitude: Some(longitude),
            device_id: Some(&self.device_id),
            utc_offset_minutes: Some(60),
        }
    }

    /// The same, checked.
    #[must_use]
    pub fn payment(&self) -> Payment<&str> {
        self.event().check().expect("a valid payment")
    }
}

/// Compares some features of the `number`th payment with a count over all payments before it.
///
/// # Panics
/// When they differ.
pub fn check_row(all: &[Row], number: usize, row: &[f32; WIDTH]) {
    let (before, now) = (&all[..number], &all[number]);
    let of_account = |row: &&Row| row.account == now.account;
    let since = |span: i64| move |row: &&Row| row.time >= now.time - span;
    let month = now.time / DAY - DAYS + 1;
    let of_month = |row: &&Row| row.account == now.account && row.time / DAY >= month;
    let day = before.iter().filter(of_account).filter(since(DAY)).count();
    let at_merchant = |row: &&Row| row.merchant == now.merchant;
    let hour = before
        .iter()
        .filter(at_merchant)
        .filter(since(HOUR))
        .count();
    let of_today = |row: &&Row| row.time / DAY == now.time / DAY;
    let crowd = before.iter().filter(at_merchant).filter(of_today).count();
    let total: i64 = before.iter().filter(of_month).map(|row| row.amount).sum();
    let count = before.iter().filter(of_month).count();
    // A more crowded day is sampled.
    let exact = (crowd < 512).then_some(("merchant_count_1h", hour as f32));
    let expected = [
        ("account_count_24h", day as f32),
        ("account_count_30d", count as f32),
        ("account_sum_30d", (total as f64 / 100.0) as f32),
        ("amount", (now.amount as f64 / 100.0) as f32),
    ];
    for (name, expected) in expected.into_iter().chain(exact) {
        let place = contract::features().position(|(_, feature)| feature.name == name);
        let found = row[place.expect("a feature of the contract")];
        assert_eq!(found, expected, "{name} of payment {number}");
    }
}

/// A number as good as random (splitmix64).
fn scatter(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
