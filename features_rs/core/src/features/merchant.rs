//! How often a merchant is paid, and by how many accounts.

use arrayvec::ArrayVec;

use crate::distinct::Distinct;
use crate::entity::Merchant;
use crate::features::Feature;
use crate::known::Known;
use crate::moment::Moment;
use crate::partner::MerchantPayment;
use crate::series::Item;
use crate::time::{DAY, HOUR};

const fn merchant(
    name: &'static str,
    unit: &'static str,
    window: &'static str,
    meaning: &'static str,
) -> Feature {
    Feature {
        name,
        unit,
        window,
        default: 0.0,
        meaning,
        reason: "MERCHANT_ACTIVITY",
    }
}

const PAYMENTS: &str = "Payments to the merchant before this one.";
const ACCOUNTS: &str = "Distinct accounts that paid the merchant; of 512 payments a day at most.";

/// The family's entries.
pub const FEATURES: [Feature; 5] = [
    merchant("merchant_count_1h", "payments", "1 h", PAYMENTS),
    merchant("merchant_accounts_1h", "accounts", "1 h", ACCOUNTS),
    merchant("merchant_count_24h", "payments", "24 h", PAYMENTS),
    merchant("merchant_accounts_24h", "accounts", "24 h", ACCOUNTS),
    merchant("merchant_count_7d", "payments", "7 d", PAYMENTS),
];

/// UTC days that 24 hours reach.
const DAYS: usize = 2;

/// Computes the family; `accounts` is scratch space.
pub fn compute(
    moment: &Moment,
    merchant: Option<&Merchant>,
    week: &Known,
    accounts: &mut Distinct,
) -> [f32; FEATURES.len()] {
    let Some(merchant) = merchant else {
        return [0.0; FEATURES.len()];
    };
    let recent = merchant.rated.payments.recent(moment.time - DAY, moment);
    let days: ArrayVec<(&[MerchantPayment], f64), DAYS> = recent.take(DAYS).collect();
    accounts.clear_for(days.iter().map(|(items, _)| items.len()).sum());
    let hour = count(&days, accounts, |items, split| items.get(split..), moment);
    let hour_accounts = accounts.count() as f32;
    let earlier = count(&days, accounts, |items, split| items.get(..split), moment);
    [
        hour as f32,
        hour_accounts,
        (hour + earlier) as f32,
        accounts.count() as f32,
        week.payments as f32,
    ]
}

/// Counts the payments of one side of an hour ago, and their accounts.
fn count(
    days: &[(&[MerchantPayment], f64)],
    accounts: &mut Distinct,
    side: impl Fn(&[MerchantPayment], usize) -> Option<&[MerchantPayment]>,
    moment: &Moment,
) -> f64 {
    let mut count = 0.0;
    for (items, weight) in days {
        let split = items.partition_point(|item| item.moment().time < moment.time - HOUR);
        let items = side(items, split).unwrap_or_default();
        count += weight * items.len() as f64;
        items.iter().for_each(|item| accounts.insert(item.token()));
    }
    count
}
