//! Payments and states as they are on the wire: serialized messages of `proto/fraud/v1`, checked by
//! the rules written there.
//!
//! The rules are stated again in [`payment`], since no interpreter of them is at hand here;
//! `tests/contract/test_wire_rules.py` shows that both refuse the same messages.

mod address;
pub mod payment;
mod refusal;
pub mod vector;

pub use refusal::Refusal;

/// The messages.
#[expect(missing_docs, reason = "the contract's comments are in proto/")]
#[expect(clippy::all, reason = "generated")]
pub mod contract {
    include!(concat!(env!("OUT_DIR"), "/fraud.v1.rs"));
}
