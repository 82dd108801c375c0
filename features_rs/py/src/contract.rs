//! The feature contract as Python reads it.

use std::collections::BTreeMap;

use fraud_features::contract::{DIGEST, TEXT, VERSION, features, parameters, to_hex};
use fraud_features::currency::RATES;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;

/// One entry of the contract.
#[pyclass(name = "Feature", module = "features_rs", frozen, get_all)]
#[derive(Clone)]
pub struct PyFeature {
    name: &'static str,
    family: &'static str,
    unit: &'static str,
    window: &'static str,
    default: f32,
    meaning: &'static str,
    reason_code: &'static str,
}

/// The ordered list of features and everything their values depend on.
#[pyclass(name = "Contract", module = "features_rs", frozen, get_all)]
pub struct PyContract {
    version: &'static str,
    digest: String,
    features: Vec<PyFeature>,
    names: Vec<&'static str>,
    dtypes: Vec<&'static str>,
    parameters: BTreeMap<&'static str, f64>,
    rates: BTreeMap<&'static str, (i64, i64)>,
    text: &'static str,
}

#[pymethods]
impl PyContract {
    fn index(&self, name: &str) -> PyResult<usize> {
        let place = self.names.iter().position(|known| *known == name);
        place.ok_or_else(|| PyKeyError::new_err(format!("no feature is named `{name}`")))
    }
}

/// The contract that this build computes.
#[pyfunction]
pub fn contract() -> PyContract {
    let features: Vec<PyFeature> = features()
        .map(|(family, feature)| PyFeature {
            name: feature.name,
            family,
            unit: feature.unit,
            window: feature.window,
            default: feature.default,
            meaning: feature.meaning,
            reason_code: feature.reason,
        })
        .collect();
    PyContract {
        version: VERSION,
        digest: to_hex(&*DIGEST),
        names: features.iter().map(|feature| feature.name).collect(),
        dtypes: features.iter().map(|_| "float32").collect(),
        features,
        parameters: parameters().into_iter().collect(),
        rates: RATES
            .iter()
            .map(|rate| (rate.code, (rate.numerator, rate.denominator)))
            .collect(),
        text: &TEXT,
    }
}
