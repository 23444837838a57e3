//! Object type `LanguageDefinition`.

use async_graphql::SimpleObject;
use passerelle_model::labels::language_label;
use passerelle_storage::LanguageCounts;

use super::Language;
use super::progress::to_int;

/// Language with published content, with the word to show it.
#[derive(SimpleObject)]
pub(crate) struct LanguageDefinition {
    /// The language, for example `NL`.
    lang: Language,
    /// Tag of the language as in addresses and in the attribute `lang` of HTML, for example `nl`.
    tag: &'static str,
    /// Name of the language, for example `Nederlands`.
    label: &'static str,
    /// Number of pages that describe no support service.
    page_count: i32,
    /// Number of support services.
    support_service_count: i32,
    /// Number of plans, with all their editions.
    plan_count: i32,
}

impl LanguageDefinition {
    /// Creates the definition. Without a language for labels, the language names itself.
    pub(crate) fn new(counts: &LanguageCounts, labels: Option<passerelle_model::language::Language>) -> Self {
        let lang = counts.lang;
        Self {
            lang: lang.into(),
            tag: lang.code(),
            label: language_label(lang, labels.unwrap_or(lang)),
            page_count: to_int(counts.pages),
            support_service_count: to_int(counts.services),
            plan_count: to_int(counts.plans),
        }
    }
}
