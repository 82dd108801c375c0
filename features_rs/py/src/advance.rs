//! One entity's state taken a step further, as Python calls it.

use fraud_features::advance::advance as advance_state;
use fraud_features::{EntityKind, Payment};
use fraud_features_wire::contract::Transaction;
use fraud_features_wire::payment;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PySequence};

use crate::errors::to_python;
use crate::event::PyLabel;
use crate::messages;
use crate::recording::PyRecordReport;
use crate::scope::kind_of;

/// An entity's state after a step.
#[pyclass(name = "Advance", module = "features_rs", frozen, get_all)]
pub struct PyAdvance {
    state: Py<PyBytes>,
    as_of_us: i64,
    features: Option<Vec<f32>>,
    report: PyRecordReport,
}

/// One entity's state with payments and labels added.
#[pyfunction]
#[pyo3(signature = (kind, entity_id, state, payments, labels=Vec::new()))]
pub fn advance(
    py: Python<'_>,
    kind: &str,
    entity_id: &str,
    state: Option<PyBackedBytes>,
    payments: &Bound<'_, PySequence>,
    labels: Vec<Py<PyLabel>>,
) -> PyResult<PyAdvance> {
    let kind = kind_of(kind)?;
    let messages = messages::all(payments)?;
    let step = py.detach(|| {
        let mut room = vec![Transaction::default(); messages.len()];
        let mut report = PyRecordReport::default();
        let mut taken = Vec::with_capacity(messages.len());
        for (place, (message, room)) in messages.iter().zip(&mut room).enumerate() {
            match read(kind, entity_id, message, room) {
                Ok(payment) => taken.push(payment),
                Err(reason) => report.refused.push((place, reason)),
            }
        }
        let labels: Vec<_> = labels.iter().map(|label| &label.get().label).collect();
        let step = advance_state(kind, entity_id, state.as_deref(), &taken, &labels)?;
        step.outcomes
            .iter()
            .for_each(|&outcome| report.count(outcome));
        Ok((step, report))
    });
    let (step, report) = step.map_err(to_python)?;
    Ok(PyAdvance {
        state: PyBytes::new(py, &step.state).unbind(),
        as_of_us: step.as_of,
        features: step.features.map(Vec::from),
        report,
    })
}

/// The payment in a message, or why it is not taken.
fn read<'a>(
    kind: EntityKind,
    id: &str,
    message: &[u8],
    room: &'a mut Transaction,
) -> Result<Payment<&'a str>, String> {
    let checked = payment::read(message, room).and_then(payment::check);
    let payment = checked.map_err(|refusal| refusal.to_string())?;
    match payment.name(kind) {
        Some(name) if name == id => Ok(payment),
        other => {
            let kind = kind.name();
            let field = if kind == "category" { "" } else { "_id" };
            let other = other.unwrap_or_default();
            Err(format!(
                "transaction.{kind}{field}: `{other}` is not `{id}`, the {kind} whose state this is"
            ))
        }
    }
}
