//! The Python face of the feature kernel; `features_rs/_kernel.pyi` carries its documentation.

mod advance;
mod columns;
mod contract;
mod engine;
mod errors;
mod event;
mod exporting;
mod file;
mod log;
mod merging;
mod messages;
mod recording;
mod replay;
mod scope;
mod serving;
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
    module.add_class::<merging::PyMergeReport>()?;
    module.add_class::<recording::PyRecordReport>()?;
    module.add_class::<advance::PyAdvance>()?;
    module.add_class::<store::PyStore>()?;
    module.add_class::<log::PyOutboxFile>()?;
    module.add_class::<engine::PyNativeModel>()?;
    module.add_class::<engine::PyTurns>()?;
    module.add_class::<engine::PyWaitingIds>()?;
    module.add_class::<engine::PyEngine>()?;
    module.add_class::<serving::PyServer>()?;
    module.add_class::<serving::PyCall>()?;
    module.add_function(wrap_pyfunction!(contract::contract, module)?)?;
    module.add_function(wrap_pyfunction!(engine::load_onnxruntime, module)?)?;
    module.add_function(wrap_pyfunction!(scope::shard_of, module)?)?;
    module.add_function(wrap_pyfunction!(advance::advance, module)?)
}
