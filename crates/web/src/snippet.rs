//! Code to copy into a page of another site.

use passerelle_model::html::escape;
use passerelle_model::public_url::PublicUrl;

use crate::address::Query;
use crate::words::Words;

/// Code of a frame, and of the badge of a plan.
pub(crate) struct Snippet {
    pub(crate) frame: String,
    /// `None` for a part of a plan.
    pub(crate) badge: Option<String>,
    /// True if the address of the service is unknown. The code then has paths only.
    pub(crate) lacks_host: bool,
}

impl Snippet {
    /// Returns the code for an object. `height` is that of the frame in pixels.
    pub(crate) fn new(
        public_url: Option<&PublicUrl>,
        words: &Words,
        path: &str,
        (title, height): (&str, u32),
    ) -> Self {
        let url = Query::default().with("lang", words.code).at(path);
        let host = public_url.map_or("", PublicUrl::as_str);
        let (url, title) = (escape(&format!("{host}{url}")), escape(title));
        let frame = format!(
            "<iframe src=\"{url}\" title=\"{title}\" width=\"100%\" height=\"{height}\" loading=\"lazy\"></iframe>"
        );
        Self { frame, badge: None, lacks_host: public_url.is_none() }
    }

    /// Adds the badge of a plan. `plan_path` is the address of its page.
    pub(crate) fn with_badge(
        self,
        public_url: Option<&PublicUrl>,
        words: &Words,
        (badge_path, plan_path): (&str, &str),
    ) -> Self {
        let host = public_url.map_or("", PublicUrl::as_str);
        let url = |path| escape(&format!("{host}{}", Query::default().with("lang", words.code).at(path)));
        let badge = format!(
            "<a href=\"{}\"><img src=\"{}\" alt=\"{}\"></a>",
            url(plan_path),
            url(badge_path),
            words.progress
        );
        Self { badge: Some(badge), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::language::Language;

    #[test]
    fn the_code_contains_escaped_titles_and_whole_addresses() {
        let words = Words::of(Language::Fr);
        let host = PublicUrl::parse("https://a.example").ok();
        let snippet = Snippet::new(host.as_ref(), words, "/embed/plans/a", ("\"A\" <b>", 240)).with_badge(
            host.as_ref(),
            words,
            ("/badges/plans/a.svg", "/plans/a"),
        );
        let expected = "<iframe src=\"https://a.example/embed/plans/a?lang=fr\" title=\"&quot;A&quot; &lt;b&gt;\" \
            width=\"100%\" height=\"240\" loading=\"lazy\"></iframe>";
        assert_eq!(snippet.frame, expected);
        assert!(
            snippet.badge.is_some_and(|badge| badge.contains("https://a.example/badges/plans/a.svg?lang=fr"))
        );
        assert!(!snippet.lacks_host && Snippet::new(None, words, "/embed/plans/a", ("A", 1)).lacks_host);
    }
}
