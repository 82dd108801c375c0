//! Event time: microseconds since the Unix epoch, and the UTC days that long windows count in.

/// One second in microseconds.
pub const SECOND: i64 = 1_000_000;
/// One minute.
pub const MINUTE: i64 = 60 * SECOND;
/// One hour.
pub const HOUR: i64 = 60 * MINUTE;
/// One UTC day, the bucket of every window longer than 24 hours.
pub const DAY: i64 = 24 * HOUR;
/// The first instant that is not taken, 2100-01-01.
pub const END_OF_TIME: i64 = 4_102_444_800 * SECOND;

/// How far behind the newest event of its entities an event may come and still be exact.
pub const LATENESS: i64 = HOUR;
/// Days of the longest window, the current day included.
pub const LONGEST_DAYS: i32 = 30;

/// The UTC day of an instant, counted from 1970-01-01.
#[must_use]
pub const fn day_of(time: i64) -> i32 {
    // Times are between 0 and 2100, so the quotient fits.
    time.div_euclid(DAY) as i32
}

/// The first instant after a UTC day.
#[must_use]
pub const fn end_of_day(day: i32) -> i64 {
    (day as i64 + 1) * DAY
}
