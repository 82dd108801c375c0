//! The Python face of the feature kernel; `features_rs/_kernel.pyi` carries its documentation.

mod columns;
mod contract;
mod errors;
mod event;
mod file;
mod replay;
mod store;

use pyo3::prelude::*;

#[pymodule]
fn _kernel(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("BASE_CURRENCY", fraud_features::currency::BASE)?;
    module.add("KernelError", py.get_type::<errors::KernelError>())?;
    module.add(
        "InvalidEventError",
        py.get_type::<errors::InvalidEventError>(),
    )?;
    module.add(
        "ContractMismatchError",
        py.get_type::<errors::ContractMismatchError>(),
    )?;
    module.add("StateError", py.get_type::<errors::StateError>())?;
    module.add_class::<event::PyEvent>()?;
    module.add_class::<event::PyLabel>()?;
    module.add_class::<contract::PyFeature>()?;
    module.add_class::<contract::PyContract>()?;
    module.add_class::<store::PyMergeReport>()?;
    module.add_class::<store::PyStore>()?;
    module.add_function(wrap_pyfunction!(contract::contract, module)?)
}
