//! `rivals-load`: makes prepared calls to any server, open or closed loop, and times the answers.
//!
//! In: a file of length-prefixed request bodies. Out: one JSON report, and every answer's bytes in a
//! file. It knows nothing of what is asked or answered, so that all servers meet the same client; gRPC
//! is HTTP/2 with five bytes before each message, and both protocols are spoken by one library.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod answer;
mod arguments;
mod bodies;
mod connection;
mod error;
mod grpc;
// The house's other load client measures and waits in the same way.
#[path = "../../../load/client/src/latency.rs"]
mod latency;
mod ledger;
#[path = "../../../load/client/src/pacer.rs"]
mod pacer;
mod run;

use std::process::ExitCode;

use clap::Parser;

use crate::arguments::Arguments;
use crate::error::LoadError;

fn main() -> ExitCode {
    match start(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("rivals-load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start(arguments: &Arguments) -> Result<(), LoadError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(LoadError::Runtime)?;
    let report = runtime.block_on(run::run(arguments))?;
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}
