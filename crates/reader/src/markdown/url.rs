//! Allow-list for the addresses of links and images.

/// Schemes that cannot run code in a browser.
const ALLOWED_SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

/// Returns the trimmed address if it is relative or has an allowed scheme, and `None` otherwise.
///
/// An address that contains white space or control characters is rejected: browsers ignore them when they
/// look for the scheme, so `java\nscript:x` would run.
pub fn safe_url(url: &str) -> Option<&str> {
    let url = url.trim();
    if url.chars().any(|character| character.is_control() || character.is_whitespace()) {
        return None;
    }
    let scheme =
        url.split(['/', '?', '#']).next().and_then(|head| head.split_once(':')).map(|(scheme, _)| scheme);
    match scheme {
        None => Some(url),
        Some(scheme) => {
            ALLOWED_SCHEMES.iter().any(|allowed| allowed.eq_ignore_ascii_case(scheme)).then_some(url)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn safe_urls_are_relative_or_have_an_allowed_scheme() {
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
