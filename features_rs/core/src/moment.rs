//! A point in event time, and what orders payments made at the same instant.

use crate::codec::{Decoder, Encode};
use crate::error::Result;
use crate::identity::TransactionId;
use crate::time::END_OF_TIME;

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
        to.put(self.time as u64);
        self.id.with_bytes(|bytes| to.put_bytes(bytes));
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Result<Self> {
        Ok(Self {
            time: decode_time(from)?,
            id: TransactionId::new(from.get_text("transaction id")?),
        })
    }
}

/// Reads an event time back.
pub(crate) fn decode_time(from: &mut Decoder<'_>) -> Result<i64> {
    let time = from.get("time")?;
    // Later times could overflow what is computed from them.
    if time >= END_OF_TIME {
        return Err(from.damaged("a time before 2100"));
    }
    Ok(time)
}
