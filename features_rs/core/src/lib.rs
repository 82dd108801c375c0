//! The feature kernel: payment-fraud features in event time.
//!
//! A [`Store`] remembers payments and labels and tells, for a payment, what was known just before
//! it. There is one definition of each feature, under [`features`], which the scorer, the stream
//! and the training set all call. The state of an entity is a join-semilattice (see [`series`]), so
//! replays, repeats, reordering and merged replicas give the same features.
//!
//! No clock, no I/O, no panics: times come with events, bytes go to the caller, and what can be
//! wrong is an [`Error`].

pub mod account;
pub mod advance;
pub mod codec;
pub mod contract;
pub mod currency;
pub mod distinct;
pub mod entity;
pub mod error;
pub mod event;
pub mod features;
pub mod geometry;
pub mod history;
pub mod identity;
pub mod known;
pub mod label;
pub mod moment;
pub mod name;
pub mod partner;
pub mod report;
pub mod sample;
pub mod scope;
pub mod sealed;
pub mod series;
pub mod state;
pub mod store;
pub mod table;
pub mod time;
pub mod window;

pub use entity::EntityKind;
pub use error::{Error, Result};
pub use event::{Event, Payment};
pub use features::WIDTH;
pub use label::{CheckedLabel, Label, Verdict};
pub use scope::{Scope, Shard};
pub use series::Outcome;
pub use store::{MergeReport, Store};
