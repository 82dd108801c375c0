//! Many payments or labels remembered, in steps between which other callers get their turn.

use std::fmt::Display;

use fraud_features::{CheckedLabel, Outcome, Payment, Scope, Store};
use fraud_features_wire::contract::Transaction;
use fraud_features_wire::{Refusal, payment};
use parking_lot::{Mutex, MutexGuard};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

use crate::columns::{EventColumns, LabelColumns};

/// Rows between which the lock is offered: about 100 microseconds of work.
pub const STEP: usize = 64;

/// What became of the rows or messages of a batch.
#[pyclass(name = "RecordReport", module = "features_rs", frozen, get_all)]
#[derive(Debug, Clone, Default)]
pub struct PyRecordReport {
    pub recorded: usize,
    pub duplicates: usize,
    pub late: usize,
    pub refused: Vec<(usize, String)>,
}

impl PyRecordReport {
    /// Counts an outcome.
    pub fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Recorded => self.recorded += 1,
            Outcome::Duplicate => self.duplicates += 1,
            Outcome::Late => self.late += 1,
        }
    }

    /// Checks a step's items, then takes the lock and remembers those that are in order.
    fn take_step<T, E: Display>(
        &mut self,
        first: usize,
        checked: impl Iterator<Item = Result<T, E>>,
        store: &Mutex<Store>,
        remember: impl Fn(&mut Store, &T) -> Outcome,
    ) {
        let mut items = Vec::with_capacity(STEP);
        for (offset, item) in checked.enumerate() {
            match item {
                Ok(item) => items.push(item),
                Err(error) => self.refused.push((first + offset, error.to_string())),
            }
        }
        let mut store = store.lock();
        for item in &items {
            self.count(remember(&mut store, item));
        }
        MutexGuard::unlock_fair(store);
    }
}

/// Records rows.
pub fn record_rows(store: &Mutex<Store>, events: &EventColumns, scope: &Scope) -> PyRecordReport {
    let mut report = PyRecordReport::default();
    for first in (0..events.len()).step_by(STEP) {
        let rows = first..events.len().min(first + STEP);
        let checked = rows.map(|row| events.event(row).check::<&str>());
        report.take_step(first, checked, store, |store, payment| {
            if *scope == Scope::ALL {
                store.record(payment)
            } else {
                store.record_within(payment, scope)
            }
        });
    }
    report
}

/// Learns rows.
pub fn learn_rows(store: &Mutex<Store>, labels: &LabelColumns, scope: &Scope) -> PyRecordReport {
    let mut report = PyRecordReport::default();
    let check = |row| -> Result<CheckedLabel<&str>, String> {
        labels
            .label(row)?
            .check()
            .map_err(|error| error.to_string())
    };
    for first in (0..labels.len()).step_by(STEP) {
        let rows = first..labels.len().min(first + STEP);
        report.take_step(first, rows.map(check), store, |store, label| {
            store.learn_within(label, scope)
        });
    }
    report
}

/// Records serialized payments; `first` is the position of the first.
pub fn record_messages(
    store: &Mutex<Store>,
    first: usize,
    messages: &[PyBackedBytes],
    report: &mut PyRecordReport,
) {
    let mut room = vec![Transaction::default(); STEP.min(messages.len())];
    for (number, step) in messages.chunks(STEP).enumerate() {
        let checked = room.iter_mut().zip(step).map(|(room, message)| {
            let checked: Result<Payment<&str>, Refusal> =
                payment::read(message, room).and_then(payment::check);
            checked
        });
        report.take_step(first + number * STEP, checked, store, Store::record);
    }
}
