//! Kinds of things that are found.

use async_graphql::Enum;

/// What kind of thing a search finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "passerelle_search::SearchKind")]
pub(crate) enum SearchKind {
    /// A measure of a plan.
    Measure,
    /// A category of a plan.
    Category,
    /// A page.
    Page,
    /// A support service.
    SupportService,
}
