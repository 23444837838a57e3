//! Enum `SearchKind`.

use async_graphql::Enum;

/// Kind of object that a search returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "passerelle_search::SearchKind")]
pub(crate) enum SearchKind {
    /// Measure of a plan.
    Measure,
    /// Category of a plan.
    Category,
    /// Page of the site.
    Page,
    /// Support service, found by its name and its missions.
    SupportService,
}
