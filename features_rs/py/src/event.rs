//! Payments and labels as Python gives them.

use fraud_features::{CheckedLabel, Event, Label, Payment, Verdict};
use pyo3::prelude::*;

use crate::errors::{InvalidEventError, to_python};

/// One payment, checked.
#[pyclass(name = "Event", module = "features_rs", frozen)]
pub struct PyEvent {
    pub payment: Payment<String>,
}

#[pymethods]
impl PyEvent {
    #[new]
    #[pyo3(signature = (*, transaction_id, account_id, merchant_id, category, amount_minor,
        currency, event_time_us, channel=0, entry_mode=0, country=None, latitude=None,
        longitude=None, device_id=None, ip_prefix=None, utc_offset_minutes=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments, one a field")]
    fn new(
        transaction_id: &str,
        account_id: &str,
        merchant_id: &str,
        category: &str,
        amount_minor: i64,
        currency: &str,
        event_time_us: i64,
        channel: i32,
        entry_mode: i32,
        country: Option<&str>,
        latitude: Option<f64>,
        longitude: Option<f64>,
        device_id: Option<&str>,
        ip_prefix: Option<&str>,
        utc_offset_minutes: Option<i32>,
    ) -> PyResult<Self> {
        // No feature of contract v1 rests on these.
        let _ = (entry_mode, country, ip_prefix);
        let event = Event {
            transaction_id,
            account_id,
            merchant_id,
            category,
            amount_minor,
            currency,
            event_time: event_time_us,
            channel,
            latitude,
            longitude,
            device_id,
            utc_offset_minutes,
        };
        let payment = event.check().map_err(to_python)?;
        Ok(Self { payment })
    }
}

/// What became known of a payment, checked.
#[pyclass(name = "Label", module = "features_rs", frozen)]
pub struct PyLabel {
    pub label: CheckedLabel<String>,
}

#[pymethods]
impl PyLabel {
    #[new]
    #[pyo3(signature = (*, transaction_id, merchant_id, category, amount_minor, currency,
        event_time_us, known_at_us, fraud, withdraws=false, ratio_to_usual=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments, one a field")]
    fn new(
        transaction_id: &str,
        merchant_id: &str,
        category: &str,
        amount_minor: i64,
        currency: &str,
        event_time_us: i64,
        known_at_us: i64,
        fraud: bool,
        withdraws: bool,
        ratio_to_usual: Option<f32>,
    ) -> PyResult<Self> {
        let label = Label {
            transaction_id,
            merchant_id,
            category,
            amount_minor,
            currency,
            ratio_to_usual,
            event_time: event_time_us,
            known_at: known_at_us,
            verdict: verdict(fraud, withdraws)
                .ok_or_else(|| InvalidEventError::new_err(CONTRADICTION))?,
        };
        let label = label.check().map_err(to_python)?;
        Ok(Self { label })
    }
}

/// What is said of two flags that contradict each other.
pub const CONTRADICTION: &str = "withdraws: `True` is not allowed when fraud is true";

/// What the two flags say together; None if they contradict each other.
pub fn verdict(fraud: bool, withdraws: bool) -> Option<Verdict> {
    match (fraud, withdraws) {
        (true, true) => None,
        (true, false) => Some(Verdict::Fraud),
        (false, true) => Some(Verdict::Withdrawn),
        (false, false) => Some(Verdict::Genuine),
    }
}
