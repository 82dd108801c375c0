//! The four kinds of entity, and what each remembers.

use crate::account::AccountPayment;
use crate::codec::Decoder;
use crate::error::Result;
use crate::history::History;
use crate::label::CheckedLabel;
use crate::partner::{CategoryPayment, DevicePayment, MerchantPayment};
use crate::report::Report;
use crate::series::{Item, Outcome, Series};

/// Whose state it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntityKind {
    /// The paying account.
    Account,
    /// The paid merchant.
    Merchant,
    /// The merchant's category.
    Category,
    /// The paying device.
    Device,
}

impl EntityKind {
    /// All of them, in the order of their numbers in `fraud.v1.EntityKind`.
    pub const ALL: [Self; 4] = [Self::Account, Self::Merchant, Self::Category, Self::Device];

    /// The number in `fraud.v1.EntityKind`.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Account => 1,
            Self::Merchant => 2,
            Self::Category => 3,
            Self::Device => 4,
        }
    }

    /// The lower-case name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Merchant => "merchant",
            Self::Category => "category",
            Self::Device => "device",
        }
    }
}

/// The state of one entity: a join-semilattice.
pub trait Entity: Default + PartialEq {
    /// Whose state it is.
    const KIND: EntityKind;

    /// Joins another replica in; returns how many payments gave way to a sealed day.
    fn join(&mut self, other: &Self) -> usize;
    /// The newest event time or known-at time.
    fn newest(&self) -> i64;
    /// The event time of the newest payment; 0 when there is none.
    fn newest_payment(&self) -> i64;
    /// Appends the state's bytes.
    fn encode(&self, to: &mut Vec<u8>);
    /// Reads them back.
    ///
    /// # Errors
    /// [`crate::Error::Damaged`].
    fn decode(from: &mut Decoder<'_>) -> Result<Self>;
}

/// An account's payments.
pub type Account = Series<AccountPayment>;
/// A device's payments.
pub type Device = Series<DevicePayment>;

/// Implements [`Entity`] for a kind whose state is its payments alone.
macro_rules! entity_of_payments {
    ($item:ty, $kind:expr) => {
        impl Entity for Series<$item> {
            const KIND: EntityKind = $kind;

            fn join(&mut self, other: &Self) -> usize {
                Self::join(self, other)
            }

            fn newest(&self) -> i64 {
                Self::newest(self)
            }

            fn newest_payment(&self) -> i64 {
                Self::newest(self)
            }

            fn encode(&self, to: &mut Vec<u8>) {
                Self::encode(self, to);
            }

            fn decode(from: &mut Decoder<'_>) -> Result<Self> {
                Self::decode(from)
            }
        }
    };
}

entity_of_payments!(AccountPayment, EntityKind::Account);
entity_of_payments!(DevicePayment, EntityKind::Device);

/// Payments and what became known of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rated<P: Item> {
    /// The payments.
    pub payments: Series<P>,
    /// The labels, by when they became known.
    pub reports: Series<Report>,
}

impl<P: Item> Default for Rated<P> {
    fn default() -> Self {
        Self {
            payments: Series::default(),
            reports: Series::default(),
        }
    }
}

impl<P: Item> Rated<P> {
    fn join(&mut self, other: &Self) -> usize {
        self.payments.join(&other.payments) + self.reports.join(&other.reports)
    }

    fn newest(&self) -> i64 {
        self.payments.newest().max(self.reports.newest())
    }

    fn encode(&self, to: &mut Vec<u8>) {
        self.payments.encode(to);
        self.reports.encode(to);
    }

    fn decode(from: &mut Decoder<'_>) -> Result<Self> {
        Ok(Self {
            payments: Series::decode(from)?,
            reports: Series::decode(from)?,
        })
    }
}

/// A category's payments and labels.
pub type Category = Rated<CategoryPayment>;

impl Entity for Category {
    const KIND: EntityKind = EntityKind::Category;

    fn join(&mut self, other: &Self) -> usize {
        Self::join(self, other)
    }

    fn newest(&self) -> i64 {
        Self::newest(self)
    }

    fn newest_payment(&self) -> i64 {
        self.payments.newest()
    }

    fn encode(&self, to: &mut Vec<u8>) {
        Self::encode(self, to);
    }

    fn decode(from: &mut Decoder<'_>) -> Result<Self> {
        Self::decode(from)
    }
}

/// A merchant's payments and labels, and the newest labels one by one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merchant {
    /// Payments and labels over time.
    pub rated: Rated<MerchantPayment>,
    /// From which runs of fraud are read.
    pub history: History,
}

impl Merchant {
    /// Remembers a label.
    pub fn learn<S>(&mut self, label: &CheckedLabel<S>) -> Outcome {
        let report = Report::from(label);
        self.history.insert(&report);
        self.rated.reports.insert(report)
    }
}

impl Entity for Merchant {
    const KIND: EntityKind = EntityKind::Merchant;

    fn join(&mut self, other: &Self) -> usize {
        self.history.join(&other.history);
        self.rated.join(&other.rated)
    }

    fn newest(&self) -> i64 {
        // A clock that is behind may date a label before its payment.
        self.rated.newest().max(self.history.newest())
    }

    fn newest_payment(&self) -> i64 {
        self.rated.payments.newest()
    }

    fn encode(&self, to: &mut Vec<u8>) {
        self.rated.encode(to);
        self.history.encode(to);
    }

    fn decode(from: &mut Decoder<'_>) -> Result<Self> {
        Ok(Self {
            rated: Rated::decode(from)?,
            history: History::decode(from)?,
        })
    }
}
