//! The laws of state on random histories: joins, arrival order, bytes.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod history;

use fraud_features::{EntityKind, Store};
use proptest::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use history::{Deed, arrival_order, histories, replay};

/// Every entity's state, whole tables in the order of their bytes.
fn states_of(store: &Store) -> Vec<Vec<u8>> {
    let mut states = Vec::new();
    for kind in EntityKind::ALL {
        for place in 0..store.entity_count(kind) {
            let mut state = Vec::new();
            store.encode_at(kind, place, &mut state);
            states.push(state);
        }
    }
    states.sort_unstable();
    states
}

fn join(parts: &[&[Vec<u8>]]) -> Vec<Vec<u8>> {
    let mut store = Store::default();
    for state in parts.iter().copied().flatten() {
        store.merge(state).expect("a state of this kernel");
    }
    states_of(&store)
}

/// The states of three replicas that each saw some of a history, out of order.
fn replicas(history: &[Deed], seen: &[u8]) -> [Vec<Vec<u8>>; 3] {
    [1, 2, 4].map(|replica| {
        let part: Vec<Deed> = history
            .iter()
            .zip(seen)
            .filter(|(_, seen)| *seen & replica != 0)
            .map(|(deed, _)| deed.clone())
            .collect();
        states_of(&replay(&arrival_order(&part)))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn joins_are_commutative_associative_and_idempotent(
        history in histories(40),
        seen in prop::collection::vec(1_u8..8, 40),
    ) {
        let [a, b, c] = replicas(&history, &seen);
        prop_assert_eq!(join(&[&a, &a]), join(&[&a]));
        prop_assert_eq!(join(&[&a, &b]), join(&[&b, &a]));
        let (ab, bc) = (join(&[&a, &b]), join(&[&b, &c]));
        prop_assert_eq!(join(&[&ab, &c]), join(&[&a, &bc]));
        prop_assert_eq!(join(&[&ab, &a, &b]), ab);
    }

    #[test]
    fn arrival_order_within_the_bound_leaves_no_trace(history in histories(40)) {
        let (in_order, permuted) = (replay(&history), replay(&arrival_order(&history)));
        prop_assert_eq!(states_of(&in_order), states_of(&permuted));
        prop_assert_eq!(permuted.late_events(), 0);
    }

    #[test]
    fn a_restored_store_goes_on_as_if_it_had_never_stopped(
        history in histories(40),
        cut in 0_usize..40,
    ) {
        let (before, after) = history.split_at(cut.min(history.len()));
        let mut restored = Store::default();
        for state in states_of(&replay(before)) {
            restored.merge(&state)?;
        }
        for deed in after {
            deed.tell(&mut restored);
        }
        prop_assert_eq!(states_of(&restored), states_of(&replay(&history)));
    }

    #[test]
    fn damaged_bytes_under_a_matching_checksum_never_panic(
        history in histories(30),
        changes in prop::collection::vec((0_usize..10_000, any::<u8>()), 1..6),
        probe in history::payments(1),
    ) {
        for mut state in states_of(&replay(&history)) {
            let body = state.len() - 8;
            for (place, byte) in &changes {
                state[16 + place % (body - 16)] = *byte;
            }
            let checksum = xxh3_64(&state[..body]);
            state[body..].copy_from_slice(&checksum.to_le_bytes());
            let mut store = replay(&history);
            if store.merge(&state).is_ok() {
                let mut row = [0.0; fraud_features::WIDTH];
                for deed in &probe {
                    deed.ask(&mut store, &mut row);
                    deed.tell(&mut store);
                }
                store.merge(&state)?;
                store.evict_idle(i64::MAX / 2);
            }
        }
    }
}
