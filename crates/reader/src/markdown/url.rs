//! Allow-list for the addresses of links and images.

use std::borrow::Cow;

/// Schemes that cannot run code in a browser.
const ALLOWED_SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

/// Returns the trimmed address, its spaces encoded, if it is relative or has an allowed scheme. `None` for
/// any other, and for an empty one.
///
/// Spaces occur in the names of files. An address that contains other white space or control characters is
/// rejected: browsers ignore them when they look for the scheme, so `java\nscript:x` would run.
pub fn safe_url(url: &str) -> Option<Cow<'_, str>> {
    let url = url.trim();
    let is_forbidden =
        |character: char| character.is_control() || (character.is_whitespace() && character != ' ');
    if url.is_empty() || url.chars().any(is_forbidden) {
        return None;
    }
    let scheme =
        url.split(['/', '?', '#']).next().and_then(|head| head.split_once(':')).map(|(scheme, _)| scheme);
    let is_allowed = scheme
        .is_none_or(|scheme| ALLOWED_SCHEMES.iter().any(|allowed| allowed.eq_ignore_ascii_case(scheme)));
    if !is_allowed {
        return None;
    }
    Some(if url.contains(' ') { Cow::Owned(url.replace(' ', "%20")) } else { Cow::Borrowed(url) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn safe_urls_are_relative_or_have_an_allowed_scheme() {
        for url in
            ["/page", "page#part", "?q=a:b", "#a:b", "https://a.example", "MAILTO:a@b.example", "tel:+322"]
        {
            assert_eq!(safe_url(url).as_deref(), Some(url));
        }
        assert_eq!(safe_url(" https://a.example/b c ").as_deref(), Some("https://a.example/b%20c"));
        for url in [
            "",
            " ",
            "javascript:x",
            "JavaScript:x",
            "java\nscript:x",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc",
            "C:\\plan.pdf",
            "a\u{a0}b",
            "java script:x",
        ] {
            assert_eq!(safe_url(url), None, "{url:?}");
        }
    }
}
