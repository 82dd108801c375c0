//! The feature contract: the ordered features and every constant that their values depend on.

use std::fmt::Write as _;
use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

use crate::currency::{BASE, RATES};
use crate::features::{FAMILIES, Feature, amount, calendar, geography, risk};
use crate::time::{DAY, HOUR, LATENESS, LONGEST_DAYS, MINUTE};
use crate::{account, history, partner, report, sample};

/// Version of the contract.
pub const VERSION: &str = "v1";

/// Every constant of the definitions, by name.
#[must_use]
pub fn parameters() -> Vec<(&'static str, f64)> {
    let hours = |span: i64| span as f64 / HOUR as f64;
    vec![
        ("lateness_hours", hours(LATENESS)),
        ("longest_window_days", f64::from(LONGEST_DAYS)),
        ("kept_a_day", sample::KEPT_A_DAY as f64),
        ("devices_a_day", account::DEVICES_A_DAY as f64),
        ("accounts_a_day", partner::ACCOUNTS_A_DAY as f64),
        ("labels_kept", history::LABELS_KEPT as f64),
        ("run_gap_hours", hours(history::RUN_GAP)),
        ("ratio_bound", amount::RATIO_BOUND),
        ("zscore_bound", amount::ZSCORE_BOUND),
        ("winsorised_percent", amount::WINSORISED_PERCENT as f64),
        ("high_ratio", amount::HIGH_RATIO),
        ("ordinary_ratio", f64::from(report::ORDINARY_RATIO)),
        ("ordinary_amount", report::ORDINARY_AMOUNT as f64 / 100.0),
        ("label_maturity_hours", hours(risk::LABEL_MATURITY)),
        ("prior_payments", risk::PRIOR_PAYMENTS),
        ("prior_rate", risk::PRIOR_RATE),
        ("anomalous_kmh", geography::ANOMALOUS_KMH),
        ("anomalous_km", geography::ANOMALOUS_KM),
        (
            "least_minutes",
            geography::LEAST_TIME as f64 / MINUTE as f64,
        ),
        ("night_from_hour", calendar::NIGHT.0),
        ("night_to_hour", calendar::NIGHT.1),
        ("bucket_hours", hours(DAY)),
    ]
}

/// All features, in the order of the vector, with their family's name.
pub fn features() -> impl Iterator<Item = (&'static str, &'static Feature)> {
    FAMILIES
        .iter()
        .flat_map(|family| family.features.iter().map(|feature| (family.name, feature)))
}

/// What the digest is taken over: everything that a value depends on, and no prose.
pub static TEXT: LazyLock<String> = LazyLock::new(|| {
    let mut text = format!("fraud feature contract {VERSION}\nbase {BASE}\n");
    for (name, value) in parameters() {
        let _ = writeln!(text, "parameter {name} {value}");
    }
    for rate in &RATES {
        let _ = writeln!(
            text,
            "rate {} {}/{}",
            rate.code, rate.numerator, rate.denominator
        );
    }
    for (family, feature) in features() {
        let Feature {
            name,
            unit,
            window,
            default,
            ..
        } = feature;
        let _ = writeln!(
            text,
            "feature {family} {name} float32 {unit} {window} {default}"
        );
    }
    text
});

/// The first 128 bits of SHA-256 over [`struct@TEXT`].
pub static DIGEST: LazyLock<[u8; 16]> = LazyLock::new(|| {
    let full = Sha256::digest(TEXT.as_bytes());
    let mut digest = [0; 16];
    digest
        .iter_mut()
        .zip(full)
        .for_each(|(to, from)| *to = from);
    digest
});

/// A digest as 32 hexadecimal digits.
#[must_use]
pub fn to_hex(digest: &[u8]) -> String {
    digest.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_the_digest_covers_the_text() {
        let names: HashSet<_> = features().map(|(_, feature)| feature.name).collect();
        assert_eq!(names.len(), crate::features::WIDTH);
        assert_eq!(to_hex(&*DIGEST).len(), 32);
        assert!(TEXT.contains("feature calendar local_night float32 0 or 1 - NaN"));
    }
}
