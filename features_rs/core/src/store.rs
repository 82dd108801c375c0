//! The state of everything, and the features it gives.

use crate::account::AccountPayment;
use crate::distinct::Distinct;
use crate::entity::{Account, Category, Device, EntityKind, Merchant};
use crate::error::Result;
use crate::event::Payment;
use crate::features::{WIDTH, amount, calendar, device, geography, merchant, risk, velocity};
use crate::known::known_of;
use crate::label::CheckedLabel;
use crate::report::Report;
use crate::scope::Scope;
use crate::series::{Item, Outcome, Series, start_of_days};
use crate::state;
use crate::table::Table;
use crate::time::{LATENESS, LONGEST_DAYS};
use crate::window::AccountView;

/// What a merge found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MergeReport {
    /// Entities read.
    pub entities: usize,
    /// Entities whose state grew.
    pub changed: usize,
    /// Payments held one by one that a sealed day of the other side stands for.
    pub superseded: usize,
}

impl std::ops::AddAssign for MergeReport {
    fn add_assign(&mut self, other: Self) {
        self.entities += other.entities;
        self.changed += other.changed;
        self.superseded += other.superseded;
    }
}

/// Where a payment's entities are in their tables, those that are known.
#[derive(Debug, Clone, Copy)]
struct Places {
    account: Option<usize>,
    merchant: Option<usize>,
    category: Option<usize>,
    device: Option<usize>,
}

/// Adds a payment to a series, in the form that the series keeps.
fn insert<'a, I: Item + From<&'a Payment<S>>, S>(
    series: Option<&mut Series<I>>,
    payment: &'a Payment<S>,
) -> Option<Outcome> {
    series.map(|series| series.insert(I::from(payment)))
}

/// State of every account, merchant, category and device.
#[derive(Debug, Default)]
pub struct Store {
    accounts: Table<Account>,
    merchants: Table<Merchant>,
    categories: Table<Category>,
    devices: Table<Device>,
    newest: i64,
    late: u64,
    scratch: Distinct,
}

impl Store {
    /// Features of a payment, as known just before it.
    pub fn assemble<S: AsRef<str>>(&mut self, payment: &Payment<S>, out: &mut [f32; WIDTH]) {
        let device = payment.device.as_ref();
        let places = Places {
            account: self.accounts.place_of(payment.account.as_ref()),
            merchant: self.merchants.place_of(payment.merchant.as_ref()),
            category: self.categories.place_of(payment.category.as_ref()),
            device: device.and_then(|id| self.devices.place_of(id.as_ref())),
        };
        self.assemble_at(places, payment, out);
    }

    /// Remembers a payment.
    pub fn record<S: AsRef<str>>(&mut self, payment: &Payment<S>) -> Outcome {
        let places = self.places_of(payment);
        self.record_at(places, payment)
    }

    /// Remembers a payment for the entities of a scope alone; a duplicate when there are none.
    pub fn record_within<S: AsRef<str>>(&mut self, payment: &Payment<S>, scope: &Scope) -> Outcome {
        let name = |kind| payment.name(kind).filter(|name| scope.holds(kind, name));
        let (accounts, merchants) = (&mut self.accounts, &mut self.merchants);
        let (categories, devices) = (&mut self.categories, &mut self.devices);
        let places = Places {
            account: name(EntityKind::Account).map(|id| accounts.place_or_new(id)),
            merchant: name(EntityKind::Merchant).map(|id| merchants.place_or_new(id)),
            category: name(EntityKind::Category).map(|id| categories.place_or_new(id)),
            device: name(EntityKind::Device).map(|id| devices.place_or_new(id)),
        };
        self.record_at(places, payment)
    }

    /// [`Store::assemble`], then [`Store::record`], finding the entities once.
    pub fn assemble_and_record<S: AsRef<str>>(
        &mut self,
        payment: &Payment<S>,
        out: &mut [f32; WIDTH],
    ) -> Outcome {
        let places = self.places_of(payment);
        self.assemble_at(places, payment, out);
        self.record_at(places, payment)
    }

    /// Where a payment's entities are, new ones included.
    fn places_of<S: AsRef<str>>(&mut self, payment: &Payment<S>) -> Places {
        let device = payment.device.as_ref();
        Places {
            account: Some(self.accounts.place_or_new(payment.account.as_ref())),
            merchant: Some(self.merchants.place_or_new(payment.merchant.as_ref())),
            category: Some(self.categories.place_or_new(payment.category.as_ref())),
            device: device.map(|id| self.devices.place_or_new(id.as_ref())),
        }
    }

    fn assemble_at<S>(&mut self, places: Places, payment: &Payment<S>, out: &mut [f32; WIDTH]) {
        let moment = &payment.moment;
        let account = places.account.and_then(|place| self.accounts.at(place));
        let merchant = places.merchant.and_then(|place| self.merchants.at(place));
        let category = places.category.and_then(|place| self.categories.at(place));
        let device = places.device.and_then(|place| self.devices.at(place));
        let unknown = Series::<AccountPayment>::default();
        let view = AccountView::new(account.unwrap_or(&unknown), moment);
        let known = known_of(moment, merchant.map(|merchant| &merchant.rated));
        let [week, _] = &known;
        let scratch = &mut self.scratch;

        let families: [&[f32]; 7] = [
            &velocity::compute(&view),
            &amount::compute(payment.amount, payment.channel, &view),
            &geography::compute(moment, payment.place, &view),
            &merchant::compute(moment, merchant, week, scratch),
            &risk::compute(moment, merchant, &known, category),
            &device::compute(
                moment,
                (account, payment.account_token),
                (device, payment.device_token),
                scratch,
            ),
            &calendar::compute(moment.time, payment.utc_offset_minutes),
        ];
        out.iter_mut()
            .zip(families.into_iter().flatten())
            .for_each(|(to, value)| *to = *value);
    }

    fn record_at<S>(&mut self, places: Places, payment: &Payment<S>) -> Outcome {
        let account = places.account.and_then(|place| self.accounts.at_mut(place));
        let merchant = places
            .merchant
            .and_then(|place| self.merchants.at_mut(place));
        let category = places
            .category
            .and_then(|place| self.categories.at_mut(place));
        let device = places.device.and_then(|place| self.devices.at_mut(place));
        let outcomes = [
            insert(account, payment),
            insert(
                merchant.map(|merchant| &mut merchant.rated.payments),
                payment,
            ),
            insert(category.map(|category| &mut category.payments), payment),
            insert(device, payment),
        ];
        let Some(first) = outcomes.into_iter().flatten().next() else {
            return Outcome::Duplicate;
        };
        self.newest = self.newest.max(payment.moment.time);
        let late = outcomes.contains(&Some(Outcome::Late));
        self.late += u64::from(late);
        if late { Outcome::Late } else { first }
    }

    /// Remembers a label.
    pub fn learn<S: AsRef<str>>(&mut self, label: &CheckedLabel<S>) -> Outcome {
        self.learn_within(label, &Scope::ALL)
    }

    /// Remembers a label for the entities of a scope alone; a duplicate when there are none.
    pub fn learn_within<S: AsRef<str>>(
        &mut self,
        label: &CheckedLabel<S>,
        scope: &Scope,
    ) -> Outcome {
        let name = |kind| label.name(kind).filter(|name| scope.holds(kind, name));
        let at_merchant = name(EntityKind::Merchant).and_then(|id| {
            let place = self.merchants.place_or_new(id);
            let merchant = self.merchants.at_mut(place)?;
            Some(merchant.learn(label))
        });
        let at_category = name(EntityKind::Category).and_then(|id| {
            let place = self.categories.place_or_new(id);
            let category = self.categories.at_mut(place)?;
            Some(category.reports.insert(Report::from(label)))
        });
        at_merchant.max(at_category).unwrap_or(Outcome::Duplicate)
    }

    /// Joins one entity's state, as [`Store::snapshot`] gives it.
    ///
    /// # Errors
    /// [`crate::Error::ContractMismatch`], [`crate::Error::Damaged`]; nothing is changed then.
    pub fn merge(&mut self, bytes: &[u8]) -> Result<MergeReport> {
        let mut from = state::open(bytes)?;
        let (kind, id) = state::decode_head(&mut from)?;
        let (changed, superseded) = match kind {
            EntityKind::Account => self.accounts.merge(id, &mut from)?,
            EntityKind::Merchant => self.merchants.merge(id, &mut from)?,
            EntityKind::Category => self.categories.merge(id, &mut from)?,
            EntityKind::Device => self.devices.merge(id, &mut from)?,
        };
        if kind == EntityKind::Account {
            let newest = self.accounts.get(id).map_or(0, Series::newest);
            self.newest = self.newest.max(newest);
        }
        Ok(MergeReport {
            entities: 1,
            changed: usize::from(changed),
            superseded,
        })
    }

    /// The state of one entity, if it is known.
    #[must_use]
    pub fn snapshot(&self, kind: EntityKind, id: &str) -> Option<Vec<u8>> {
        match kind {
            EntityKind::Account => self.accounts.snapshot(id),
            EntityKind::Merchant => self.merchants.snapshot(id),
            EntityKind::Category => self.categories.snapshot(id),
            EntityKind::Device => self.devices.snapshot(id),
        }
    }

    /// The state of one entity, of an empty one if it is not known, and the event time of its
    /// newest payment; makes it known.
    pub(crate) fn state_or_new(&mut self, kind: EntityKind, id: &str) -> (Vec<u8>, i64) {
        let place = match kind {
            EntityKind::Account => self.accounts.place_or_new(id),
            EntityKind::Merchant => self.merchants.place_or_new(id),
            EntityKind::Category => self.categories.place_or_new(id),
            EntityKind::Device => self.devices.place_or_new(id),
        };
        let mut state = Vec::new();
        self.encode_at(kind, place, &mut state);
        let head = self.head_at(kind, place);
        (state, head.map_or(0, |(_, newest)| newest))
    }

    /// The id of the entity at a place of its kind's table, and the event time of its newest
    /// payment (0 when there is none).
    #[must_use]
    pub fn head_at(&self, kind: EntityKind, place: usize) -> Option<(&str, i64)> {
        match kind {
            EntityKind::Account => self.accounts.head_at(place),
            EntityKind::Merchant => self.merchants.head_at(place),
            EntityKind::Category => self.categories.head_at(place),
            EntityKind::Device => self.devices.head_at(place),
        }
    }

    /// Appends the state of the entity at a place of its kind's table; false beyond the last.
    ///
    /// Walking each kind from its last place to its first meets every entity that was there at
    /// the start, whatever is recorded or evicted on the way.
    pub fn encode_at(&self, kind: EntityKind, place: usize, to: &mut Vec<u8>) -> bool {
        match kind {
            EntityKind::Account => self.accounts.encode_at(place, to),
            EntityKind::Merchant => self.merchants.encode_at(place, to),
            EntityKind::Category => self.categories.encode_at(place, to),
            EntityKind::Device => self.devices.encode_at(place, to),
        }
    }

    /// How many entities of a kind are known.
    #[must_use]
    pub fn entity_count(&self, kind: EntityKind) -> usize {
        match kind {
            EntityKind::Account => self.accounts.len(),
            EntityKind::Merchant => self.merchants.len(),
            EntityKind::Category => self.categories.len(),
            EntityKind::Device => self.devices.len(),
        }
    }

    /// Forgets entities that no window of a payment at or after `now` reaches, late ones within
    /// the bound included; returns how many.
    pub fn evict_idle(&mut self, now: i64) -> usize {
        let oldest = start_of_days((now - LATENESS).max(0), LONGEST_DAYS);
        self.accounts.evict_before(oldest)
            + self.merchants.evict_before(oldest)
            + self.categories.evict_before(oldest)
            + self.devices.evict_before(oldest)
    }

    /// Event time of the newest payment; 0 when there is none.
    #[must_use]
    pub fn newest(&self) -> i64 {
        self.newest
    }

    /// Payments that came too late to be counted exactly.
    #[must_use]
    pub fn late_events(&self) -> u64 {
        self.late
    }
}
