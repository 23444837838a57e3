//! Identifiers of pages and plans with several alternatives, as `@oneOf` inputs.

use async_graphql::{InputObject, OneofObject};
use passerelle_model::key::{Slug, TranslationKey};
use passerelle_model::published::PublishedPlan;
use passerelle_storage::PageFilter;

use crate::error::ApiError;

/// Identifier of a page. Give exactly one field, for example `{translationKey: "contact"}`.
#[derive(Clone, Debug, OneofObject)]
pub(crate) enum PageBy {
    /// Slug of the page, for example `contact`.
    Slug(String),
    /// Translation key of the page, for example `contact`.
    TranslationKey(String),
    /// UUID of the page, for example `0b0e9a52-6f2c-4d0e-9a53-1f4c8e0a7b11`.
    Uuid(String),
}

/// Identifier of a plan. Give exactly one field, for example `{slug: "plan-climat"}`.
#[derive(Clone, Debug, OneofObject)]
pub(crate) enum PlanBy {
    /// Slug of the plan, for example `plan-climat`. Selects the newest edition.
    Slug(String),
    /// Translation key of the plan, for example `plan-climat`. Selects the newest edition.
    TranslationKey(String),
    /// Slug and year. Selects this edition.
    Edition(PlanEditionInput),
}

/// Slug and year of one edition of a plan.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct PlanEditionInput {
    /// Slug of the plan, for example `plan-climat`.
    pub(crate) slug: String,
    /// Year of the edition, for example `2025`.
    pub(crate) year: i32,
}

impl PageBy {
    /// Converts the identifier to a filter. Several translations of a page can match it.
    pub(crate) fn filter(self) -> PageFilter {
        let none = PageFilter::default();
        match self {
            Self::Slug(slug) => PageFilter { slug: Some(valid_slugs([slug])), ..none },
            Self::TranslationKey(key) => {
                PageFilter { translation_key: vec![TranslationKey::new(key)], ..none }
            }
            Self::Uuid(uuid) => PageFilter { uuid: Some(uuid), ..none },
        }
    }
}

impl PlanBy {
    /// Returns true if the identifier matches the plan.
    pub(crate) fn matches(&self, plan: &PublishedPlan) -> bool {
        let heading = &plan.heading;
        match self {
            Self::Slug(slug) => heading.slug.as_str() == slug,
            Self::TranslationKey(key) => {
                heading.translation_key.as_ref().is_some_and(|own| own.as_str() == key)
            }
            Self::Edition(edition) => {
                heading.slug.as_str() == edition.slug && heading.year == Some(edition.year)
            }
        }
    }
}

/// Parses slugs. Drops invalid ones, because no object can have them.
pub(crate) fn valid_slugs(texts: impl IntoIterator<Item = String>) -> Vec<Slug> {
    texts.into_iter().filter_map(|text| Slug::parse(&text).ok()).collect()
}

/// Rejects `by` together with another identifier. `simple` lists the names of the other arguments, and
/// whether each is given.
pub(crate) fn reject_both<B>(by: Option<&B>, simple: &[(&str, bool)]) -> Result<(), ApiError> {
    match simple.iter().find(|(_, is_given)| *is_given) {
        Some((name, _)) if by.is_some() => {
            Err(ApiError::BadInput(format!("`by` and `{name}` cannot be combined")))
        }
        _ => Ok(()),
    }
}
