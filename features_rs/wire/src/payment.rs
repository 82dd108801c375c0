//! `fraud.v1.Transaction`: its rules, in the order of its fields.

use fraud_features::{Event, Payment};
use prost::Message;
use prost_types::Timestamp;

use crate::address::is_network;
use crate::contract::{Channel, Coordinates, EntryMode, Transaction};
use crate::refusal::Refusal;

type Result<T> = std::result::Result<T, Refusal>;

const ID_BYTES: usize = 64;
const CATEGORY_BYTES: usize = 32;
const GREATEST_AMOUNT: i64 = 1_000_000_000_000_000;
const END_OF_TIME_SECONDS: i64 = 4_102_444_800;
const NANOS_A_SECOND: i32 = 1_000_000_000;

/// Reads a serialized message into `room`, whose memory is used again.
///
/// # Errors
/// [`Refusal::Unreadable`].
pub fn read<'a>(bytes: &[u8], room: &'a mut Transaction) -> Result<&'a Transaction> {
    room.clear();
    room.merge(bytes).map_err(|error| Refusal::Unreadable {
        message: "fraud.v1.Transaction",
        reason: error.to_string(),
    })?;
    Ok(room)
}

/// Checks every field.
///
/// # Errors
/// [`Refusal::Missing`] or [`Refusal::Invalid`] for the first field that breaks a rule of the wire
/// contract, [`Refusal::Kernel`] if it breaks one of the kernel alone.
pub fn check(transaction: &Transaction) -> Result<Payment<&str>> {
    let (latitude, longitude) = coordinates(transaction.coordinates.as_ref())?.unzip();
    modes(transaction)?;
    origin(transaction)?;
    let event = Event {
        transaction_id: token("transaction_id", &transaction.transaction_id)?,
        account_id: token("account_id", &transaction.account_id)?,
        merchant_id: token("merchant_id", &transaction.merchant_id)?,
        category: category(&transaction.category)?,
        amount_minor: amount(transaction.amount_minor)?,
        currency: currency(&transaction.currency)?,
        event_time: event_time(transaction.event_time.as_ref())?,
        channel: transaction.channel,
        latitude,
        longitude,
        device_id: transaction
            .device_id
            .as_deref()
            .map(|id| token("device_id", id))
            .transpose()?,
        utc_offset_minutes: transaction.utc_offset_minutes,
    };
    event.check().map_err(Refusal::Kernel)
}

/// Visible ASCII without spaces, of 1 to `longest` bytes.
fn is_token(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn token<'a>(field: &'static str, text: &'a str) -> Result<&'a str> {
    if is_token(text, ID_BYTES) {
        return Ok(text);
    }
    let allowed = "of 1 to 64 visible ASCII characters without spaces";
    Err(Refusal::invalid(field, &text, allowed))
}

fn category(text: &str) -> Result<&str> {
    if is_token(text, CATEGORY_BYTES) {
        return Ok(text);
    }
    let allowed = "of 1 to 32 visible ASCII characters without spaces";
    Err(Refusal::invalid("category", &text, allowed))
}

fn amount(minor: i64) -> Result<i64> {
    if (0..=GREATEST_AMOUNT).contains(&minor) {
        return Ok(minor);
    }
    Err(Refusal::invalid("amount_minor", &minor, "from 0 to 10^15"))
}

fn is_capitals(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn currency(code: &str) -> Result<&str> {
    if is_capitals(code, 3) {
        return Ok(code);
    }
    Err(Refusal::invalid("currency", &code, "three capital letters"))
}

/// In microseconds, the rest of the nanoseconds left out.
fn event_time(time: Option<&Timestamp>) -> Result<i64> {
    let field = "event_time";
    let time = time.ok_or(Refusal::Missing { field })?;
    let in_time = (0..END_OF_TIME_SECONDS).contains(&time.seconds);
    if in_time && (0..NANOS_A_SECOND).contains(&time.nanos) {
        return Ok(time.seconds * 1_000_000 + i64::from(time.nanos / 1_000));
    }
    let value = format!("{} s and {} ns", time.seconds, time.nanos);
    Err(Refusal::invalid(field, &value, "a time from 1970 to 2099"))
}

fn modes(transaction: &Transaction) -> Result<()> {
    let (channel, entry_mode) = (transaction.channel, transaction.entry_mode);
    if Channel::try_from(channel).is_err() {
        let allowed = "a number of fraud.v1.Channel";
        return Err(Refusal::invalid("channel", &channel, allowed));
    }
    if EntryMode::try_from(entry_mode).is_err() {
        let allowed = "a number of fraud.v1.EntryMode";
        return Err(Refusal::invalid("entry_mode", &entry_mode, allowed));
    }
    Ok(())
}

fn coordinates(place: Option<&Coordinates>) -> Result<Option<(f64, f64)>> {
    let Some(&Coordinates {
        latitude,
        longitude,
    }) = place
    else {
        return Ok(None);
    };
    if !(-90.0..=90.0).contains(&latitude) {
        let (field, allowed) = ("coordinates.latitude", "from -90 to 90 degrees");
        return Err(Refusal::invalid(field, &latitude, allowed));
    }
    if !(-180.0..=180.0).contains(&longitude) {
        let (field, allowed) = ("coordinates.longitude", "from -180 to 180 degrees");
        return Err(Refusal::invalid(field, &longitude, allowed));
    }
    Ok(Some((latitude, longitude)))
}

/// The fields that tell where the payer is and that no feature rests on yet, local time, and what
/// labels will rest on.
fn origin(transaction: &Transaction) -> Result<()> {
    if let Some(code) = &transaction.country
        && !is_capitals(code, 2)
    {
        return Err(Refusal::invalid("country", code, "two capital letters"));
    }
    if let Some(network) = &transaction.ip_prefix
        && !is_network(network)
    {
        let allowed = "a network in CIDR form with zero host bits";
        return Err(Refusal::invalid("ip_prefix", network, allowed));
    }
    if let Some(minutes) = transaction.utc_offset_minutes
        && !(-840..=840).contains(&minutes)
    {
        let allowed = "from -840 to 840 minutes";
        return Err(Refusal::invalid("utc_offset_minutes", &minutes, allowed));
    }
    if let Some(ratio) = transaction.ratio_to_usual
        && !(0.0..=100.0).contains(&ratio)
    {
        return Err(Refusal::invalid("ratio_to_usual", &ratio, "from 0 to 100"));
    }
    Ok(())
}
