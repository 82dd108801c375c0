//! The payments (or labels) of one entity over time: open days, held one by one, and sealed days.
//!
//! A series is a join-semilattice. Its parts are the newest time seen (joined by maximum), and for
//! each UTC day either an open sample or a sealed summary: open samples join by union, a sealed day
//! stands above any open one, and of two sealed the fuller stays. Days out of reach of every window
//! are forgotten by a bound that only grows with the newest time. [`Series::join`] does nothing
//! else, so it is commutative, associative and idempotent; days are sealed by [`Series::insert`]
//! alone.

use crate::codec::{Decoder, Encode};
use crate::error::Result;
use crate::identity::Token;
use crate::moment::{Moment, decode_time};
use crate::sample::{Sample, weight_of};
use crate::sealed::SealedDays;
use crate::time::{DAY, LATENESS, LONGEST_DAYS, day_of, end_of_day};

/// Something that happened to an entity at a moment.
pub trait Item: Clone + Ord {
    /// Length of the longest window that is exact to the event, in microseconds.
    const EXACT: i64;
    /// How many distinct tokens a sealed day keeps.
    const TOKENS_KEPT: usize;
    /// What a sealed day keeps of its items.
    type Totals: Totals;

    /// When it happened.
    fn moment(&self) -> &Moment;
    /// Stands for another entity that took part; 0 for none.
    fn token(&self) -> Token;
    /// Counts the item into sums.
    fn add_to(&self, totals: &mut Self::Totals);
    /// Appends the item's bytes.
    fn encode(&self, to: &mut Vec<u8>);
    /// Reads them back.
    ///
    /// # Errors
    /// [`crate::Error::Damaged`].
    fn decode(from: &mut Decoder<'_>) -> Result<Self>;
}

/// Sums over items that do not depend on their order.
pub trait Totals: Copy + Default + Eq + std::fmt::Debug {
    /// How many items were counted.
    fn count(&self) -> u32;
    /// Appends the sums' bytes, the count left out.
    fn encode(&self, to: &mut Vec<u8>);
    /// Reads the sums over `count` items back.
    ///
    /// # Errors
    /// [`crate::Error::Damaged`].
    fn decode(count: u32, from: &mut Decoder<'_>) -> Result<Self>;
}

/// What became of an item that was to be remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It is new, and counts.
    Recorded,
    /// It was known already; nothing changed.
    Duplicate,
    /// Its day is sealed or forgotten: it does not count here.
    Late,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series<I: Item> {
    newest: i64,
    sealed: SealedDays<I>,
    open: Vec<(i32, Sample<I>)>,
}

impl<I: Item> Default for Series<I> {
    fn default() -> Self {
        Self {
            newest: 0,
            sealed: SealedDays::default(),
            open: Vec::new(),
        }
    }
}

impl<I: Item> Series<I> {
    /// Time of the newest item; 0 when there is none.
    #[must_use]
    pub fn newest(&self) -> i64 {
        self.newest
    }

    /// Remembers an item and seals the days that this makes due.
    pub fn insert(&mut self, item: I) -> Outcome {
        let day = day_of(item.moment().time);
        let newest = self.newest.max(item.moment().time);
        if is_due::<I>(day, newest) {
            let held = self
                .open
                .iter()
                .any(|(open, sample)| *open == day && sample.holds(&item));
            return if held {
                Outcome::Duplicate
            } else {
                Outcome::Late
            };
        }
        let changed = match self.open_day(day) {
            Ok(sample) => sample.insert(item),
            Err(place) => {
                let mut single = Sample::default();
                single.insert(item);
                self.open_new(place, day, single);
                true
            }
        };
        let forgets = first_day_needed(newest) > first_day_needed(self.newest);
        self.newest = newest;
        self.seal_due();
        if forgets {
            self.forget();
        }
        if changed {
            Outcome::Recorded
        } else {
            Outcome::Duplicate
        }
    }

    fn open_day(&mut self, day: i32) -> std::result::Result<&mut Sample<I>, usize> {
        let place = self.open.partition_point(|(open, _)| *open < day);
        match self.open.get_mut(place) {
            Some((open, sample)) if *open == day => Ok(sample),
            _ => Err(place),
        }
    }

    fn open_new(&mut self, place: usize, day: i32, sample: Sample<I>) {
        self.open.reserve_exact(1);
        self.open.insert(place, (day, sample));
    }

    fn seal_due(&mut self) {
        let newest = self.newest;
        let due = |(day, _): &&(i32, Sample<I>)| is_due::<I>(*day, newest);
        let count = self.open.iter().take_while(due).count();
        for (day, sample) in self.open.drain(..count) {
            self.sealed.seal(day, &sample);
        }
    }

    fn forget(&mut self) {
        let first = first_day_needed(self.newest);
        self.sealed.forget_before(first);
        self.open.retain(|(day, _)| *day >= first);
    }

    /// Joins another replica of the series in; returns how many items held one by one gave way
    /// to a sealed day.
    pub fn join(&mut self, other: &Self) -> usize {
        self.newest = self.newest.max(other.newest);
        self.sealed = self.sealed.join(&other.sealed);
        for (day, sample) in &other.open {
            match self.open_day(*day) {
                Ok(held) => held.join(sample),
                Err(place) => self.open_new(place, *day, sample.clone()),
            }
        }
        let mut superseded = 0;
        for sealed in self.sealed.iter() {
            self.open.retain(|(day, sample)| {
                superseded += if *day == sealed.day {
                    sample.items().len()
                } else {
                    0
                };
                *day != sealed.day
            });
        }
        self.forget();
        superseded
    }

    /// Calls `visit` with each day's totals over what came before `end` and not before the time
    /// `start`, and the weight to scale them by; oldest day first.
    ///
    /// A sealed day counts whole, so `start` should be the start of a day or within the span that
    /// is kept exactly.
    #[inline]
    pub fn each_day(&self, start: i64, end: &Moment, mut visit: impl FnMut(i32, f64, &I::Totals)) {
        let (first, last) = (day_of(start), day_of(end.time));
        let visit_open =
            |day: i32, sample: &Sample<I>, visit: &mut dyn FnMut(i32, f64, &I::Totals)| {
                let totals = sample.totals_between(start, end);
                if totals.count() > 0 {
                    visit(day, weight_of(sample.halvings()), &totals);
                }
            };
        let in_reach = |(day, _): &&(i32, Sample<I>)| (first..=last).contains(day);
        let mut open = self.open.iter().filter(in_reach).peekable();
        for sealed in self.sealed.iter() {
            while let Some((day, sample)) = open.next_if(|(day, _)| *day < sealed.day) {
                visit_open(*day, sample, &mut visit);
            }
            if sealed.day >= first && sealed.day < last {
                visit(sealed.day, sealed.weight, &sealed.totals);
            }
        }
        open.for_each(|(day, sample)| visit_open(*day, sample, &mut visit));
    }

    /// The open items before `end` and not before the time `start`, with their day's weight;
    /// newest day first, oldest item first within it.
    pub fn recent(&self, start: i64, end: &Moment) -> impl Iterator<Item = (&[I], f64)> {
        let days = day_of(start)..=day_of(end.time);
        let open = self
            .open
            .iter()
            .rev()
            .filter(move |(day, _)| days.contains(day));
        open.map(move |(_, sample)| (sample.between(start, end), weight_of(sample.halvings())))
    }

    /// The newest open item before `end` and not before the time `start`.
    #[must_use]
    pub fn last_between(&self, start: i64, end: &Moment) -> Option<&I> {
        self.recent(start, end).find_map(|(items, _)| items.last())
    }

    /// Calls `visit` with the tokens (0 left out, repeats possible) of what came before `end` and
    /// not before the day of `start`.
    pub fn each_token(&self, start: i64, end: &Moment, mut visit: impl FnMut(Token)) {
        let (first, last) = (day_of(start), day_of(end.time));
        for sealed_day in self.sealed.iter() {
            if sealed_day.day >= first && sealed_day.day < last {
                sealed_day.tokens().for_each(&mut visit);
            }
        }
        for (items, _) in self.recent(start, end) {
            items
                .iter()
                .map(Item::token)
                .filter(|&token| token != 0)
                .for_each(&mut visit);
        }
    }

    /// Whether a token is among those of what came before `end` and not before the day of `start`;
    /// looks at the newest first, since most are seen again soon.
    #[must_use]
    pub fn has_token(&self, start: i64, end: &Moment, token: Token) -> bool {
        let days = day_of(start)..day_of(end.time);
        let is_it = |item: &I| item.token() == token;
        self.recent(start, end)
            .any(|(items, _)| items.iter().rev().any(is_it))
            || self.sealed.iter().any(|sealed| {
                days.contains(&sealed.day) && sealed.tokens().any(|kept| kept == token)
            })
    }

    pub(crate) fn encode(&self, to: &mut Vec<u8>) {
        to.put(self.newest as u64);
        self.sealed.encode(to);
        to.put(self.open.len() as u64);
        for (day, sample) in &self.open {
            to.put_signed(i64::from(*day));
            sample.encode(to);
        }
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Result<Self> {
        let newest = decode_time(from)?;
        let sealed = SealedDays::decode(from)?;
        let length: usize = from.get("number of open days")?;
        let mut open: Vec<(i32, Sample<I>)> = Vec::new();
        for _ in 0..length {
            let day = from.get_signed("open day")?;
            if open.last().is_some_and(|(last, _)| *last >= day) {
                return Err(from.damaged("open days in order"));
            }
            let sample = Sample::<I>::decode(from)?;
            let days = sample.items().iter().map(|item| day_of(item.moment().time));
            if days.into_iter().any(|made_on| made_on != day) {
                return Err(from.damaged("payments of their day"));
            }
            open.push((day, sample));
        }
        Ok(Self {
            newest,
            sealed,
            open,
        })
    }
}

/// Whether a day is so old that neither an exact window nor a late event needs its items.
fn is_due<I: Item>(day: i32, newest: i64) -> bool {
    end_of_day(day) <= newest - I::EXACT - LATENESS
}

/// The oldest day that a window of an event within the lateness bound still reaches.
fn first_day_needed(newest: i64) -> i32 {
    day_of((newest - LATENESS).max(0)) - (LONGEST_DAYS - 1)
}

/// The first instant of a window of so many UTC days that ends with the day of `time`.
#[must_use]
pub fn start_of_days(time: i64, days: i32) -> i64 {
    i64::from(day_of(time) - (days - 1)) * DAY
}
