//! The state of an account: its payments.

use crate::codec::{Decoder, Encode};
use crate::error::Result;
use crate::event::{GREATEST_AMOUNT, Payment};
use crate::geometry::Place;
use crate::identity::Token;
use crate::moment::Moment;
use crate::series::{Item, Totals};
use crate::time::DAY;

/// Distinct devices of an account that a sealed day keeps.
pub const DEVICES_A_DAY: usize = 16;
/// Places are summed a thousandth as fine as they are held, so that a day's sum fits 32 bits.
const CENTRE_SHIFT: u32 = 10;

/// A payment as its account remembers it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountPayment {
    moment: Moment,
    /// Minor units of the base currency.
    pub amount: i64,
    /// Where it was made.
    pub place: Option<Place>,
    device: Token,
}

impl<S> From<&Payment<S>> for AccountPayment {
    fn from(payment: &Payment<S>) -> Self {
        Self {
            moment: payment.moment.clone(),
            amount: payment.amount,
            place: payment.place,
            device: payment.device_token,
        }
    }
}

impl Item for AccountPayment {
    const EXACT: i64 = DAY;
    const TOKENS_KEPT: usize = DEVICES_A_DAY;
    type Totals = AccountTotals;

    fn moment(&self) -> &Moment {
        &self.moment
    }

    fn token(&self) -> Token {
        self.device
    }

    #[inline]
    fn add_to(&self, totals: &mut AccountTotals) {
        totals.add(self);
    }

    fn encode(&self, to: &mut Vec<u8>) {
        self.moment.encode(to);
        to.put(self.amount as u64);
        to.put(u64::from(self.place.is_some()));
        for part in self.place.iter().flatten() {
            to.put_signed(i64::from(*part));
        }
        to.put_token(self.device);
    }

    fn decode(from: &mut Decoder<'_>) -> Result<Self> {
        Ok(Self {
            moment: Moment::decode(from)?,
            amount: decode_amount(from)?,
            place: decode_place(from)?,
            device: from.get_token()?,
        })
    }
}

fn decode_amount(from: &mut Decoder<'_>) -> Result<i64> {
    let amount = from.get("amount")?;
    // No rate is above 2; a greater amount could overflow a day's sum.
    if amount > 2 * GREATEST_AMOUNT {
        return Err(from.damaged("an amount of at most 2 * 10^15"));
    }
    Ok(amount)
}

fn decode_place(from: &mut Decoder<'_>) -> Result<Option<Place>> {
    if from.get::<u8>("whether there is a place")? == 0 {
        return Ok(None);
    }
    let mut part = || from.get_signed("place");
    Ok(Some([part()?, part()?, part()?]))
}

/// What a sealed day keeps of an account's payments. All are exact integers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AccountTotals {
    /// Payments.
    pub count: u32,
    /// Sum of amounts, minor units of the base currency.
    pub sum: i64,
    /// Sum of squared amounts.
    pub squares: i128,
    /// Greatest amount.
    pub largest: i64,
    /// Payments with a place.
    pub located: u32,
    /// Sum of their places.
    pub centre: [i32; 3],
}

impl AccountTotals {
    #[inline]
    fn add(&mut self, payment: &AccountPayment) {
        self.count += 1;
        self.sum += payment.amount;
        self.squares += i128::from(payment.amount) * i128::from(payment.amount);
        self.largest = self.largest.max(payment.amount);
        if let Some(place) = payment.place {
            self.located += 1;
            for (sum, part) in self.centre.iter_mut().zip(place) {
                *sum += part >> CENTRE_SHIFT;
            }
        }
    }
}

impl Totals for AccountTotals {
    fn count(&self) -> u32 {
        self.count
    }

    fn encode(&self, to: &mut Vec<u8>) {
        to.put(self.sum as u64);
        // Of a single payment, the sum tells the rest.
        if self.count != 1 {
            to.put_wide(self.squares as u128);
            to.put(self.largest as u64);
        }
        to.put(u64::from(self.located));
        if self.located > 0 {
            self.centre
                .iter()
                .for_each(|part| to.put_signed(i64::from(*part)));
        }
    }

    #[inline]
    fn decode(count: u32, from: &mut Decoder<'_>) -> Result<Self> {
        let sum: i64 = from.get("sum")?;
        let (squares, largest) = if count == 1 {
            (i128::from(sum) * i128::from(sum), sum)
        } else {
            let squares = i128::try_from(from.get_wide("sum of squares")?);
            let squares = squares.map_err(|_| from.damaged("sum of squares"))?;
            (squares, from.get("largest amount")?)
        };
        let located = from.get("payments with a place")?;
        let mut centre = [0; 3];
        if located > 0 {
            for part in &mut centre {
                *part = from.get_signed("sum of places")?;
            }
        }
        Ok(Self {
            count,
            sum,
            squares,
            largest,
            located,
            centre,
        })
    }
}
