//! Secret tokens that requests contain.

use std::fmt;
use std::str::FromStr;

use constant_time_eq::constant_time_eq_32;
use passerelle_model::checksum::Checksum;
use thiserror::Error;

/// Bearer token of the admin API, of previews or of the desk.
///
/// Not printable: `Debug` writes a placeholder, and there is no `Display`.
#[derive(Clone)]
pub struct BearerToken(String);

/// The text is not a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a token has at least one character and only visible ASCII characters")]
pub struct InvalidToken;

impl BearerToken {
    /// Returns the value of the `Authorization` header for this token.
    pub fn authorization(&self) -> String {
        format!("Bearer {}", self.0)
    }

    /// Returns a value that proves knowledge of the token without containing it, for example for a cookie.
    /// `context` names the purpose.
    pub fn derived(&self, context: &str) -> String {
        Checksum::of(format!("{context}\0{}", self.0).as_bytes()).to_string()
    }

    /// Returns true if a client has sent the value of [`Self::derived`]. Compares in constant time.
    pub fn matches_derived(&self, context: &str, given: &str) -> bool {
        let own = Checksum::of(self.derived(context).as_bytes());
        constant_time_eq_32(own.as_bytes(), Checksum::of(given.as_bytes()).as_bytes())
    }

    /// Returns true if a client has sent this token.
    ///
    /// Compares checksums in constant time. The duration reveals neither the token nor its length.
    pub fn matches(&self, given: &str) -> bool {
        let (own, given) = (Checksum::of(self.0.as_bytes()), Checksum::of(given.as_bytes()));
        constant_time_eq_32(own.as_bytes(), given.as_bytes())
    }
}

impl FromStr for BearerToken {
    type Err = InvalidToken;

    fn from_str(text: &str) -> Result<Self, InvalidToken> {
        // Other characters cannot be sent in a header.
        let is_valid = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_valid { Ok(Self(text.to_owned())) } else { Err(InvalidToken) }
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_does_not_contain_the_token() {
        let token: BearerToken = "tilleul".parse().unwrap();
        assert!(!format!("{token:?} {:#?}", Some(&token)).contains("tilleul"));
        assert_eq!(token.authorization(), "Bearer tilleul");
    }

    #[test]
    fn a_derived_value_proves_the_token_for_one_purpose() {
        let [token, other] = ["tilleul", "hetre"].map(|text| text.parse::<BearerToken>().unwrap());
        let value = token.derived("desk");
        assert!(token.matches_derived("desk", &value) && !value.contains("tilleul"));
        assert!(!token.matches_derived("other", &value) && !other.matches_derived("desk", &value));
        assert!(!token.matches_derived("desk", "tilleul"));
    }

    #[test]
    fn only_the_same_token_matches() {
        let token: BearerToken = "tilleul".parse().unwrap();
        assert!(token.matches("tilleul"));
        for other in ["", "tilleu", "tilleul ", "tilleuls", "Tilleul"] {
            assert!(!token.matches(other), "{other}");
        }
        for invalid in ["", "with space", "é", "line\n"] {
            assert_eq!(invalid.parse::<BearerToken>().unwrap_err(), InvalidToken);
        }
    }
}
