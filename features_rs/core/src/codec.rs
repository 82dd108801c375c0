//! The bytes of state: variable-length integers (LEB128, signed ones in zigzag), one form a value.

use crate::error::{Error, Result};
use crate::identity::Token;

/// Appends values to bytes.
pub trait Encode {
    /// An unsigned integer.
    fn put(&mut self, value: u64);
    /// An unsigned integer that may need more than 64 bits.
    fn put_wide(&mut self, value: u128);
    /// A signed integer.
    fn put_signed(&mut self, value: i64);
    /// A length and so many bytes.
    fn put_bytes(&mut self, bytes: &[u8]);
    /// A token, which is as likely large as small, in 4 bytes.
    fn put_token(&mut self, token: Token);
}

impl Encode for Vec<u8> {
    fn put(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.push(value as u8);
    }

    fn put_wide(&mut self, mut value: u128) {
        while value >= 0x80 {
            self.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.push(value as u8);
    }

    fn put_signed(&mut self, value: i64) {
        self.put(((value << 1) ^ (value >> 63)) as u64);
    }

    fn put_bytes(&mut self, bytes: &[u8]) {
        self.put(bytes.len() as u64);
        self.extend_from_slice(bytes);
    }

    fn put_token(&mut self, token: Token) {
        self.extend_from_slice(&token.to_le_bytes());
    }
}

/// Reads values back; knows where it is, for the error.
#[derive(Debug, Clone)]
pub struct Decoder<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Decoder<'a> {
    /// Starts at the first byte.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    /// Whether all bytes are read.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.offset == self.bytes.len()
    }

    /// The error that says what should have been here.
    #[must_use]
    pub fn damaged(&self, expected: &'static str) -> Error {
        Error::Damaged {
            offset: self.offset,
            expected,
        }
    }

    /// The bytes not yet read.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.offset..).unwrap_or_default()
    }

    /// An unsigned integer that fits `T`.
    ///
    /// # Errors
    /// [`Error::Damaged`] at the end of the bytes or when it does not fit.
    #[inline]
    pub fn get<T: TryFrom<u64>>(&mut self, expected: &'static str) -> Result<T> {
        let value = match self.bytes.get(self.offset) {
            // Nearly all values are small.
            Some(&byte) if byte < 0x80 => {
                self.offset += 1;
                u64::from(byte)
            }
            Some(&low)
                if self
                    .bytes
                    .get(self.offset + 1)
                    .is_some_and(|&high| high < 0x80) =>
            {
                let high = self.bytes.get(self.offset + 1).copied().unwrap_or_default();
                self.offset += 2;
                u64::from(low & 0x7f) | u64::from(high) << 7
            }
            _ => self.get_long(expected)?,
        };
        T::try_from(value).map_err(|_| self.damaged(expected))
    }

    fn get_long(&mut self, expected: &'static str) -> Result<u64> {
        if let Some((value, length)) = self.rest().first_chunk().and_then(up_to_eight_bytes) {
            self.offset += length;
            return Ok(value);
        }
        u64::try_from(self.get_wide(expected)?).map_err(|_| self.damaged(expected))
    }

    /// An unsigned integer that may need more than 64 bits.
    ///
    /// # Errors
    /// [`Error::Damaged`] at the end of the bytes or when it does not fit.
    pub fn get_wide(&mut self, expected: &'static str) -> Result<u128> {
        let mut low = 0_u64;
        // Nine bytes fit 64 bits, which arithmetic is fast on.
        for shift in (0..63).step_by(7) {
            let byte = self.byte(expected)?;
            low |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(u128::from(low));
            }
        }
        let mut value = u128::from(low);
        for shift in (63..128).step_by(7) {
            let byte = self.byte(expected)?;
            value |= u128::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(self.damaged(expected))
    }

    #[inline]
    fn byte(&mut self, expected: &'static str) -> Result<u8> {
        let byte = *self
            .bytes
            .get(self.offset)
            .ok_or_else(|| self.damaged(expected))?;
        self.offset += 1;
        Ok(byte)
    }

    /// A signed integer that fits `T`.
    ///
    /// # Errors
    /// [`Error::Damaged`] at the end of the bytes or when it does not fit.
    #[inline]
    pub fn get_signed<T: TryFrom<i64>>(&mut self, expected: &'static str) -> Result<T> {
        let folded: u64 = self.get(expected)?;
        let value = (folded >> 1) as i64 ^ -((folded & 1) as i64);
        T::try_from(value).map_err(|_| self.damaged(expected))
    }

    /// A length and so many bytes.
    ///
    /// # Errors
    /// [`Error::Damaged`] when fewer are left.
    pub fn get_bytes(&mut self, expected: &'static str) -> Result<&'a [u8]> {
        let length: usize = self.get(expected)?;
        self.take(length, expected)
    }

    /// The next `length` bytes.
    ///
    /// # Errors
    /// [`Error::Damaged`] when fewer are left.
    pub fn take(&mut self, length: usize, expected: &'static str) -> Result<&'a [u8]> {
        let end = self.offset.checked_add(length);
        let taken = end.and_then(|end| self.bytes.get(self.offset..end));
        let taken = taken.ok_or_else(|| self.damaged(expected))?;
        self.offset += length;
        Ok(taken)
    }

    /// A token.
    ///
    /// # Errors
    /// [`Error::Damaged`] when fewer than 4 bytes are left.
    pub fn get_token(&mut self) -> Result<Token> {
        let bytes = self.take(4, "token")?;
        let bytes = bytes.try_into().map_err(|_| self.damaged("token"))?;
        Ok(Token::from_le_bytes(bytes))
    }

    /// A name in UTF-8.
    ///
    /// # Errors
    /// [`Error::Damaged`] when it is cut short or not UTF-8.
    pub fn get_text(&mut self, expected: &'static str) -> Result<&'a str> {
        let bytes = self.get_bytes(expected)?;
        std::str::from_utf8(bytes).map_err(|_| self.damaged(expected))
    }
}

/// An integer of at most eight bytes and its length, taken apart in a few steps instead of a loop.
fn up_to_eight_bytes(bytes: &[u8; 8]) -> Option<(u64, usize)> {
    let word = u64::from_le_bytes(*bytes);
    let ends = !word & 0x8080_8080_8080_8080;
    if ends == 0 {
        return None;
    }
    let length = ends.trailing_zeros() / 8 + 1;
    let own = word & (u64::MAX >> (64 - 8 * length)) & 0x7f7f_7f7f_7f7f_7f7f;
    // Seven bits of every eight move together: by pairs, fours, and eights.
    let pairs = (own & 0x007f_007f_007f_007f) | ((own & 0x7f00_7f00_7f00_7f00) >> 1);
    let fours = (pairs & 0x0000_3fff_0000_3fff) | ((pairs & 0x3fff_0000_3fff_0000) >> 2);
    let value = (fours & 0x0fff_ffff) | ((fours & 0x0fff_ffff_0000_0000) >> 4);
    Some((value, length as usize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_integer_comes_back(unsigned: u64, signed: i64, small: u8, wide: u128) {
            let mut bytes = Vec::new();
            bytes.put(unsigned);
            bytes.put_signed(signed);
            bytes.put(u64::from(small));
            bytes.put_wide(wide);
            let mut decoder = Decoder::new(&bytes);
            prop_assert_eq!(decoder.get::<u64>("integer"), Ok(unsigned));
            prop_assert_eq!(decoder.get_signed::<i64>("integer"), Ok(signed));
            prop_assert_eq!(decoder.get::<u8>("integer"), Ok(small));
            prop_assert_eq!(decoder.get_wide("integer"), Ok(wide));
            prop_assert!(decoder.is_done());
        }
    }
}
