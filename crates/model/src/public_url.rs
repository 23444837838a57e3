//! Address of the service as browsers see it.

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

/// Public address of the site or of its files, for example `https://example.org`. It has no slash at the end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PublicUrl(Arc<str>);

/// The text has no scheme of the web, or no host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the address starts with https:// or http://")]
pub struct InvalidPublicUrl;

impl PublicUrl {
    /// Parses an address. Slashes at the end are removed.
    pub fn parse(text: &str) -> Result<Self, InvalidPublicUrl> {
        let host = ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme));
        if host.is_none_or(|host| host.trim_end_matches('/').is_empty()) {
            return Err(InvalidPublicUrl);
        }
        Ok(Self(text.trim_end_matches('/').into()))
    }

    /// Returns the address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_urls_have_a_scheme_a_host_and_no_slash_at_the_end() {
        for text in ["https://example.org", "https://example.org/", "https://example.org//"] {
            assert_eq!(PublicUrl::parse(text).unwrap().as_str(), "https://example.org");
        }
        assert_eq!(PublicUrl::parse("http://example.org/site/").unwrap().as_str(), "http://example.org/site");
        for text in ["", "example.org", "ftp://example.org", "https://", "https:///", "/site"] {
            assert_eq!(PublicUrl::parse(text), Err(InvalidPublicUrl), "{text:?}");
        }
    }
}
