//! Runs a model through the ONNX Runtime of the Python package.

use std::path::Path;
use std::sync::OnceLock;

use ort::environment::Environment;
use ort::session::builder::GraphOptimizationLevel;
use ort::session::{HasSelectedOutputs, OutputSelector, RunOptions, Session};
use ort::value::TensorRef;
use parking_lot::Mutex;

const INPUT: &str = "features";
const OUTPUT: &str = "probability";
const WARM_UP_ROUNDS: usize = 3;

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

struct Runner {
    session: Session,
    options: RunOptions<HasSelectedOutputs>,
}

/// A model made ready to run, as many times as may run at once.
pub struct Model {
    runners: Vec<Mutex<Runner>>,
}

impl Model {
    /// Makes it ready: `rows` are run by every copy, so that no payment waits for what first runs
    /// allocate.
    ///
    /// # Errors
    /// The bytes are not a model, or it failed.
    pub fn load(bytes: &[u8], copies: usize, rows: &[Vec<f32>]) -> Result<Self> {
        let make = |_| {
            let mut runner = Runner::new(bytes)?;
            runner.warm_up(rows)?;
            Ok(Mutex::new(runner))
        };
        Ok(Self {
            runners: (0..copies.max(1)).map(make).collect::<Result<_>>()?,
        })
    }

    /// The probabilities of fraud of rows that follow each other.
    ///
    /// # Errors
    /// The model failed.
    pub fn run(&self, values: &[f32], rows: usize) -> Result<Vec<f32>> {
        for runner in &self.runners {
            if let Some(mut runner) = runner.try_lock() {
                return runner.run(values, rows);
            }
        }
        let first = self.runners.first().ok_or("the model has no session")?;
        first.lock().run(values, rows)
    }
}

impl Runner {
    fn new(bytes: &[u8]) -> Result<Self> {
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

    /// Together, as reasons are found, and each alone, as payments come.
    fn warm_up(&mut self, rows: &[Vec<f32>]) -> Result<()> {
        for _ in 0..WARM_UP_ROUNDS {
            self.run(&rows.concat(), rows.len())?;
        }
        rows.iter().try_for_each(|row| self.run(row, 1).map(drop))
    }

    fn run(&mut self, values: &[f32], rows: usize) -> Result<Vec<f32>> {
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
