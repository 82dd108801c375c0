//! One base currency for all amounts, by a table that is part of the contract.

use crate::error::{Error, Result};

/// The currency that amounts are compared in.
pub const BASE: &str = "EUR";

/// A currency's minor unit in minor units of the base: `numerator / denominator`.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// ISO 4217 alphabetic code.
    pub code: &'static str,
    /// Minor units of the base.
    pub numerator: i64,
    /// For so many minor units of the currency.
    pub denominator: i64,
}

const fn rate(code: &'static str, numerator: i64, denominator: i64) -> Rate {
    Rate {
        code,
        numerator,
        denominator,
    }
}

/// Rounded reference rates, version 1, sorted by code.
///
/// They bring amounts onto one scale and are no market prices; changing one changes the
/// contract's digest. A currency without minor units (JPY) has a numerator 100 times as large,
/// one with three decimals (KWD) a denominator 10 times as large.
pub const RATES: [Rate; 36] = [
    rate("AED", 25, 100),
    rate("ARS", 1, 1000),
    rate("AUD", 56, 100),
    rate("BGN", 51, 100),
    rate("BHD", 245, 1000),
    rate("BRL", 16, 100),
    rate("CAD", 62, 100),
    rate("CHF", 106, 100),
    rate("CLP", 95, 1000),
    rate("CNY", 12, 100),
    rate("CZK", 40, 1000),
    rate("DKK", 134, 1000),
    rate("EUR", 1, 1),
    rate("GBP", 115, 100),
    rate("HKD", 11, 100),
    rate("HUF", 25, 10000),
    rate("IDR", 55, 1_000_000),
    rate("ILS", 25, 100),
    rate("INR", 10, 1000),
    rate("ISK", 70, 100),
    rate("JPY", 58, 100),
    rate("KRW", 62, 1000),
    rate("KWD", 300, 1000),
    rate("MXN", 47, 1000),
    rate("MYR", 20, 100),
    rate("NOK", 85, 1000),
    rate("NZD", 50, 100),
    rate("PHP", 15, 1000),
    rate("PLN", 235, 1000),
    rate("RON", 20, 100),
    rate("SAR", 23, 100),
    rate("SEK", 91, 1000),
    rate("SGD", 66, 100),
    rate("THB", 26, 1000),
    rate("TRY", 21, 1000),
    rate("USD", 86, 100),
];

/// Converts to minor units of the base, rounding half to even.
///
/// # Errors
/// [`Error::InvalidField`] when the table has no such currency.
pub fn to_base(amount_minor: i64, code: &str) -> Result<i64> {
    let found = RATES.binary_search_by(|rate| rate.code.cmp(code));
    match found.ok().and_then(|place| RATES.get(place)) {
        Some(rate) => Ok(divide_half_even(
            i128::from(amount_minor) * i128::from(rate.numerator),
            i128::from(rate.denominator),
        )),
        None => Err(Error::field(
            "currency",
            code,
            "a currency of the contract's rate table (docs/features.md)",
        )),
    }
}

fn divide_half_even(dividend: i128, divisor: i128) -> i64 {
    let floor = dividend.div_euclid(divisor);
    let twice = dividend.rem_euclid(divisor) * 2;
    let up = twice > divisor || (twice == divisor && floor % 2 == 1);
    // At most 10^15 times a rate below 2, so it fits.
    (floor + i128::from(up)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_sorted_and_convert_half_to_even() {
        assert!(RATES.is_sorted_by(|a, b| a.code < b.code));
        assert_eq!(to_base(1_000, "EUR"), Ok(1_000));
        assert_eq!(to_base(1_000, "JPY"), Ok(580));
        assert_eq!(divide_half_even(5, 2), 2);
        assert_eq!(divide_half_even(7, 2), 4);
        assert!(to_base(1, "XXX").is_err());
    }
}
