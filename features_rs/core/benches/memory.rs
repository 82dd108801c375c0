//! What the state of many accounts takes: prints resident bytes and time as JSON.
//!
//! `cargo bench --bench memory -- ACCOUNTS`: every account pays 50 times in 30 days, at places and
//! with one of two devices of its own.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    reason = "a benchmark has a clock, reads its own size and may fail"
)]

mod stream;

use std::fs;
use std::time::Instant;

use fraud_features::{EntityKind, Store};

use stream::World;

fn main() {
    let accounts = std::env::args().find_map(|argument| argument.parse().ok());
    let world = World {
        accounts: accounts.unwrap_or(100_000),
        merchants: 2_000,
        busy_tenths: 10,
        busy_payments: 50,
        other_payments: 0,
    };
    let before = resident_bytes();
    let start = Instant::now();
    let mut store = Store::default();
    for number in 0..world.payments() {
        store.record(&world.row(number).payment());
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{{\"accounts\": {}, \"devices\": {}, \"payments\": {}, \"resident_bytes\": {}, \
         \"seconds\": {seconds:.1}}}",
        store.entity_count(EntityKind::Account),
        store.entity_count(EntityKind::Device),
        world.payments(),
        resident_bytes() - before
    );
}

/// As Linux tells it.
fn resident_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number
        .and_then(|text| text.parse::<u64>().ok())
        .expect("VmRSS in kB")
        * 1024
}
