//! A model made ready to run: by its trees where they can be read, else by ONNX Runtime.

use parking_lot::Mutex;

use crate::forest::Forest;
use crate::runtime::Runner;

const WARM_UP_ROUNDS: usize = 3;

type Result<T> = std::result::Result<T, String>;

/// May be run from any thread.
pub enum Model {
    /// Trees that gave the bits of ONNX Runtime for each of the rows they were tried with.
    Trees(Forest),
    /// Sessions, as many as may run at once.
    Sessions(Vec<Mutex<Runner>>),
}

impl Model {
    /// Makes it ready.
    ///
    /// Trees serve if `rows` alone and together give the bits that ONNX Runtime gives. Sessions
    /// run `rows` as well, so that no payment waits for what first runs allocate.
    ///
    /// # Errors
    /// The bytes are not a model, or it failed.
    pub fn load(bytes: &[u8], copies: usize, rows: &[Vec<f32>]) -> Result<Self> {
        let together = rows.concat();
        let mut first = Runner::new(bytes)?;
        let expected = answers(&mut first, rows, &together, 1)?;
        if let Some(forest) = Forest::read(bytes) {
            let width = rows.first().map_or(0, Vec::len);
            let found = forest.run(&together, width);
            if found.is_some_and(|found| same_bits(&found, &expected)) {
                return Ok(Self::Trees(forest));
            }
        }
        let mut sessions = vec![first];
        for _ in 1..copies {
            sessions.push(Runner::new(bytes)?);
        }
        for runner in &mut sessions {
            answers(runner, rows, &together, WARM_UP_ROUNDS)?;
        }
        Ok(Self::Sessions(
            sessions.into_iter().map(Mutex::new).collect(),
        ))
    }

    /// The probabilities of fraud of rows that follow each other.
    ///
    /// # Errors
    /// The model failed.
    pub fn run(&self, values: &[f32], rows: usize) -> Result<Vec<f32>> {
        let sessions = match self {
            Self::Trees(forest) => {
                let found = forest.run(values, values.len() / rows.max(1));
                return found.ok_or_else(|| "a row is too short for the trees".to_owned());
            }
            Self::Sessions(sessions) => sessions,
        };
        for runner in sessions {
            if let Some(mut runner) = runner.try_lock() {
                return runner.run(values, rows);
            }
        }
        let first = sessions.first().ok_or("the model has no session")?;
        first.lock().run(values, rows)
    }
}

/// Runs rows together so many times, as reasons are found, and each alone, as payments come; returns
/// the probabilities of both, which need not have the same bits.
fn answers(
    runner: &mut Runner,
    rows: &[Vec<f32>],
    together: &[f32],
    rounds: usize,
) -> Result<[Vec<f32>; 2]> {
    let mut batch = Vec::new();
    for _ in 0..rounds {
        batch = runner.run(together, rows.len())?;
    }
    let alone: Result<Vec<_>> = rows.iter().map(|row| runner.run(row, 1)).collect();
    Ok([batch, alone?.concat()])
}

fn same_bits(found: &[f32], expected: &[Vec<f32>; 2]) -> bool {
    let bits = |values: &[f32]| -> Vec<u32> { values.iter().map(|each| each.to_bits()).collect() };
    expected.iter().all(|each| bits(each) == bits(found))
}
