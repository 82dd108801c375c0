//! Labels as merchants and categories remember them, in the order in which they became known.

use crate::codec::{Decoder, Encode};
use crate::error::Result;
use crate::identity::Token;
use crate::label::{CheckedLabel, Verdict};
use crate::moment::{Moment, decode_time};
use crate::series::{Item, Totals};

/// Below so many times what is usual for its account a payment is an everyday one.
pub const ORDINARY_RATIO: f32 = 2.0;
/// Where that is not known: below this amount, in minor units of the base currency.
pub const ORDINARY_AMOUNT: i64 = 20_000;

/// A label; its moment is when it became known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Report {
    known: Moment,
    /// When the payment was made.
    pub made_at: i64,
    /// What was learned.
    pub verdict: Verdict,
    /// Whether the payment's amount was an everyday one.
    pub ordinary: bool,
}

impl<S> From<&CheckedLabel<S>> for Report {
    fn from(label: &CheckedLabel<S>) -> Self {
        Self {
            known: label.known.clone(),
            made_at: label.made_at,
            verdict: label.verdict,
            ordinary: label
                .ratio_to_usual
                .map_or(label.amount < ORDINARY_AMOUNT, |ratio| {
                    ratio < ORDINARY_RATIO
                }),
        }
    }
}

impl Item for Report {
    const EXACT: i64 = 0;
    const TOKENS_KEPT: usize = 0;
    type Totals = KnownFrauds;

    fn moment(&self) -> &Moment {
        &self.known
    }

    fn token(&self) -> Token {
        0
    }

    fn add_to(&self, totals: &mut KnownFrauds) {
        totals.reports += 1;
        totals.frauds += match self.verdict {
            Verdict::Genuine => 0,
            Verdict::Withdrawn => -1,
            Verdict::Fraud => 1,
        };
    }

    fn encode(&self, to: &mut Vec<u8>) {
        self.known.encode(to);
        to.put(self.made_at as u64);
        to.put(self.verdict as u64);
        to.put(u64::from(self.ordinary));
    }

    fn decode(from: &mut Decoder<'_>) -> Result<Self> {
        Ok(Self {
            known: Moment::decode(from)?,
            made_at: decode_time(from)?,
            verdict: Verdict::decode(from)?,
            ordinary: from.get::<u8>("whether the amount is ordinary")? != 0,
        })
    }
}

/// Reports, and the frauds they make known less those they withdraw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KnownFrauds {
    reports: u32,
    /// May be negative on a day that withdraws more than it reports.
    pub frauds: i32,
}

impl Totals for KnownFrauds {
    fn count(&self) -> u32 {
        self.reports
    }

    fn encode(&self, to: &mut Vec<u8>) {
        to.put_signed(i64::from(self.frauds));
    }

    fn decode(count: u32, from: &mut Decoder<'_>) -> Result<Self> {
        Ok(Self {
            reports: count,
            frauds: from.get_signed("frauds")?,
        })
    }
}
