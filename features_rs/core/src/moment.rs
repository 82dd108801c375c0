//! A point in event time, and what orders payments made at the same instant.

use crate::codec::{Decoder, Encode};
use crate::error::Result;
use crate::identity::TransactionId;

/// When a payment was made; ties are ordered by transaction id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Microseconds since the Unix epoch.
    pub time: i64,
    /// The tie-breaker.
    pub id: TransactionId,
}

impl Moment {
    /// A moment after everything at `time` and before everything later.
    #[must_use]
    pub fn after(time: i64) -> Self {
        Self {
            time: time + 1,
            id: TransactionId::new(""),
        }
    }

    pub(crate) fn encode(&self, to: &mut Vec<u8>) {
        to.put(self.time as u128);
        self.id.with_bytes(|bytes| to.put_bytes(bytes));
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Result<Self> {
        Ok(Self {
            time: from.get("time")?,
            id: TransactionId::new(from.get_text("transaction id")?),
        })
    }
}
