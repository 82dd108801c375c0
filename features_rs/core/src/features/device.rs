//! Whether a device is new to the account, and how many accounts it pays for.

use crate::entity::{Account, Device};
use crate::features::{Feature, flag};
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

/// Computes the family; `tokens` is scratch space.
pub fn compute(
    moment: &Moment,
    (account, account_token): (Option<&Account>, u64),
    (device, device_token): (Option<&Device>, u64),
    tokens: &mut Vec<u64>,
) -> [f32; FEATURES.len()] {
    if device_token == 0 {
        return [f32::NAN; FEATURES.len()];
    }
    let start = start_of_days(moment.time, LONGEST_DAYS);
    let mut known = false;
    if let Some(account) = account {
        account.each_token(start, moment, |token| known |= token == device_token);
    }
    tokens.clear();
    if let Some(device) = device {
        device.each_token(start, moment, |token| {
            if token != account_token && tokens.last() != Some(&token) {
                tokens.push(token);
            }
        });
    }
    tokens.sort_unstable();
    tokens.dedup();
    [flag(!known), tokens.len() as f32]
}
