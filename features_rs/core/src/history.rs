//! The newest labelled payments of a merchant, from which runs of fraud are read.

use crate::codec::{Decoder, Encode};
use crate::error::Result;
use crate::identity::TransactionId;
use crate::label::Verdict;
use crate::moment::decode_time;
use crate::report::Report;
use crate::series::Item;
use crate::time::DAY;

/// Labels kept; the newest of a union of newests is the newest of the union.
pub const LABELS_KEPT: usize = 64;
/// Frauds further apart belong to different runs.
pub const RUN_GAP: i64 = 7 * DAY;

/// One label, ordered by when its payment was made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    made_at: i64,
    id: TransactionId,
    known_at: i64,
    verdict: Verdict,
    ordinary: bool,
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    entries: Vec<Entry>,
}

/// Known frauds that follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// When its first payment was made.
    pub began: i64,
    /// How many payments it has, at most [`LABELS_KEPT`].
    pub length: usize,
}

/// The frauds known of a merchant at some time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Frauds {
    /// When the newest was made.
    pub newest: Option<i64>,
    /// When the newest of an ordinary amount was made.
    pub newest_ordinary: Option<i64>,
    /// The current run: the newest known frauds with no known genuine payment after or between
    /// them and no gap of more than [`RUN_GAP`].
    pub run: Option<Run>,
    /// Those of the run that are of an ordinary amount.
    pub ordinary_run: Option<Run>,
}

fn extend(run: &mut Option<Run>, made_at: i64) {
    let length = run.map_or(1, |run| run.length + 1);
    *run = Some(Run {
        began: made_at,
        length,
    });
}

impl History {
    /// Remembers a label.
    pub fn insert(&mut self, report: &Report) {
        let entry = Entry {
            made_at: report.made_at,
            id: report.moment().id.clone(),
            known_at: report.moment().time,
            verdict: report.verdict,
            ordinary: report.ordinary,
        };
        self.add(entry);
    }

    /// When the newest labelled payment was made; 0 when there is none.
    #[must_use]
    pub fn newest(&self) -> i64 {
        self.entries.last().map_or(0, |entry| entry.made_at)
    }

    /// Joins another replica in.
    pub fn join(&mut self, other: &Self) {
        for entry in &other.entries {
            self.add(entry.clone());
        }
    }

    fn add(&mut self, entry: Entry) {
        if let Err(place) = self.entries.binary_search(&entry) {
            if self.entries.len() == self.entries.capacity() {
                self.entries.reserve_exact(1 + self.entries.len() / 2);
            }
            self.entries.insert(place, entry);
        }
        if self.entries.len() > LABELS_KEPT {
            self.entries.remove(0);
        }
    }

    /// The frauds known at `time` of payments not made before `oldest`.
    #[must_use]
    pub fn frauds_at(&self, time: i64, oldest: i64) -> Frauds {
        let mut frauds = Frauds::default();
        let mut unbroken = true;
        for entry in self.known_at(time) {
            let made_at = entry.made_at;
            if frauds.newest.is_none() && made_at < oldest {
                break;
            }
            if entry.verdict != Verdict::Fraud {
                unbroken = false;
                continue;
            }
            unbroken &= frauds.run.is_none_or(|run| run.began - made_at <= RUN_GAP);
            frauds.newest = frauds.newest.or(Some(made_at));
            if unbroken {
                extend(&mut frauds.run, made_at);
            }
            if entry.ordinary {
                let recent = (made_at >= oldest).then_some(made_at);
                frauds.newest_ordinary = frauds.newest_ordinary.or(recent);
                if unbroken {
                    extend(&mut frauds.ordinary_run, made_at);
                }
            }
        }
        frauds
    }

    /// Labelled payments as known at `time`, newest first; of several labels of one payment the
    /// one that became known last holds.
    fn known_at(&self, time: i64) -> impl Iterator<Item = &Entry> {
        let mut last_id: Option<&TransactionId> = None;
        let known = self
            .entries
            .iter()
            .rev()
            .filter(move |entry| entry.known_at <= time);
        known.filter(move |entry| {
            // Labels of one payment stand together, the last known first.
            let superseded = last_id == Some(&entry.id);
            last_id = Some(&entry.id);
            !superseded
        })
    }

    pub(crate) fn encode(&self, to: &mut Vec<u8>) {
        to.put(self.entries.len() as u64);
        for entry in &self.entries {
            to.put(entry.made_at as u64);
            entry.id.with_bytes(|bytes| to.put_bytes(bytes));
            to.put(entry.known_at as u64);
            to.put(entry.verdict as u64);
            to.put(u64::from(entry.ordinary));
        }
    }

    pub(crate) fn decode(from: &mut Decoder<'_>) -> Result<Self> {
        let length: usize = from.get("number of labels")?;
        let mut history = Self::default();
        for _ in 0..length {
            history.add(Entry {
                made_at: decode_time(from)?,
                id: TransactionId::new(from.get_text("transaction id")?),
                known_at: decode_time(from)?,
                verdict: Verdict::decode(from)?,
                ordinary: from.get::<u8>("whether the amount is ordinary")? != 0,
            });
        }
        Ok(history)
    }
}
