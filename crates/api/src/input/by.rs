//! Look-ups of things that have several names, exactly one of which is given.

use async_graphql::{InputObject, OneofObject};
use passerelle_model::key::Slug;
use passerelle_model::served::ServedPlan;
use passerelle_storage::PageFilter;

use crate::error::ApiError;

/// One of the names of a page.
#[derive(Clone, Debug, OneofObject)]
pub(crate) enum PageBy {
    /// The name in its URL.
    Slug(String),
    /// What it shares with its translations.
    TranslationKey(String),
    /// The identifier that the site builder gave it.
    Uuid(String),
}

/// One of the names of a plan.
#[derive(Clone, Debug, OneofObject)]
pub(crate) enum PlanBy {
    /// The name in its URL, which its editions share: the newest of them.
    Slug(String),
    /// What its front matter says that it shares with its translations: the newest edition.
    TranslationKey(String),
    /// One edition.
    Edition(PlanEdition),
}

/// One of the editions of a plan.
#[derive(Clone, Debug, InputObject)]
pub(crate) struct PlanEdition {
    /// The name in the URL of the plan.
    pub(crate) slug: String,
    /// The year of the edition.
    pub(crate) year: i32,
}

impl PageBy {
    /// The pages of the name.
    pub(crate) fn filter(self) -> PageFilter {
        let none = PageFilter::default();
        match self {
            Self::Slug(slug) => PageFilter { slug: vec![Slug::new(slug)], ..none },
            Self::TranslationKey(key) => PageFilter { translation_key: vec![key], ..none },
            Self::Uuid(uuid) => PageFilter { uuid: Some(uuid), ..none },
        }
    }
}

impl PlanBy {
    /// Whether a plan has the name.
    pub(crate) fn is_of(&self, plan: &ServedPlan) -> bool {
        let heading = &plan.heading;
        match self {
            Self::Slug(slug) => heading.slug.as_str() == slug,
            Self::TranslationKey(key) => heading.translation_key.as_ref() == Some(key),
            Self::Edition(edition) => {
                heading.slug.as_str() == edition.slug && heading.year == Some(edition.year)
            }
        }
    }
}

/// Refuses a look-up that is given twice, by its own argument and by one of the simple ones.
pub(crate) fn assert_once<B>(by: Option<&B>, simple: &[(&str, bool)]) -> Result<(), ApiError> {
    match simple.iter().find(|(_, is_given)| *is_given) {
        Some((name, _)) if by.is_some() => {
            Err(ApiError::BadInput(format!("give `by` or `{name}`, not both")))
        }
        _ => Ok(()),
    }
}
