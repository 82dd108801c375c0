//! The kernel's errors as Python exceptions.

use fraud_features::Error;
use pyo3::create_exception;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

create_exception!(features_rs, KernelError, PyValueError);
create_exception!(features_rs, InvalidEventError, KernelError);
create_exception!(features_rs, ContractMismatchError, KernelError);
create_exception!(features_rs, StateError, KernelError);

/// The exception for an error.
pub fn to_python(error: Error) -> PyErr {
    let message = error.to_string();
    match error {
        Error::InvalidField { .. } => InvalidEventError::new_err(message),
        Error::ContractMismatch { .. } => ContractMismatchError::new_err(message),
        Error::Damaged { .. } | Error::OtherEntity { .. } => StateError::new_err(message),
    }
}

/// The exception for one of many states, naming its position.
pub fn in_state(place: usize, error: &Error) -> PyErr {
    let message = format!("item {place}: {error}");
    match error {
        Error::ContractMismatch { .. } => ContractMismatchError::new_err(message),
        _ => StateError::new_err(message),
    }
}

/// The exception for a row of a batch, naming the row.
pub fn in_row(row: usize, error: &Error) -> PyErr {
    InvalidEventError::new_err(format!("row {row}: {error}"))
}
