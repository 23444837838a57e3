//! Enum `SearchKind`.

use async_graphql::Enum;
use passerelle_model::labels::in_language;
use passerelle_model::language::Language;
use passerelle_search::SearchKind as Kind;

/// Kind of object that a search returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "passerelle_search::SearchKind")]
pub(crate) enum SearchKind {
    /// Measure of a plan.
    Measure,
    /// Category of a plan.
    Category,
    /// Page of the site. The page of a support service is found as `SUPPORT_SERVICE`.
    Page,
    /// Support service, found by its name, its missions and the text of its page.
    SupportService,
}

/// Reason why an object is a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "passerelle_search::MatchKind")]
pub(crate) enum MatchKind {
    /// The query is the number or the label of the measure, for example `12` or `Action 4.2`.
    Number,
    /// The object contains all words of the query, in any inflection.
    AllWords,
    /// The object contains all words of the query, if spelling mistakes are ignored.
    Fuzzy,
    /// The object contains some of the words of the query.
    SomeWords,
}

/// Returns the label of a kind of search hits, for example `Mesures`.
pub(crate) fn search_kind_label(kind: Kind, lang: Language) -> &'static str {
    let words = match kind {
        Kind::Measure => ["Mesures", "Maatregelen", "Maßnahmen", "Measures"],
        Kind::Category => {
            ["Axes et objectifs", "Assen en doelstellingen", "Achsen und Ziele", "Axes and objectives"]
        }
        Kind::Page => ["Pages", "Pagina’s", "Seiten", "Pages"],
        Kind::SupportService => {
            ["Services de support", "Ondersteunende diensten", "Unterstützungsdienste", "Support services"]
        }
    };
    in_language(words, lang)
}
