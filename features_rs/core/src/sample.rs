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
    /// None while there was room for all.
    crowd: Option<Box<Crowd>>,
}

/// What tells the payments that were left out of a crowded day.
#[derive(Debug, Clone)]
struct Crowd {
    /// The smallest priority left out.
    limit: u64,
    /// The held items' priorities, in the order of the items.
    priorities: Vec<u64>,
}

impl PartialEq for Crowd {
    fn eq(&self, other: &Self) -> bool {
        // The priorities follow from the items.
        self.limit == other.limit
    }
}

impl Eq for Crowd {}

impl<I> Default for Sample<I> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            crowd: None,
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

    /// The smallest priority left out; `u64::MAX` while there was room for all.
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.crowd.as_ref().map_or(u64::MAX, |crowd| crowd.limit)
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
        if self.leaves_out(&item) {
            return false;
        }
        match self.find(&item) {
            Ok(place) => self.replace_if_greater(place, item),
            Err(place) => {
                if let Some(crowd) = &mut self.crowd {
                    crowd.priorities.insert(place, priority_of(&item));
                }
                self.make_room();
                self.items.insert(place, item);
                self.leave_out_greatest();
                true
            }
        }
    }

    fn leaves_out(&self, item: &I) -> bool {
        self.crowd
            .as_ref()
            .is_some_and(|crowd| priority_of(item) >= crowd.limit)
    }

    /// Joins the other side's payments in.
    pub fn join(&mut self, other: &Self) {
        let limit = self.limit().min(other.limit());
        self.items
            .retain(|item| limit == u64::MAX || priority_of(item) < limit);
        self.set_limit(limit);
        for item in &other.items {
            self.insert(item.clone());
        }
    }

    fn set_limit(&mut self, limit: u64) {
        self.crowd = (limit != u64::MAX).then(|| {
            let priorities = self.items.iter().map(priority_of).collect();
            Box::new(Crowd { limit, priorities })
        });
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

    /// Leaves out the greatest priority: of payments with one id, which share it, all.
    fn leave_out_greatest(&mut self) {
        if self.items.len() <= KEPT_A_DAY {
            return;
        }
        if self.crowd.is_none() {
            // The limit is set below: it is the greatest of these.
            self.set_limit(0);
        }
        let Some(crowd) = &mut self.crowd else { return };
        crowd.limit = crowd.priorities.iter().copied().max().unwrap_or(u64::MAX);
        let greatest = |&priority: &u64| priority == crowd.limit;
        while let Some(place) = crowd.priorities.iter().position(greatest) {
            self.items.remove(place);
            crowd.priorities.remove(place);
        }
    }

    pub(crate) fn encode(&self, to: &mut Vec<u8>) {
        to.put(u64::MAX - self.limit());
        to.put(self.items.len() as u64);
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
        let mut sample = Self::default();
        for _ in 0..length {
            let item = I::decode(from)?;
            let newest = sample.items.last();
            if newest.is_some_and(|newest| newest.moment() >= item.moment()) {
                return Err(from.damaged("payments in the order of time"));
            }
            sample.make_room();
            sample.items.push(item);
        }
        sample.set_limit(u64::MAX - room_left);
        Ok(sample)
    }
}

fn priority_of<I: Item>(item: &I) -> u64 {
    item.moment().id.priority()
}
