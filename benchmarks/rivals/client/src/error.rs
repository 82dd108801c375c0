//! What can stop a run before or after its calls; a failed call is a figure, not an error.

use std::io;
use std::path::PathBuf;

/// Why a run did not happen or could not be reported.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file of bodies cannot be read.
    #[error("Failed to read request bodies from `{}`: {source}", path.display())]
    ReadBodies {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file ends within a body.
    #[error("Failed to read request body {index}: the file ends within it")]
    CutBody {
        /// Position of the body in the file, from 0.
        index: usize,
    },
    /// Nothing is left to measure.
    #[error("Failed to plan the run: {warm_up} warm-up calls leave none of {count} to measure")]
    OnlyWarmUp {
        /// Calls to discard.
        warm_up: usize,
        /// Calls to make.
        count: usize,
    },
    /// The path or the address cannot be part of a request.
    #[error("Failed to make a request of `{text}`: {source}")]
    Address {
        /// As given.
        text: String,
        /// What the library said.
        source: hyper::http::Error,
    },
    /// The answers cannot be written.
    #[error("Failed to write `{}`: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The report cannot be put into JSON.
    #[error("Failed to write the report as JSON: {0}")]
    Encode(#[from] serde_json::Error),
    /// The machine gives no threads.
    #[error("Failed to start the runtime: {0}")]
    Runtime(io::Error),
    /// A connection's task was lost.
    #[error("Failed to finish the calls of a connection: {0}")]
    Worker(#[from] tokio::task::JoinError),
    /// A distribution cannot be set up.
    #[error("Failed to set up a histogram: {0}")]
    Histogram(#[from] hdrhistogram::CreationError),
}
