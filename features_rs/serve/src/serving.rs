//! The models in service.

use std::sync::Arc;

use blake2::digest::consts::U8;
use blake2::{Blake2b, Digest};

use crate::model::Model;

/// A model with its policy, as Python verified it.
pub struct ServingModel {
    /// Ready to run.
    pub model: Arc<Model>,
    /// The registry's version.
    pub version: String,
    /// SHA-256 of its file, in hexadecimal.
    pub digest: String,
    /// Number of `fraud.v1.Variant`.
    pub variant: i32,
    /// From here a payment is reviewed.
    pub review_threshold: f64,
    /// From here it is declined.
    pub decline_threshold: f64,
    /// What is ordinary, feature by feature.
    pub reference: Vec<f32>,
    /// What accounts are drawn by while it is a challenger: "name/version".
    pub experiment: String,
}

/// The champion and the challenger.
pub struct Serving {
    /// Decides for the rest.
    pub champion: ServingModel,
    /// Decides for a share of accounts.
    pub challenger: Option<ServingModel>,
    /// That share.
    pub challenger_percent: u64,
}

impl Serving {
    /// The model that decides for an account, see `scorer/model/serving.py`.
    #[must_use]
    pub fn choose(&self, account_id: &str) -> &ServingModel {
        let percent = self.challenger_percent;
        let drawn = self.challenger.as_ref().filter(|challenger| {
            percent > 0 && bucket_of(account_id, &challenger.experiment) < percent
        });
        drawn.unwrap_or(&self.champion)
    }
}

/// A bucket of 0 to 99.
fn bucket_of(account_id: &str, experiment: &str) -> u64 {
    let mut hash = Blake2b::<U8>::new();
    for part in [experiment, ":", account_id] {
        hash.update(part.as_bytes());
    }
    u64::from_be_bytes(hash.finalize().into()) % 100
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each is `int.from_bytes(hashlib.blake2b(f"{experiment}:{account}".encode(), digest_size=8)
    /// .digest()) % 100` of Python.
    #[test]
    fn draws_as_python_does() {
        let drawn = ["", "a1", "a2", "\u{e4}-account"].map(|account| bucket_of(account, "fraud/7"));
        assert_eq!(drawn, [11, 4, 46, 73]);
    }
}
