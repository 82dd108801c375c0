//! `fraud-load`: sends payments to a scorer, open or closed loop, and times the answers.
//!
//! In: a file of length-delimited `fraud.v1.ScoreRequest`. Out: one JSON report, and on request
//! one JSON line for every answer.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod answer;
mod arguments;
mod call;
mod clock;
mod closed_loop;
mod connection;
mod error;
mod latency;
mod ledger;
mod method;
mod open_loop;
mod pacer;
mod payments;
mod progress;
mod proto;
mod report;
mod run;
mod schedule;
mod stages;
mod workload;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;
use crate::error::LoadError;

fn main() -> ExitCode {
    match start(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fraud-load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start(arguments: &Arguments) -> Result<(), LoadError> {
    let mut builder = if arguments.threads == 1 {
        tokio::runtime::Builder::new_current_thread()
    } else {
        tokio::runtime::Builder::new_multi_thread()
    };
    let runtime = builder
        .worker_threads(arguments.threads)
        .enable_all()
        .build()
        .map_err(LoadError::Runtime)?;
    runtime.block_on(run::run(arguments))
}
