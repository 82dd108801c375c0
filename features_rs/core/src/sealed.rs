//! Days whose payments no longer need to be told apart: a few totals each, packed as bytes.

use crate::codec::{Decoder, Encode};
use crate::error::Result;
use crate::sample::weight_of;
use crate::series::{Item, Totals};

/// What is kept of a sealed day.
#[derive(Debug, Clone, PartialEq)]
pub struct SealedDay<T> {
    /// The UTC day.
    pub day: i32,
    /// Smallest priority left out; see [`crate::sample`].
    pub limit: u64,
    /// Sums over the day's held payments.
    pub totals: T,
    /// The smallest distinct tokens (devices, accounts) of the day, in order.
    pub tokens: Vec<u64>,
}

impl<T: Totals> SealedDay<T> {
    /// Seals the payments of a day.
    #[must_use]
    pub fn of<I: Item<Totals = T>>(day: i32, limit: u64, items: &[I]) -> Self {
        let mut totals = T::default();
        let mut tokens: Vec<u64> = Vec::new();
        for item in items {
            item.add_to(&mut totals);
            if I::TOKENS_KEPT > 0 && item.token() != 0 {
                tokens.push(item.token());
            }
        }
        tokens.sort_unstable();
        tokens.dedup();
        tokens.truncate(I::TOKENS_KEPT);
        Self {
            day,
            limit,
            totals,
            tokens,
        }
    }

    /// The total order by which the greater of two versions of a day is kept: fuller first.
    fn rank(&self) -> (u64, Vec<u8>) {
        // Positive floats sort as their bits.
        let fullness = weight_of(self.limit) * f64::from(self.totals.count());
        let mut bytes = Vec::new();
        self.encode(&mut bytes);
        (fullness.to_bits(), bytes)
    }

    /// The greater of two versions of one day.
    #[must_use]
    pub fn fuller(self, other: Self) -> Self {
        if self == other || self.rank() > other.rank() {
            self
        } else {
            other
        }
    }

    fn encode(&self, to: &mut Vec<u8>) {
        to.put_signed(i128::from(self.day));
        to.put(u128::from(u64::MAX - self.limit));
        self.totals.encode(to);
        to.put(self.tokens.len() as u128);
        for &token in &self.tokens {
            to.put_token(token);
        }
    }
}

/// Sealed days in order, packed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SealedDays {
    bytes: Vec<u8>,
}

/// One day as read from the packed bytes, its tokens still packed.
#[derive(Debug, Clone, Copy)]
pub struct PackedDay<'a, T> {
    /// The UTC day.
    pub day: i32,
    /// Smallest priority left out.
    pub limit: u64,
    /// Sums over the day's held payments.
    pub totals: T,
    tokens: &'a [u8],
}

impl<T> PackedDay<'_, T> {
    /// The day's distinct tokens, in order.
    pub fn tokens(&self) -> impl Iterator<Item = u64> {
        let (chunks, _) = self.tokens.as_chunks::<8>();
        chunks.iter().map(|chunk| u64::from_le_bytes(*chunk))
    }
}

impl SealedDays {
    /// The days, oldest first.
    pub fn iter<T: Totals>(&self) -> impl Iterator<Item = PackedDay<'_, T>> {
        let mut from = Decoder::new(&self.bytes);
        // What is packed here was written or checked by this module, so it decodes.
        std::iter::from_fn(move || {
            (!from.is_done())
                .then(|| decode_day(&mut from).ok())
                .flatten()
        })
    }

    /// Adds a day after all others.
    pub fn push<T: Totals>(&mut self, day: &SealedDay<T>) {
        let mut bytes = Vec::new();
        day.encode(&mut bytes);
        self.bytes.reserve_exact(bytes.len());
        self.bytes.extend_from_slice(&bytes);
    }

    /// Forgets days before `first`.
    pub fn forget_before<T: Totals>(&mut self, first: i32) {
        if self.iter::<T>().next().is_none_or(|day| day.day >= first) {
            return;
        }
        let kept: Vec<_> = self.unpack::<T>().filter(|day| day.day >= first).collect();
        *self = Self::pack(&kept);
    }

    /// Joins the other side's days in, the fuller of two.
    #[must_use]
    pub fn join<T: Totals>(&self, other: &Self) -> Self {
        let mut days: Vec<SealedDay<T>> = self.unpack().collect();
        for day in other.unpack::<T>() {
            match days.binary_search_by_key(&day.day, |held| held.day) {
                Ok(place) => {
                    if let Some(held) = days.get_mut(place) {
                        *held = held.clone().fuller(day);
                    }
                }
                Err(place) => days.insert(place, day),
            }
        }
        Self::pack(&days)
    }

    fn unpack<T: Totals>(&self) -> impl Iterator<Item = SealedDay<T>> {
        self.iter().map(|day: PackedDay<'_, T>| SealedDay {
            day: day.day,
            limit: day.limit,
            totals: day.totals,
            tokens: day.tokens().collect(),
        })
    }

    fn pack<T: Totals>(days: &[SealedDay<T>]) -> Self {
        let mut bytes = Vec::new();
        for day in days {
            day.encode(&mut bytes);
        }
        bytes.shrink_to_fit();
        Self { bytes }
    }

    /// Bytes held.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn decode<T: Totals>(from: &mut Decoder<'_>) -> Result<Self> {
        let bytes = from.get_bytes("sealed days")?;
        let mut days = Decoder::new(bytes);
        let mut last = i32::MIN;
        while !days.is_done() {
            let day: PackedDay<'_, T> = decode_day(&mut days)?;
            if day.day <= last || !day.tokens().is_sorted() {
                return Err(from.damaged("sealed days in order"));
            }
            last = day.day;
        }
        Ok(Self {
            bytes: bytes.to_vec(),
        })
    }
}

fn decode_day<'a, T: Totals>(from: &mut Decoder<'a>) -> Result<PackedDay<'a, T>> {
    let day = from.get_signed("day")?;
    let room_left: u64 = from.get("priority limit")?;
    let totals = T::decode(from)?;
    let tokens: usize = from.get("number of tokens")?;
    Ok(PackedDay {
        day,
        limit: u64::MAX - room_left,
        totals,
        tokens: from.take(tokens.saturating_mul(8), "tokens")?,
    })
}
