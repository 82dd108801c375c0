//! Payments as merchants, categories and devices remember them: when, and by which account.

use crate::codec::{Decoder, Encode};
use crate::error::Result;
use crate::event::Payment;
use crate::identity::Token;
use crate::moment::Moment;
use crate::series::{Item, Totals};
use crate::time::DAY;

/// Distinct accounts of a device that a sealed day keeps.
pub const ACCOUNTS_A_DAY: usize = 32;

/// A payment with the account that made it.
///
/// `EXACT` is the longest window, in microseconds, that is exact to the event, `TOKENS` how many
/// distinct accounts a sealed day keeps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartnerPayment<const EXACT: i64, const TOKENS: usize> {
    moment: Moment,
    account: Token,
}

/// Counted exactly, with its accounts, for 24 hours.
pub type MerchantPayment = PartnerPayment<DAY, 0>;
/// Counted by the day.
pub type CategoryPayment = PartnerPayment<0, 0>;
/// Its accounts are kept for as long as the longest window.
pub type DevicePayment = PartnerPayment<0, ACCOUNTS_A_DAY>;

impl<S, const EXACT: i64, const TOKENS: usize> From<&Payment<S>> for PartnerPayment<EXACT, TOKENS> {
    fn from(payment: &Payment<S>) -> Self {
        Self {
            moment: payment.moment.clone(),
            account: payment.account_token,
        }
    }
}

impl<const EXACT: i64, const TOKENS: usize> Item for PartnerPayment<EXACT, TOKENS> {
    const EXACT: i64 = EXACT;
    const TOKENS_KEPT: usize = TOKENS;
    type Totals = Count;

    fn moment(&self) -> &Moment {
        &self.moment
    }

    fn token(&self) -> Token {
        self.account
    }

    fn add_to(&self, totals: &mut Count) {
        totals.0 += 1;
    }

    fn encode(&self, to: &mut Vec<u8>) {
        self.moment.encode(to);
        to.put_token(self.account);
    }

    fn decode(from: &mut Decoder<'_>) -> Result<Self> {
        Ok(Self {
            moment: Moment::decode(from)?,
            account: from.get_token()?,
        })
    }
}

/// How many payments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count(u32);

impl Totals for Count {
    fn count(&self) -> u32 {
        self.0
    }

    fn encode(&self, _: &mut Vec<u8>) {}

    fn decode(count: u32, _: &mut Decoder<'_>) -> Result<Self> {
        Ok(Self(count))
    }
}
