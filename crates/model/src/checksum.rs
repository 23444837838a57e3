//! Checksum of file content.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// BLAKE3 checksum. Displayed as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Checksum([u8; 32]);

/// Error for a text that is not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a checksum is 64 hexadecimal digits")]
pub struct ChecksumError;

impl Checksum {
    /// Computes the checksum of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// Returns the first hexadecimal digits, for example for an id in an address or a log.
    pub fn first_digits(&self, count: usize) -> String {
        self.to_string().chars().take(count).collect()
    }

    /// Returns the 32 bytes of the checksum.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Checksum of bytes that arrive in parts.
#[derive(Debug, Default)]
pub struct ChecksumBuilder(blake3::Hasher);

impl ChecksumBuilder {
    /// Adds the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Returns the checksum of all bytes.
    pub fn finish(&self) -> Checksum {
        Checksum(*self.0.finalize().as_bytes())
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl FromStr for Checksum {
    type Err = ChecksumError;

    fn from_str(text: &str) -> Result<Self, ChecksumError> {
        blake3::Hash::from_hex(text).map(|hash| Self(*hash.as_bytes())).map_err(|_| ChecksumError)
    }
}

impl TryFrom<String> for Checksum {
    type Error = ChecksumError;

    fn try_from(text: String) -> Result<Self, ChecksumError> {
        text.parse()
    }
}

impl From<Checksum> for String {
    fn from(checksum: Checksum) -> Self {
        checksum.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_round_trip_as_text() {
        let checksum = Checksum::of(b"plan");
        assert_eq!(checksum.to_string().parse(), Ok(checksum));
        assert_eq!("abc".parse::<Checksum>(), Err(ChecksumError));
    }
}
