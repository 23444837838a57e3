//! Language and media type of a page, from the query string and the headers.

use axum::http::{HeaderMap, header};
use passerelle_http_common::accept::ranges;
use passerelle_model::language::Language;

/// Languages that a reader wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WantedLanguage {
    /// Value of `?lang=`. Links repeat it.
    pub(crate) chosen: Option<Language>,
    /// Best language of `Accept-Language`.
    preferred: Option<Language>,
}

impl WantedLanguage {
    /// Reads the parameter and the header.
    pub(crate) fn of(parameter: Option<&str>, headers: &HeaderMap) -> Self {
        // The last maximum wins, so the ranges are compared in reverse order.
        let accepted: Vec<_> = ranges(headers, &header::ACCEPT_LANGUAGE).collect();
        let known = accepted.iter().rev().filter_map(|range| {
            Language::from_tag(&range.name).filter(|_| range.quality > 0).map(|lang| (range.quality, lang))
        });
        let preferred = known.max_by_key(|(quality, _)| *quality).map(|(_, lang)| lang);
        Self { chosen: parameter.and_then(Language::from_tag), preferred }
    }

    /// Returns the language of the page. `None` if the reader names no language of the pages.
    pub(crate) fn get(self) -> Option<Language> {
        self.chosen.or(self.preferred)
    }
}

/// Returns true if a client names HTML among the types that it accepts, as browsers do.
pub(crate) fn accepts_html(headers: &HeaderMap) -> bool {
    ranges(headers, &header::ACCEPT).any(|range| {
        range.quality > 0 && matches!(range.name.as_str(), "text/html" | "application/xhtml+xml")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        value.parse().map(|value| HeaderMap::from_iter([(name, value)])).unwrap_or_default()
    }

    #[test]
    fn the_parameter_wins_over_the_header() {
        let accept = headers(header::ACCEPT_LANGUAGE, "it, nl-BE;q=0.8, fr;q=0.8, en;q=0.5");
        assert_eq!(WantedLanguage::of(Some("de"), &accept).get(), Some(Language::De));
        assert_eq!(WantedLanguage::of(Some("it"), &accept).get(), Some(Language::Nl));
        assert_eq!(WantedLanguage::of(None, &accept).chosen, None);
        assert_eq!(WantedLanguage::of(None, &HeaderMap::new()).get(), None);
    }

    #[test]
    fn only_clients_that_name_html_get_pages() {
        assert!(accepts_html(&headers(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8")));
        assert!(!accepts_html(&headers(header::ACCEPT, "*/*")));
        assert!(!accepts_html(&headers(header::ACCEPT, "application/json, text/html;q=0")));
        assert!(!accepts_html(&HeaderMap::new()));
    }
}
