//! Counts distinct tokens.

use crate::identity::Token;

/// A set of tokens that is used again and again; tokens are hashes already.
#[derive(Debug, Default)]
pub struct Distinct {
    /// A power of two of them, at least half empty; 0 is empty.
    slots: Vec<Token>,
    count: usize,
}

impl Distinct {
    /// Starts anew, with room for so many tokens.
    pub fn clear_for(&mut self, tokens: usize) {
        self.slots.clear();
        self.slots.resize((2 * tokens).next_power_of_two(), 0);
        self.count = 0;
    }

    /// Counts a token, which is not 0.
    #[inline]
    pub fn insert(&mut self, token: Token) {
        if 2 * self.count >= self.slots.len() {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut place = token as usize & mask;
        while let Some(slot) = self.slots.get_mut(place) {
            if *slot == 0 {
                *slot = token;
                self.count += 1;
                return;
            }
            if *slot == token {
                return;
            }
            place = (place + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let tokens: Vec<Token> = self
            .slots
            .iter()
            .copied()
            .filter(|&slot| slot != 0)
            .collect();
        self.clear_for(2 * self.slots.len());
        tokens.into_iter().for_each(|token| self.insert(token));
    }

    /// How many distinct tokens were counted.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_once() {
        let mut distinct = Distinct::default();
        for room in [6, 0] {
            distinct.clear_for(room);
            for token in [1, 17, 33, 1, 17, Token::MAX] {
                distinct.insert(token);
            }
            assert_eq!(distinct.count(), 4);
        }
    }
}
