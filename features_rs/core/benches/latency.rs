//! How long one payment takes: prints P50, P90, P99 and P99.9 in nanoseconds, as JSON.
//!
//! The answers are checked against a count over all payments first. The cost of reading the clock
//! is measured and taken off.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    reason = "a benchmark has a clock and may fail"
)]

mod stream;

use std::hint::black_box;
use std::time::Instant;

use fraud_features::{Payment, Store, WIDTH};

use stream::{Row, World, check_row};

const WORLD: World = World {
    accounts: 100_000,
    merchants: 2_000,
    busy_tenths: 1,
    busy_payments: 50,
    other_payments: 5,
};
const MEASURED: usize = 200_000;
const CHECKED: usize = 50;

fn main() {
    let rows = WORLD.rows(0..WORLD.payments());
    let first = rows.len() - MEASURED;
    check_answers(&rows, first);
    let store = warmed(&rows[..first]);
    let recorded = measure_recorded(store, &rows[first..]);
    let store = warmed(&rows[..first]);
    let whole = measure_whole(store, &rows[first..]);
    println!(
        "{{\"payments\": {}, \"measured\": {MEASURED}, \"checked\": {CHECKED}, \
         \"clock_ns\": {}, \"assemble_and_record\": {}, \"with_checks_of_fields\": {}}}",
        rows.len(),
        clock_cost(),
        to_json(recorded),
        to_json(whole)
    );
}

fn warmed(rows: &[Row]) -> Store {
    let mut store = Store::default();
    for row in rows {
        store.record(&row.payment());
    }
    store
}

fn check_answers(rows: &[Row], first: usize) {
    let mut store = warmed(&rows[..first]);
    let mut features = [0.0; WIDTH];
    let step = MEASURED / CHECKED;
    for (place, row) in rows.iter().enumerate().skip(first) {
        store.assemble_and_record(&row.payment(), &mut features);
        if place % step == 0 {
            check_row(rows, place, &features);
        }
    }
}

/// Payments checked beforehand, as the scorer has them.
fn measure_recorded(mut store: Store, rows: &[Row]) -> Vec<u64> {
    let payments: Vec<Payment<&str>> = rows.iter().map(Row::payment).collect();
    let mut features = [0.0; WIDTH];
    let each = payments.iter().map(|payment| {
        let start = Instant::now();
        black_box(store.assemble_and_record(payment, &mut features));
        start.elapsed().as_nanos() as u64
    });
    each.collect()
}

/// From the gateway's fields.
fn measure_whole(mut store: Store, rows: &[Row]) -> Vec<u64> {
    let mut features = [0.0; WIDTH];
    let each = rows.iter().map(|row| {
        let event = row.event();
        let start = Instant::now();
        let payment: Payment<&str> = event.check().expect("a valid payment");
        black_box(store.assemble_and_record(&payment, &mut features));
        start.elapsed().as_nanos() as u64
    });
    each.collect()
}

/// The median of reading the clock twice.
fn clock_cost() -> u64 {
    let mut times: Vec<u64> = (0..100_000)
        .map(|_| Instant::now().elapsed().as_nanos() as u64)
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn to_json(mut times: Vec<u64>) -> String {
    times.sort_unstable();
    let clock = clock_cost();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].saturating_sub(clock);
    let mean = times.iter().sum::<u64>() / times.len() as u64;
    format!(
        "{{\"p50_ns\": {}, \"p90_ns\": {}, \"p99_ns\": {}, \"p999_ns\": {}, \"mean_ns\": {}}}",
        at(0.5),
        at(0.9),
        at(0.99),
        at(0.999),
        mean.saturating_sub(clock)
    )
}
