//! Batches through the store, in steps between which other callers get their turn.

use std::iter;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float32Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use fraud_features::contract::features;
use fraud_features::{Error, Payment, Store, WIDTH};
use parking_lot::{Mutex, MutexGuard};
use pyo3::PyResult;

use crate::columns::{EventColumns, LabelColumns};
use crate::errors::{InvalidEventError, in_row};
use crate::recording::STEP;

/// Learns, assembles and records row by row; returns a column per feature.
pub fn replay(
    store: &Mutex<Store>,
    events: &EventColumns,
    labels: Option<&LabelColumns>,
) -> PyResult<RecordBatch> {
    let new_column = || Vec::with_capacity(events.len());
    let mut columns: Vec<Vec<f32>> = iter::repeat_with(new_column).take(WIDTH).collect();
    let mut rows: Vec<[f32; WIDTH]> = Vec::with_capacity(STEP);
    let mut learned = 0;
    let mut store = store.lock();
    for row in 0..events.len() {
        learned = learn_known(&mut store, labels, learned, events.time(row))?;
        let payment: Payment<&str> = events
            .event(row)
            .check()
            .map_err(|error: Error| in_row(row, &error))?;
        let mut features = [0.0; WIDTH];
        store.assemble_and_record(&payment, &mut features);
        rows.push(features);
        if rows.len() == STEP {
            MutexGuard::unlocked_fair(&mut store, || move_rows(&mut rows, &mut columns));
        }
    }
    move_rows(&mut rows, &mut columns);
    learn_known(&mut store, labels, learned, i64::MAX)?;
    to_batch(columns)
}

fn learn_known(
    store: &mut Store,
    labels: Option<&LabelColumns>,
    from: usize,
    time: i64,
) -> PyResult<usize> {
    let Some(labels) = labels else {
        return Ok(from);
    };
    let mut row = from;
    while row < labels.len() && labels.known_at(row) <= time {
        if row > 0 && labels.known_at(row) < labels.known_at(row - 1) {
            return Err(InvalidEventError::new_err(format!(
                "label row {row}: known_at is before the row above: sort labels by known_at"
            )));
        }
        let label = labels
            .label(row)
            .map_err(|reason| InvalidEventError::new_err(format!("label row {row}: {reason}")))?
            .check::<&str>();
        store.learn(&label.map_err(|error| in_row(row, &error))?);
        row += 1;
    }
    Ok(row)
}

fn move_rows(rows: &mut Vec<[f32; WIDTH]>, columns: &mut [Vec<f32>]) {
    for (place, column) in columns.iter_mut().enumerate() {
        column.extend(rows.iter().filter_map(|row| row.get(place)));
    }
    rows.clear();
}

fn to_batch(columns: Vec<Vec<f32>>) -> PyResult<RecordBatch> {
    let fields: Vec<Field> = features()
        .map(|(_, feature)| Field::new(feature.name, DataType::Float32, false))
        .collect();
    let arrays = columns
        .into_iter()
        .map(|column| Arc::new(Float32Array::from(column)) as ArrayRef);
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays.collect())
        .map_err(|error| InvalidEventError::new_err(error.to_string()))
}
