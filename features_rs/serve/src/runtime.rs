//! The ONNX Runtime of the Python package: the reference, and what runs a model of any form.

use std::path::Path;
use std::sync::OnceLock;

use ort::environment::Environment;
use ort::session::builder::GraphOptimizationLevel;
use ort::session::{HasSelectedOutputs, OutputSelector, RunOptions, Session};
use ort::value::TensorRef;

/// What every model takes: rows of features.
pub const INPUT: &str = "features";
/// What it gives, the probability of fraud last in each row.
pub const OUTPUT: &str = "probability";

type Result<T> = std::result::Result<T, String>;

/// The library's; there is one in a process.
static ENVIRONMENT: OnceLock<Option<Environment>> = OnceLock::new();

/// Loads the library; again, it does nothing.
///
/// # Errors
/// It cannot be loaded, or is too old.
pub fn load_runtime(library: &Path) -> Result<()> {
    if ENVIRONMENT.get().is_some() {
        return Ok(());
    }
    let loaded = ort::init_from(library).map_err(|error| error.to_string())?;
    let made = loaded.with_telemetry(false).build();
    ENVIRONMENT.get_or_init(|| made.ok());
    environment().map(|_| ())
}

fn environment() -> Result<&'static Environment> {
    let made = ENVIRONMENT.get().and_then(Option::as_ref);
    made.ok_or_else(|| "ONNX Runtime is not loaded".to_owned())
}

/// A session of ONNX Runtime.
pub struct Runner {
    session: Session,
    options: RunOptions<HasSelectedOutputs>,
}

impl Runner {
    /// A session of a model's file.
    ///
    /// # Errors
    /// The bytes are not a model.
    pub fn new(bytes: &[u8]) -> Result<Self> {
        let environment = environment()?;
        let make = || -> ort::Result<Self> {
            // As `scorer/model/session.py`: the same options give the same bits.
            let session = Session::builder(environment)?
                .with_intra_threads(1)?
                .with_inter_threads(1)?
                .with_parallel_execution(false)?
                .with_optimization_level(GraphOptimizationLevel::All)?
                .with_intra_op_spinning(false)?
                .with_inter_op_spinning(false)?
                .commit_from_memory(bytes)?;
            let outputs = OutputSelector::no_default().with(OUTPUT);
            let options = RunOptions::new()?.with_outputs(outputs);
            Ok(Self { session, options })
        };
        make().map_err(|error| error.to_string())
    }

    /// The probabilities of fraud of rows that follow each other.
    ///
    /// # Errors
    /// The model failed.
    pub fn run(&mut self, values: &[f32], rows: usize) -> Result<Vec<f32>> {
        let mut run = || -> ort::Result<Vec<f32>> {
            let width = values.len() / rows.max(1);
            let input = TensorRef::from_array_view(([rows, width], values))?;
            let outputs = self
                .session
                .run_with_options(ort::inputs![INPUT => input], &self.options)?;
            let (_, found) = outputs[OUTPUT].try_extract_tensor::<f32>()?;
            let columns = found.len() / rows.max(1);
            let last = found.chunks(columns.max(1)).filter_map(<[f32]>::last);
            Ok(last.copied().collect())
        };
        let found = run().map_err(|error| error.to_string())?;
        if found.len() == rows {
            return Ok(found);
        }
        Err(format!("the model gave {} rows for {rows}", found.len()))
    }
}
