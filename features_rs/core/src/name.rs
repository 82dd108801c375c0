//! Names of entities, kept where they are looked up.

use std::hash::{Hash, Hasher};

use indexmap::Equivalent;

/// Fits a UUID, and makes a name 40 bytes.
const INLINE: usize = 38;

/// An entity's id: of up to 38 bytes inline, so that finding an entity follows no pointer.
#[derive(Debug, Clone)]
pub enum Name {
    /// Length and text.
    Inline(u8, [u8; INLINE]),
    /// Anything longer.
    Boxed(Box<str>),
}

impl Name {
    /// Keeps `text` in the smallest form.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut inline = [0; INLINE];
        match inline.get_mut(..bytes.len()) {
            Some(start) => {
                start.copy_from_slice(bytes);
                Self::Inline(bytes.len() as u8, inline)
            }
            None => Self::Boxed(text.into()),
        }
    }

    /// The text's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Inline(length, text) => text.get(..usize::from(*length)).unwrap_or_default(),
            Self::Boxed(text) => text.as_bytes(),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // It was made of text.
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Sought(self.as_bytes()).hash(state);
    }
}

/// A name that is looked up.
#[derive(Debug, Hash)]
pub struct Sought<'a>(pub &'a [u8]);

impl Equivalent<Name> for Sought<'_> {
    fn equivalent(&self, name: &Name) -> bool {
        self.0 == name.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_comes_back() {
        for length in 0..=64 {
            let text = "é".repeat(length / 2) + &"x".repeat(length % 2);
            assert_eq!(Name::new(&text).as_bytes(), text.as_bytes());
            assert_eq!(Name::new(&text).as_str(), text);
            assert!(Sought(text.as_bytes()).equivalent(&Name::new(&text)));
        }
        assert_eq!(size_of::<Name>(), 40);
    }
}
