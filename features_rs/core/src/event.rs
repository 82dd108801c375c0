//! What the kernel is told of a payment.

use crate::currency;
use crate::entity::EntityKind;
use crate::error::{Error, Result};
use crate::geometry::{Place, place_at};
use crate::identity::{LONGEST_ID, Token, TransactionId, token_of};
use crate::moment::Moment;
use crate::time::END_OF_TIME;

/// Greatest amount taken, in minor units.
pub const GREATEST_AMOUNT: i64 = 1_000_000_000_000_000;
/// Longest name of an entity taken, in bytes.
pub const LONGEST_NAME: usize = 64;

/// One payment as the gateway gives it, not yet checked.
#[derive(Debug, Clone, Copy, Default)]
pub struct Event<'a> {
    /// Unique id.
    pub transaction_id: &'a str,
    /// The paying account.
    pub account_id: &'a str,
    /// The paid merchant.
    pub merchant_id: &'a str,
    /// Merchant category code or the gateway's own.
    pub category: &'a str,
    /// Amount in minor units.
    pub amount_minor: i64,
    /// ISO 4217 code.
    pub currency: &'a str,
    /// Event time in microseconds.
    pub event_time: i64,
    /// Number of `fraud.v1.Channel`.
    pub channel: i32,
    /// Degrees.
    pub latitude: Option<f64>,
    /// Degrees.
    pub longitude: Option<f64>,
    /// The paying device.
    pub device_id: Option<&'a str>,
    /// Minutes that local time is ahead of UTC.
    pub utc_offset_minutes: Option<i32>,
}

/// A checked payment, in the kernel's terms.
#[derive(Debug, Clone)]
pub struct Payment<S> {
    pub(crate) moment: Moment,
    pub(crate) account: S,
    pub(crate) merchant: S,
    pub(crate) category: S,
    pub(crate) device: Option<S>,
    pub(crate) account_token: Token,
    pub(crate) device_token: Token,
    /// Minor units of the base currency.
    pub(crate) amount: i64,
    pub(crate) place: Option<Place>,
    pub(crate) channel: i32,
    pub(crate) utc_offset_minutes: Option<i32>,
}

impl<'a> Event<'a> {
    /// Checks every field and brings the payment into the kernel's terms.
    ///
    /// # Errors
    /// [`Error::InvalidField`] for the first field that is out of range.
    pub fn check<S: From<&'a str>>(self) -> Result<Payment<S>> {
        let name = |field, text| checked_name(field, text).map(S::from);
        let payment = Payment {
            moment: checked_moment("event_time", self.event_time, self.transaction_id)?,
            account: name("account_id", self.account_id)?,
            merchant: name("merchant_id", self.merchant_id)?,
            category: name("category", self.category)?,
            device: self.device_id.map(|id| name("device_id", id)).transpose()?,
            account_token: token_of(self.account_id),
            device_token: self.device_id.map_or(0, token_of),
            amount: checked_amount(self.amount_minor, self.currency)?,
            place: checked_place(self.latitude, self.longitude)?,
            channel: self.channel,
            utc_offset_minutes: self.utc_offset_minutes.map(checked_offset).transpose()?,
        };
        Ok(payment)
    }
}

impl<S: AsRef<str>> Payment<S> {
    /// The name of its entity of a kind, if it has one.
    pub fn name(&self, kind: EntityKind) -> Option<&str> {
        match kind {
            EntityKind::Account => Some(self.account.as_ref()),
            EntityKind::Merchant => Some(self.merchant.as_ref()),
            EntityKind::Category => Some(self.category.as_ref()),
            EntityKind::Device => self.device.as_ref().map(S::as_ref),
        }
    }
}

pub(crate) fn checked_moment(field: &'static str, time: i64, id: &str) -> Result<Moment> {
    if id.is_empty() || id.len() > LONGEST_ID {
        return Err(Error::field("transaction_id", id, "of 1 to 64 bytes"));
    }
    Ok(Moment {
        time: checked_time(field, time)?,
        id: TransactionId::new(id),
    })
}

pub(crate) fn checked_time(field: &'static str, time: i64) -> Result<i64> {
    if (0..END_OF_TIME).contains(&time) {
        Ok(time)
    } else {
        Err(Error::field(
            field,
            time,
            "a time from 1970 to 2099 in microseconds",
        ))
    }
}

pub(crate) fn checked_name<'a>(field: &'static str, text: &'a str) -> Result<&'a str> {
    if text.is_empty() || text.len() > LONGEST_NAME {
        return Err(Error::field(field, text, "of 1 to 64 bytes"));
    }
    Ok(text)
}

pub(crate) fn checked_amount(amount_minor: i64, currency: &str) -> Result<i64> {
    if (0..=GREATEST_AMOUNT).contains(&amount_minor) {
        currency::to_base(amount_minor, currency)
    } else {
        Err(Error::field(
            "amount_minor",
            amount_minor,
            "from 0 to 10^15",
        ))
    }
}

fn checked_place(latitude: Option<f64>, longitude: Option<f64>) -> Result<Option<Place>> {
    let within = |field, degrees: f64, most: f64, allowed| {
        if degrees.abs() <= most {
            Ok(degrees)
        } else {
            Err(Error::field(field, degrees, allowed))
        }
    };
    match (latitude, longitude) {
        (Some(latitude), Some(longitude)) => Ok(Some(place_at(
            within("latitude", latitude, 90.0, "from -90 to 90 degrees")?,
            within("longitude", longitude, 180.0, "from -180 to 180 degrees")?,
        ))),
        (None, None) => Ok(None),
        _ => Err(Error::field(
            "coordinates",
            "one of latitude and longitude",
            "both or neither",
        )),
    }
}

fn checked_offset(minutes: i32) -> Result<i32> {
    if (-840..=840).contains(&minutes) {
        Ok(minutes)
    } else {
        Err(Error::field(
            "utc_offset_minutes",
            minutes,
            "from -840 to 840",
        ))
    }
}
