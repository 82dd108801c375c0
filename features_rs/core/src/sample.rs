//! The payments of one day that are held one by one.
//!
//! All of them up to [`KEPT_A_DAY`]. Each time a day holds more, the half whose priorities are the
//! greater is left out, now and from then on: what stays is a uniform sample, in which each payment
//! stands for 2, 4, 8 ... (adaptive sampling: P. Flajolet, "On adaptive sampling", Computing 43,
//! 1990; the relative standard error of a count is about 1.2 over the root of [`KEPT_A_DAY`], 5%).
//! How often a day was halved follows from the set of its payments alone, so the sample is a
//! semilattice too, and memory is bounded however many payments a day brings.

use crate::codec::{Decoder, Encode};
use crate::error::Result;
use crate::moment::Moment;
use crate::series::Item;

/// Payments of one entity and day that are held exactly.
pub const KEPT_A_DAY: usize = 512;
/// Payments from which on a day's sums are kept.
const SUMMED_FROM: usize = 16;
/// A priority has 64 bits, so that a day cannot be halved more often.
const MOST_HALVINGS: u32 = 63;

/// The held payments of a day, in the order of their moments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample<I: Item> {
    items: Vec<I>,
    /// Sums over all items once there are [`SUMMED_FROM`] of them, so that a long day need not be
    /// summed again for each payment.
    whole: Option<Box<I::Totals>>,
    halvings: u32,
}

impl<I: Item> Default for Sample<I> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            whole: None,
            halvings: 0,
        }
    }
}

/// How many payments each held one stands for.
#[must_use]
pub fn weight_of(halvings: u32) -> f64 {
    (1_u64 << halvings.min(MOST_HALVINGS)) as f64
}

/// Sums over items, in any order.
pub fn sum_of<I: Item>(items: &[I]) -> I::Totals {
    let mut totals = I::Totals::default();
    items.iter().for_each(|item| item.add_to(&mut totals));
    totals
}

/// Whether an item is among those that stay after so many halvings.
fn stays<I: Item>(item: &I, halvings: u32) -> bool {
    halvings == 0 || item.moment().id.priority().leading_zeros() >= halvings
}

impl<I: Item> Sample<I> {
    /// The held payments, oldest first.
    #[must_use]
    pub fn items(&self) -> &[I] {
        &self.items
    }

    /// How often the greater half was left out; see [`weight_of`].
    #[must_use]
    pub fn halvings(&self) -> u32 {
        self.halvings
    }

    /// Sums over the held payments.
    #[must_use]
    pub fn totals(&self) -> I::Totals {
        match &self.whole {
            Some(totals) => **totals,
            None => sum_of(&self.items),
        }
    }

    /// The held payments before `end` and not before the time `start`.
    #[must_use]
    pub fn between(&self, start: i64, end: &Moment) -> &[I] {
        let before = match self.items.last() {
            // Nearly every payment comes after all that are known.
            Some(last) if last.moment() < end => self.items.as_slice(),
            _ => {
                let to = self.items.partition_point(|item| item.moment() < end);
                self.items.get(..to).unwrap_or_default()
            }
        };
        let from = match before.first() {
            Some(first) if first.moment().time < start => {
                before.partition_point(|item| item.moment().time < start)
            }
            _ => 0,
        };
        before.get(from..).unwrap_or_default()
    }

    /// Sums over [`Sample::between`].
    #[must_use]
    pub fn totals_between(&self, start: i64, end: &Moment) -> I::Totals {
        let items = self.between(start, end);
        if items.len() == self.items.len() {
            self.totals()
        } else {
            sum_of(items)
        }
    }

    /// Whether this very payment is held.
    #[must_use]
    pub fn holds(&self, item: &I) -> bool {
        self.find(item).is_ok()
    }

    /// Adds a payment; of two with one moment the greater stays. Says whether anything changed.
    pub fn insert(&mut self, item: I) -> bool {
        if !stays(&item, self.halvings) {
            return false;
        }
        match self.find(&item) {
            Ok(place) => self.replace_if_greater(place, item),
            Err(place) => {
                self.make_room();
                self.add_to_whole(&item);
                self.items.insert(place, item);
                self.halve_while_crowded();
                true
            }
        }
    }

    /// Joins the other side's payments in.
    pub fn join(&mut self, other: &Self) {
        if other.halvings > self.halvings {
            self.halve_to(other.halvings);
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
                self.sum_whole();
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

    fn halve_while_crowded(&mut self) {
        while self.items.len() > KEPT_A_DAY && self.halvings < MOST_HALVINGS {
            self.halve_to(self.halvings + 1);
        }
    }

    fn halve_to(&mut self, halvings: u32) {
        self.halvings = halvings;
        self.items.retain(|item| stays(item, halvings));
        self.sum_whole();
    }

    /// Counts an item in that is about to be added.
    fn add_to_whole(&mut self, item: &I) {
        if let Some(totals) = &mut self.whole {
            item.add_to(totals);
        } else if self.items.len() + 1 >= SUMMED_FROM {
            let mut totals = sum_of(&self.items);
            item.add_to(&mut totals);
            self.whole = Some(Box::new(totals));
        }
    }

    fn sum_whole(&mut self) {
        let long = self.items.len() >= SUMMED_FROM;
        self.whole = long.then(|| Box::new(sum_of(&self.items)));
    }

    pub(crate) fn encode(&self, to: &mut Vec<u8>) {
        to.put(u64::from(self.halvings));
        to.put(self.items.len() as u64);
        for item in &self.items {
            item.encode(to);
        }
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Result<Self> {
        let halvings = decode_halvings(from)?;
        let length: usize = from.get("number of payments")?;
        if length > KEPT_A_DAY {
            return Err(from.damaged("at most 512 payments a day"));
        }
        let mut sample = Self {
            halvings,
            ..Self::default()
        };
        for _ in 0..length {
            let item = I::decode(from)?;
            let newest = sample.items.last();
            if newest.is_some_and(|newest| newest.moment() >= item.moment()) {
                return Err(from.damaged("payments in the order of time"));
            }
            sample.make_room();
            sample.add_to_whole(&item);
            sample.items.push(item);
        }
        Ok(sample)
    }
}

/// Reads how often a day was halved.
pub(crate) fn decode_halvings(from: &mut Decoder<'_>) -> Result<u32> {
    let halvings = from.get("number of halvings")?;
    if halvings > MOST_HALVINGS {
        return Err(from.damaged("at most 63 halvings"));
    }
    Ok(halvings)
}
