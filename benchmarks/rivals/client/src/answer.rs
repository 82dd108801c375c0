//! What came back.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;

use crate::error::LoadError;

/// Why a call has no answer, as a code above all of HTTP's and gRPC's.
pub const NOT_CONNECTED: u32 = 1001;
/// The connection was lost with the call on it.
pub const LOST: u32 = 1002;
/// No answer came within the deadline.
pub const EXPIRED: u32 = 1003;

/// A code and, with it, the body; 200 of HTTP is told as 0, as gRPC does.
pub struct Answer {
    /// 0 where all is well.
    pub code: u32,
    /// Empty where nothing came.
    pub body: Bytes,
}

impl Answer {
    /// No answer, and why.
    pub fn none(code: u32) -> Self {
        Self {
            code,
            body: Bytes::new(),
        }
    }
}

/// A call that was made.
pub struct Outcome {
    /// Position among the bodies sent.
    pub index: usize,
    /// From the intended time of sending to the answer.
    pub latency: Duration,
    /// From the intended to the actual time of sending.
    pub lag: Duration,
    /// What came back.
    pub answer: Answer,
}

/// Write every answer in the order of the bodies.
///
/// # Errors
///
/// The file cannot be written.
pub fn write(path: &Path, outcomes: &mut [Outcome]) -> Result<(), LoadError> {
    outcomes.sort_by_key(|outcome| outcome.index);
    let failed = |source| LoadError::Write {
        path: path.to_owned(),
        source,
    };
    let mut file = BufWriter::new(File::create(path).map_err(failed)?);
    for Outcome { index, answer, .. } in outcomes {
        let length = answer.body.len();
        for number in [*index as u32, answer.code, length as u32] {
            file.write_all(&number.to_be_bytes()).map_err(failed)?;
        }
        file.write_all(&answer.body).map_err(failed)?;
    }
    file.flush().map_err(failed)
}
