//! Sends by a timetable, whatever the answers do.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::call::Call;
use crate::connection::Connection;
use crate::pacer::Pacer;
use crate::run::Run;
use crate::schedule::{Due, Timetable};

/// Bounds of an open loop.
pub struct Bounds {
    /// Calls in flight at most.
    pub in_flight: u32,
    /// Time after which no call is due any more.
    pub time_limit: Duration,
}

/// Make every call of the timetable at its time, over the connections in turn, and wait for the
/// answers. A call beyond the bound in flight is counted and not made.
pub async fn run(
    run: &Arc<Run>,
    connections: &[Connection],
    timetable: Timetable,
    pacer: &Pacer,
    bounds: &Bounds,
) {
    let room = Arc::new(Semaphore::new(bounds.in_flight as usize));
    let start = Instant::now();
    let dues = timetable.take_while(|due| due.at < bounds.time_limit);
    for (due, connection) in dues.zip(connections.iter().cycle()) {
        let Some(payload) = run.workload.payload(due.method, due.index) else {
            break;
        };
        let Due { at, method, index } = due;
        pacer.wait_until(start + at).await;
        match Arc::clone(&room).try_acquire_owned() {
            Ok(place) => {
                let call = Call {
                    method,
                    index,
                    payload,
                };
                send(run, connection, call, start + at, place);
            }
            Err(_) => run.ledger().tally(method).over_limit += 1,
        }
    }
    // All places are free again when every answer is in; the semaphore is never closed.
    let _all_answered = room.acquire_many(bounds.in_flight).await;
}

fn send(
    run: &Arc<Run>,
    connection: &Connection,
    call: Call,
    intended: Instant,
    place: OwnedSemaphorePermit,
) {
    let (run, connection) = (Arc::clone(run), connection.clone());
    run.ledger().tally(call.method).sent += 1;
    tokio::spawn(async move {
        let outcome = call.make(&run.workload, &connection, Some(intended)).await;
        run.ledger().record(outcome, &run.workload);
        drop(place);
    });
}
