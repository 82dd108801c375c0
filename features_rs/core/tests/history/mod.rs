//! Random histories of payments and labels.

use fraud_features::time::{DAY, HOUR, LATENESS};
use fraud_features::{Event, Label, Store, Verdict, WIDTH};
use proptest::prelude::*;

/// What a store is told.
#[derive(Debug, Clone)]
pub struct Deed {
    time: i64,
    /// How long after `time` it arrives, when order is not kept.
    delay: i64,
    id: String,
    account: String,
    merchant: String,
    device: Option<String>,
    amount: i64,
    place: Option<(f64, f64)>,
    /// Of a label: when the payment was made, before `time`, and what was learned.
    label: Option<(i64, Verdict)>,
}

impl Deed {
    fn event(&self) -> Event<'_> {
        Event {
            transaction_id: &self.id,
            account_id: &self.account,
            merchant_id: &self.merchant,
            category: "5411",
            amount_minor: self.amount,
            currency: "EUR",
            event_time: self.time,
            latitude: self.place.map(|(latitude, _)| latitude),
            longitude: self.place.map(|(_, longitude)| longitude),
            device_id: self.device.as_deref(),
            ..Event::default()
        }
    }

    /// Records or learns it.
    pub fn tell(&self, store: &mut Store) {
        let Some((age, verdict)) = self.label else {
            let payment = self.event().check::<&str>().expect("a valid payment");
            store.record(&payment);
            return;
        };
        let label = Label {
            transaction_id: &self.id,
            merchant_id: &self.merchant,
            category: "5411",
            amount_minor: self.amount,
            currency: "EUR",
            ratio_to_usual: (age % 2 == 0).then_some((self.amount % 400) as f32 / 100.0),
            event_time: (self.time - age).max(0),
            known_at: self.time,
            verdict,
        };
        store.learn(&label.check::<&str>().expect("a valid label"));
    }

    /// Assembles the features of its payment.
    pub fn ask(&self, store: &mut Store, row: &mut [f32; WIDTH]) {
        let payment = self.event().check::<&str>().expect("a valid payment");
        store.assemble(&payment, row);
    }
}

/// A store that was told all of it, in this order.
pub fn replay(history: &[Deed]) -> Store {
    let mut store = Store::default();
    history.iter().for_each(|deed| deed.tell(&mut store));
    store
}

/// The deeds as they arrive: each at most the lateness bound behind.
pub fn arrival_order(history: &[Deed]) -> Vec<Deed> {
    let mut arriving = history.to_vec();
    arriving.sort_by_key(|deed| deed.time + deed.delay);
    arriving
}

/// Payments and labels in the order of time, up to so many.
pub fn histories(most: usize) -> impl Strategy<Value = Vec<Deed>> {
    deeds(most, true)
}

/// Payments alone.
pub fn payments(most: usize) -> impl Strategy<Value = Vec<Deed>> {
    deeds(most, false)
}

fn deeds(most: usize, labels: bool) -> impl Strategy<Value = Vec<Deed>> {
    let gap = prop_oneof![Just(0), 0..=HOUR, 0..=DAY, 0..=40 * DAY];
    prop::collection::vec((gap, any::<bool>(), deed(labels)), 1..=most).prop_map(|steps| {
        let mut time = 20_000 * DAY;
        let mut deeds = Vec::with_capacity(steps.len());
        for (number, (gap, near_midnight, mut deed)) in steps.into_iter().enumerate() {
            time += gap;
            if near_midnight {
                // Days are sealed and forgotten an hour after midnight.
                time += DAY - time % DAY + gap % (HOUR + 1);
            }
            deed.time = time;
            deed.id = format!("t{}", (number * 7_919) % 10_007);
            deeds.push(deed);
        }
        deeds
    })
}

fn deed(labels: bool) -> impl Strategy<Value = Deed> {
    let verdict = prop_oneof![
        Just(Verdict::Fraud),
        Just(Verdict::Genuine),
        Just(Verdict::Withdrawn)
    ];
    let label = prop::option::of((0..=20 * DAY, verdict));
    let place = prop_oneof![
        Just(None),
        Just(Some((90.0, 0.0))),
        Just(Some((-90.0, 0.0))),
        (-90.0..90.0, -180.0..180.0).prop_map(Some),
    ];
    let amount = prop_oneof![0..=30_000_i64, Just(1_000_000_000_000_000)];
    let device = prop::option::of(0..3);
    (0..2, 0..2, device, amount, place, label, 0..=LATENESS).prop_map(
        move |(account, merchant, device, amount, place, label, delay)| Deed {
            time: 0,
            delay,
            id: String::new(),
            account: format!("account-{account}"),
            merchant: format!("merchant-{merchant}"),
            device: device.map(|device| format!("device-{device}")),
            amount,
            place,
            label: label.filter(|_| labels),
        },
    )
}
