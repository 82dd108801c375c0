//! Sends the next call of a connection when its last was answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinError;

use crate::call::Call;
use crate::connection::Connection;
use crate::method::Method;
use crate::run::Run;

/// Make every call, one at a time on each connection, until `time_limit`. With one connection the
/// payments are sent in the order of the file.
///
/// # Errors
///
/// A worker was lost.
pub async fn run(
    run: &Arc<Run>,
    connections: &[Connection],
    methods: &'static [Method],
    time_limit: Duration,
) -> Result<(), JoinError> {
    let next = Arc::new(AtomicUsize::new(0));
    let deadline = Instant::now() + time_limit;
    let mut workers = Vec::new();
    for connection in connections {
        let connection = connection.clone();
        let (run, next) = (Arc::clone(run), Arc::clone(&next));
        workers.push(tokio::spawn(async move {
            while Instant::now() < deadline {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if !call_each(&run, &connection, methods, index).await {
                    break;
                }
            }
        }));
    }
    for worker in workers {
        worker.await?;
    }
    Ok(())
}

/// Call each method for one payment; false past the last.
async fn call_each(run: &Run, connection: &Connection, methods: &[Method], index: usize) -> bool {
    for &method in methods {
        let Some(payload) = run.workload.payload(method, index) else {
            return false;
        };
        run.ledger().tally(method).sent += 1;
        let call = Call {
            method,
            index,
            payload,
        };
        let outcome = call.make(&run.workload, connection, None).await;
        run.ledger().record(outcome, &run.workload);
    }
    true
}
