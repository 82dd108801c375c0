//! What the kernel is told later: whether a payment was fraud.

use crate::codec::Decoder;
use crate::entity::EntityKind;
use crate::error::Result;
use crate::event::{checked_amount, checked_moment, checked_name, checked_time};
use crate::features::amount::checked_ratio;
use crate::moment::Moment;

/// What became known of one payment, joined with the payment's own fields; not yet checked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Label<'a> {
    /// The payment.
    pub transaction_id: &'a str,
    /// Its merchant.
    pub merchant_id: &'a str,
    /// Its category.
    pub category: &'a str,
    /// Its amount in minor units.
    pub amount_minor: i64,
    /// ISO 4217 code.
    pub currency: &'a str,
    /// Its amount over the winsorised mean of its account's, as it was when it was decided; None if
    /// nothing was known of the account, or nothing decided it.
    pub ratio_to_usual: Option<f32>,
    /// When it was made, in microseconds.
    pub event_time: i64,
    /// When this was learned, in microseconds.
    pub known_at: i64,
    /// What was learned.
    pub verdict: Verdict,
}

/// A checked label, in the kernel's terms.
#[derive(Debug, Clone)]
pub struct CheckedLabel<S> {
    pub(crate) known: Moment,
    pub(crate) merchant: S,
    pub(crate) category: S,
    /// Minor units of the base currency.
    pub(crate) amount: i64,
    pub(crate) ratio_to_usual: Option<f32>,
    pub(crate) made_at: i64,
    pub(crate) verdict: Verdict,
}

impl<S> CheckedLabel<S> {
    /// When the label became known, in microseconds.
    pub fn known_at(&self) -> i64 {
        self.known.time
    }
}

impl<S: AsRef<str>> CheckedLabel<S> {
    /// The name of the entity of a kind that learns it; accounts and devices do not.
    pub fn name(&self, kind: EntityKind) -> Option<&str> {
        match kind {
            EntityKind::Merchant => Some(self.merchant.as_ref()),
            EntityKind::Category => Some(self.category.as_ref()),
            EntityKind::Account | EntityKind::Device => None,
        }
    }
}

impl<'a> Label<'a> {
    /// Checks every field.
    ///
    /// # Errors
    /// [`crate::Error::InvalidField`] for the first field that is out of range.
    pub fn check<S: From<&'a str>>(self) -> Result<CheckedLabel<S>> {
        Ok(CheckedLabel {
            known: checked_moment("known_at", self.known_at, self.transaction_id)?,
            merchant: checked_name("merchant_id", self.merchant_id)?.into(),
            category: checked_name("category", self.category)?.into(),
            amount: checked_amount(self.amount_minor, self.currency)?,
            ratio_to_usual: self.ratio_to_usual.map(checked_ratio).transpose()?,
            made_at: checked_time("event_time", self.event_time)?,
            verdict: self.verdict,
        })
    }
}

/// What a label says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The payment was in order.
    #[default]
    Genuine,
    /// An earlier label that said fraud is taken back.
    Withdrawn,
    /// The payment was fraud.
    Fraud,
}

impl Verdict {
    pub(crate) fn decode(from: &mut Decoder<'_>) -> Result<Self> {
        match from.get("verdict")? {
            0_u8 => Ok(Self::Genuine),
            1 => Ok(Self::Withdrawn),
            2 => Ok(Self::Fraud),
            _ => Err(from.damaged("verdict")),
        }
    }
}
