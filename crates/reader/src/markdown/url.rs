//! Addresses that a page may hold.

/// The schemes that a reader's click may follow.
const SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

/// The address if a page may hold it: relative, or with a scheme of the allow-list.
///
/// What a browser ignores when it looks for the scheme (white space, control characters) is not ignored here: an
/// address that has any is refused.
pub fn safe_url(url: &str) -> Option<&str> {
    let url = url.trim();
    if url.chars().any(|character| character.is_control() || character.is_whitespace()) {
        return None;
    }
    let scheme =
        url.split(['/', '?', '#']).next().and_then(|head| head.split_once(':')).map(|(scheme, _)| scheme);
    match scheme {
        None => Some(url),
        Some(scheme) => SCHEMES.iter().any(|allowed| allowed.eq_ignore_ascii_case(scheme)).then_some(url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_relative_or_has_an_allowed_scheme() {
        for url in
            ["/page", "page#part", "?q=a:b", "#a:b", "https://a.example", "MAILTO:a@b.example", "tel:+322"]
        {
            assert_eq!(safe_url(url), Some(url));
        }
        for url in [
            "javascript:x",
            "JavaScript:x",
            "java\nscript:x",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc",
        ] {
            assert_eq!(safe_url(url), None, "{url:?}");
        }
    }
}
