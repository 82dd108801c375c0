//! Mean time of what a score asks of the kernel, by criterion; see `latency.rs` for percentiles.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    reason = "a benchmark has a clock and may fail"
)]

mod stream;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use fraud_features::{EntityKind, Payment, Store, WIDTH};

use stream::{Row, World, check_row};

const WORLD: World = World {
    accounts: 20_000,
    merchants: 400,
    busy_tenths: 1,
    busy_payments: 50,
    other_payments: 5,
};
const WARM: usize = 150_000;

fn hot_path(criterion: &mut Criterion) {
    let rows = WORLD.rows(0..WORLD.payments());
    let mut store = Store::default();
    let mut features = [0.0; WIDTH];
    for (place, row) in rows.iter().enumerate().take(WARM) {
        store.assemble_and_record(&row.payment(), &mut features);
        if place % 15_000 == 0 {
            check_row(&rows, place, &features);
        }
    }
    let payments: Vec<Payment<&str>> = rows[WARM..].iter().map(Row::payment).collect();
    let mut asked = payments.iter().cycle();
    criterion.bench_function("assemble", |bencher| {
        bencher.iter(|| {
            let payment = asked.next().expect("cycles never end");
            store.assemble(black_box(payment), &mut features);
        });
    });
    // The stream has no end, so that every payment is a new one.
    let mut next = WARM as u64;
    criterion.bench_function("assemble_and_record", |bencher| {
        bencher.iter_custom(|iterations| {
            let mut spent = Duration::ZERO;
            for number in next..next + iterations {
                let row = WORLD.row(number);
                let payment = row.payment();
                let start = Instant::now();
                black_box(store.assemble_and_record(&payment, &mut features));
                spent += start.elapsed();
            }
            next += iterations;
            spent
        });
    });
    let state = store.snapshot(EntityKind::Account, "account-0000001");
    let state = state.expect("a known account");
    criterion.bench_function("merge", |bencher| {
        bencher.iter_batched(
            Store::default,
            |mut store| store.merge(black_box(&state)).expect("a state"),
            BatchSize::SmallInput,
        );
    });
}

criterion_group!(benches, hot_path);
criterion_main!(benches);
