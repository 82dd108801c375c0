//! The payments of one day that are held one by one.
//!
//! All of them up to [`KEPT_A_DAY`]; of a more crowded day, the ones with the smallest priorities,
//! which is a uniform sample. The day's totals are then scaled by the inverse of the inclusion
//! probability (bottom-k sampling with threshold: Cohen and Kaplan, "Summarizing data using
//! bottom-k sketches", PODC 2007). Bottom-k of a union is bottom-k of the bottom-ks, so the sample
//! is a semilattice too, and memory is bounded however many payments a day brings.

use crate::codec::{Decoder, Encode};
use crate::error::Result;
use crate::moment::Moment;
use crate::series::Item;

/// Payments of one entity and day that are held exactly.
pub const KEPT_A_DAY: usize = 512;

/// The held payments of a day, in the order of their moments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample<I> {
    items: Vec<I>,
    /// Smallest priority that found no room; `u64::MAX` while there was room for all.
    limit: u64,
}

impl<I> Default for Sample<I> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            limit: u64::MAX,
        }
    }
}

/// How many payments each held one stands for, given the smallest priority left out.
#[must_use]
pub fn weight_of(limit: u64) -> f64 {
    if limit == u64::MAX {
        1.0
    } else {
        // 2^64 over the limit: the inverse of the chance to be held.
        18_446_744_073_709_551_616.0 / limit as f64
    }
}

impl<I: Item> Sample<I> {
    /// The held payments, oldest first.
    #[must_use]
    pub fn items(&self) -> &[I] {
        &self.items
    }

    /// See [`weight_of`].
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// The held payments before `end` and not before the time `start`.
    #[must_use]
    pub fn between(&self, start: i64, end: &Moment) -> &[I] {
        let to = self.items.partition_point(|item| item.moment() < end);
        let before = self.items.get(..to).unwrap_or_default();
        let from = before.partition_point(|item| item.moment().time < start);
        before.get(from..).unwrap_or_default()
    }

    /// Whether this very payment is held.
    #[must_use]
    pub fn holds(&self, item: &I) -> bool {
        self.find(item).is_ok()
    }

    /// Adds a payment; of two with one moment the greater stays. Says whether anything changed.
    pub fn insert(&mut self, item: I) -> bool {
        if self.limit != u64::MAX && item.moment().id.priority() >= self.limit {
            return false;
        }
        match self.find(&item) {
            Ok(place) => self.replace_if_greater(place, item),
            Err(place) => {
                self.make_room();
                self.items.insert(place, item);
                self.leave_out_above();
                true
            }
        }
    }

    /// Joins the other side's payments in.
    pub fn join(&mut self, other: &Self) {
        self.limit = self.limit.min(other.limit);
        if self.limit != u64::MAX {
            let limit = self.limit;
            self.items
                .retain(|item| item.moment().id.priority() < limit);
        }
        for item in &other.items {
            self.insert(item.clone());
        }
    }

    fn find(&self, item: &I) -> std::result::Result<usize, usize> {
        // Nearly every payment is the newest.
        match self.items.last() {
            Some(last) if last.moment() < item.moment() => Err(self.items.len()),
            _ => self
                .items
                .binary_search_by(|held| held.moment().cmp(item.moment())),
        }
    }

    fn replace_if_greater(&mut self, place: usize, item: I) -> bool {
        match self.items.get_mut(place) {
            Some(held) if *held < item => {
                *held = item;
                true
            }
            _ => false,
        }
    }

    /// Grows by half: most entities hold a payment or two, and doubling from four wastes most.
    fn make_room(&mut self) {
        if self.items.len() == self.items.capacity() {
            self.items.reserve_exact(1 + self.items.len() / 2);
        }
    }

    fn leave_out_above(&mut self) {
        if self.items.len() <= KEPT_A_DAY {
            return;
        }
        let priorities = self.items.iter().map(|item| item.moment().id.priority());
        if let Some((place, limit)) = priorities.enumerate().max_by_key(|&(_, priority)| priority) {
            self.items.remove(place);
            self.limit = limit;
        }
    }

    pub(crate) fn encode(&self, to: &mut Vec<u8>) {
        to.put(u128::from(u64::MAX - self.limit));
        to.put(self.items.len() as u128);
        for item in &self.items {
            item.encode(to);
        }
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Result<Self> {
        let room_left: u64 = from.get("priority limit")?;
        let length: usize = from.get("number of payments")?;
        if length > KEPT_A_DAY {
            return Err(from.damaged("at most 512 payments a day"));
        }
        let mut sample = Self {
            items: Vec::with_capacity(length),
            limit: u64::MAX - room_left,
        };
        for _ in 0..length {
            let item = I::decode(from)?;
            if sample
                .items
                .last()
                .is_some_and(|last| last.moment() >= item.moment())
            {
                return Err(from.damaged("payments in the order of time"));
            }
            sample.items.push(item);
        }
        Ok(sample)
    }
}
