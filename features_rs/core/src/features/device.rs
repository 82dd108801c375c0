//! Whether a device is new to the account, and how many accounts it pays for.

use crate::distinct::Distinct;
use crate::entity::{Account, Device};
use crate::features::{Feature, flag};
use crate::identity::Token;
use crate::moment::Moment;
use crate::series::start_of_days;
use crate::time::LONGEST_DAYS;

const fn device(name: &'static str, unit: &'static str, meaning: &'static str) -> Feature {
    Feature {
        name,
        unit,
        window: "30 d",
        default: f32::NAN,
        meaning,
        reason: "UNUSUAL_DEVICE",
    }
}

/// The family's entries; both NaN when the payment names no device.
pub const FEATURES: [Feature; 2] = [
    device(
        "device_new_for_account",
        "0 or 1",
        "Whether the account has not paid with this device in the window.",
    ),
    device(
        "device_accounts_30d",
        "accounts",
        "Other accounts that paid with this device; at most 32 are counted for a past day.",
    ),
];

/// Accounts that nearly all devices have no more of.
const FEW: usize = 8;

/// Computes the family; `accounts` is scratch space.
pub fn compute(
    moment: &Moment,
    (account, account_token): (Option<&Account>, Token),
    (device, device_token): (Option<&Device>, Token),
    accounts: &mut Distinct,
) -> [f32; FEATURES.len()] {
    if device_token == 0 {
        return [f32::NAN; FEATURES.len()];
    }
    let start = start_of_days(moment.time, LONGEST_DAYS);
    let known = account.is_some_and(|account| account.has_token(start, moment, device_token));
    accounts.clear_for(FEW);
    if let Some(device) = device {
        device.each_token(start, moment, |token| {
            if token != account_token {
                accounts.insert(token);
            }
        });
    }
    [flag(!known), accounts.count() as f32]
}
