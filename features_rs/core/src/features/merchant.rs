//! How often a merchant is paid, and by how many accounts.

use crate::entity::Merchant;
use crate::features::Feature;
use crate::known::Known;
use crate::moment::Moment;
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

/// Computes the family; `tokens` is scratch space.
pub fn compute(
    moment: &Moment,
    merchant: Option<&Merchant>,
    week: &Known,
    tokens: &mut Vec<u64>,
) -> [f32; FEATURES.len()] {
    let Some(merchant) = merchant else {
        return [0.0; FEATURES.len()];
    };
    let [hour, hour_accounts] = recent(moment, merchant, HOUR, tokens);
    let [day, day_accounts] = recent(moment, merchant, DAY, tokens);
    [hour, hour_accounts, day, day_accounts, week.payments as f32]
}

fn recent(moment: &Moment, merchant: &Merchant, span: i64, tokens: &mut Vec<u64>) -> [f32; 2] {
    tokens.clear();
    let mut count = 0.0;
    for (items, weight) in merchant.rated.payments.recent(moment.time - span, moment) {
        count += weight * items.len() as f64;
        tokens.extend(items.iter().map(Item::token));
    }
    tokens.sort_unstable();
    tokens.dedup();
    [count as f32, tokens.len() as f32]
}
