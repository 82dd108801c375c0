//! Days whose payments no longer need to be told apart: a few totals each, packed as bytes.

use std::marker::PhantomData;

use crate::codec::{Decoder, Encode};
use crate::error::Result;
use crate::identity::Token;
use crate::sample::{KEPT_A_DAY, Sample, decode_halvings, weight_of};
use crate::series::{Item, Totals};

/// Before all days.
const NO_DAY: i32 = -1;

/// Sealed days in order; each is its number in two bytes (there are fewer days before 2100), and a
/// body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedDays<I> {
    bytes: Vec<u8>,
    /// The newest day; [`NO_DAY`] when there is none.
    last: i32,
    items: PhantomData<I>,
}

impl<I> Default for SealedDays<I> {
    fn default() -> Self {
        Self {
            bytes: Vec::new(),
            last: NO_DAY,
            items: PhantomData,
        }
    }
}

/// One sealed day.
#[derive(Debug, Clone, Copy)]
pub struct SealedDay<'a, T> {
    /// The UTC day.
    pub day: i32,
    /// How many payments each counted one stands for; see [`crate::sample`].
    pub weight: f64,
    /// Sums over the day's held payments.
    pub totals: T,
    tokens: &'a [u8],
    body: &'a [u8],
}

impl<T: Totals> SealedDay<'_, T> {
    /// The day's smallest distinct tokens, in order.
    pub fn tokens(&self) -> impl Iterator<Item = Token> {
        let (chunks, _) = self.tokens.as_chunks::<4>();
        chunks.iter().map(|chunk| Token::from_le_bytes(*chunk))
    }

    /// The total order by which the greater of two versions of a day is kept: fuller first.
    fn rank(&self) -> (u64, &[u8]) {
        // Positive floats sort as their bits.
        let fullness = self.weight * f64::from(self.totals.count());
        (fullness.to_bits(), self.body)
    }
}

impl<I: Item> SealedDays<I> {
    /// The days, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = SealedDay<'_, I::Totals>> {
        let mut from = Decoder::new(&self.bytes);
        // What is packed here was written or checked by this module, so it decodes.
        std::iter::from_fn(move || {
            if from.is_done() {
                return None;
            }
            decode_day::<I>(&mut from).ok()
        })
    }

    /// Seals a day's payments.
    pub fn seal(&mut self, day: i32, sample: &Sample<I>) {
        if day > self.last {
            self.make_room();
            self.last = day;
            put_day(day, &mut self.bytes);
            put_body(sample, &mut self.bytes);
        } else {
            let mut single = Self::default();
            single.seal(day, sample);
            *self = self.join(&single);
        }
    }

    /// Grows by a quarter: there is one of these an entity, and doubling wastes most.
    fn make_room(&mut self) {
        const DAY_BYTES: usize = 24;
        if self.bytes.capacity() - self.bytes.len() < DAY_BYTES {
            self.bytes.reserve_exact(DAY_BYTES + self.bytes.len() / 4);
        }
    }

    /// Forgets days before `first`.
    pub fn forget_before(&mut self, first: i32) {
        let forgotten = self.iter().take_while(|day| day.day < first);
        let length: usize = forgotten.map(|day| DAY_NUMBER + day.body.len()).sum();
        self.bytes.drain(..length);
        if self.bytes.is_empty() {
            self.last = NO_DAY;
        }
    }

    /// Joins the other side's days in, the fuller of two.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        let mut joined = Self::default();
        let (mut ours, mut theirs) = (self.iter().peekable(), other.iter().peekable());
        while let Some(day) = match (ours.peek(), theirs.peek()) {
            (Some(our), Some(their)) if our.day == their.day => {
                let (our, their) = (ours.next(), theirs.next());
                our.zip(their).map(|(our, their)| {
                    if our.rank() < their.rank() {
                        their
                    } else {
                        our
                    }
                })
            }
            (Some(our), Some(their)) if our.day > their.day => theirs.next(),
            (None, _) => theirs.next(),
            _ => ours.next(),
        } {
            joined.push(day.day, day.body);
        }
        joined
    }

    fn push(&mut self, day: i32, body: &[u8]) {
        self.last = day;
        put_day(day, &mut self.bytes);
        self.bytes.extend_from_slice(body);
    }

    pub(crate) fn encode(&self, to: &mut Vec<u8>) {
        to.put_bytes(&self.bytes);
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Result<Self> {
        let bytes = from.get_bytes("sealed days")?;
        let mut days = Decoder::new(bytes);
        let mut last = NO_DAY;
        while !days.is_done() {
            let day = decode_day::<I>(&mut days)?;
            let count = day.totals.count() as usize;
            if !(1..=KEPT_A_DAY).contains(&count) {
                return Err(days.damaged("1 to 512 payments a day"));
            }
            if day.day <= last || !day.tokens().is_sorted() {
                return Err(days.damaged("sealed days in order"));
            }
            last = day.day;
        }
        Ok(Self {
            bytes: bytes.to_vec(),
            last,
            items: PhantomData,
        })
    }
}

/// Bytes of a day's number.
const DAY_NUMBER: usize = 2;

fn put_day(day: i32, to: &mut Vec<u8>) {
    to.extend_from_slice(&(day as u16).to_le_bytes());
}

fn put_body<I: Item>(sample: &Sample<I>, to: &mut Vec<u8>) {
    let totals = sample.totals();
    let halved = sample.halvings() > 0;
    to.put(u64::from(totals.count()) << 1 | u64::from(halved));
    if halved {
        to.put(u64::from(sample.halvings()));
    }
    totals.encode(to);
    if I::TOKENS_KEPT > 0 {
        let mut tokens: Vec<Token> = sample.items().iter().map(Item::token).collect();
        tokens.retain(|&token| token != 0);
        tokens.sort_unstable();
        tokens.dedup();
        tokens.truncate(I::TOKENS_KEPT);
        to.put(tokens.len() as u64);
        tokens.into_iter().for_each(|token| to.put_token(token));
    }
}

#[inline]
fn decode_day<'a, I: Item>(from: &mut Decoder<'a>) -> Result<SealedDay<'a, I::Totals>> {
    let number = from.take(DAY_NUMBER, "day")?.try_into();
    let day = number.map_or(0, u16::from_le_bytes).into();
    let whole = from.rest();
    let head: u64 = from.get("count of a day")?;
    let halvings = if head & 1 == 0 {
        0
    } else {
        decode_halvings(from)?
    };
    let count = u32::try_from(head >> 1).map_err(|_| from.damaged("count of a day"))?;
    let totals = I::Totals::decode(count, from)?;
    let tokens: usize = if I::TOKENS_KEPT == 0 {
        0
    } else {
        from.get("number of tokens")?
    };
    let tokens = from.take(tokens.saturating_mul(size_of::<Token>()), "tokens")?;
    let length = whole.len() - from.rest().len();
    Ok(SealedDay {
        day,
        weight: weight_of(halvings),
        totals,
        tokens,
        body: whole.get(..length).unwrap_or_default(),
    })
}
