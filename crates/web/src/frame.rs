//! What every page shows around its content: title, languages, links for machines, files.

use passerelle_model::language::Language;
use passerelle_model::public_url::PublicUrl;

use crate::address::Query;
use crate::live::LiveUpdates;
use crate::site::Site;
use crate::words::Words;

/// Link to the same page in another language.
#[derive(Debug)]
pub(crate) struct LanguageLink {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) url: String,
    pub(crate) is_current: bool,
}

/// A link with its text.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) name: String,
    pub(crate) url: String,
    /// Explanation. Empty if the name is enough.
    pub(crate) detail: &'static str,
}

impl Link {
    pub(crate) fn new(name: impl Into<String>, url: impl Into<String>) -> Self {
        Self { name: name.into(), url: url.into(), detail: "" }
    }
}

/// Addresses of the files of a page.
#[derive(Debug)]
pub(crate) struct FrameAssets {
    pub(crate) style: String,
}

/// Content of the frame.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) words: &'static Words,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) languages: Vec<LanguageLink>,
    /// Query string for links to other pages, so that they have the language that the reader chose.
    pub(crate) lang_query: String,
    pub(crate) assets: FrameAssets,
    pub(crate) script: String,
    /// Script of the pages to which a file can be dropped.
    pub(crate) drop_script: Option<String>,
    /// Address of the feed of the page.
    pub(crate) feed: Option<String>,
    /// JSON-LD, safe inside a script element.
    pub(crate) json_ld: Option<String>,
    /// Subscription after whose events the page is updated. `None` for a page that never changes.
    pub(crate) live: Option<LiveUpdates>,
    pub(crate) revision: i64,
    /// Address of the service as browsers see it. `None` if it is unknown.
    public_url: Option<PublicUrl>,
    /// Path and query string of the page.
    url: String,
}

impl Frame {
    /// Creates the frame of a page. `url` returns the address of the page in a language.
    pub(crate) fn new(
        site: &Site,
        words: &'static Words,
        chosen: Option<Language>,
        url: impl Fn(Option<Language>) -> String,
    ) -> Self {
        let language = |lang: Language| LanguageLink {
            code: lang.code(),
            name: Words::of(lang).language_name,
            url: url(Some(lang)),
            is_current: lang == words.lang,
        };
        Self {
            words,
            title: String::new(),
            description: String::new(),
            languages: Language::ALL.map(language).into(),
            lang_query: Query::default().with_language(chosen).as_str().to_owned(),
            assets: FrameAssets { style: site.assets().style.url() },
            script: site.assets().live.url(),
            drop_script: None,
            feed: None,
            json_ld: None,
            live: None,
            revision: 0,
            public_url: site.public_url().cloned(),
            url: url(chosen),
        }
    }

    /// Returns the address of the page with its host. `None` if the host is unknown.
    pub(crate) fn absolute_url(&self) -> Option<String> {
        self.public_url.as_ref().map(|host| format!("{host}{}", self.url))
    }
}

/// Serializes JSON for a script element: no `<` ends the element.
pub(crate) fn script_json(value: &serde_json::Value) -> String {
    value.to_string().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_cannot_end_its_script_element() {
        let json = script_json(&serde_json::json!({ "name": "</script><b>" }));
        assert!(!json.contains('<'), "{json}");
    }
}
