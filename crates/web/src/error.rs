//! Errors of pages.

use axum::http::StatusCode;
use passerelle_model::timestamp::Timestamp;
use passerelle_search::SearchError;
use passerelle_storage::StorageError;
use thiserror::Error;

/// Reason why a page cannot be shown.
#[derive(Debug, Error)]
pub(crate) enum PageError {
    /// No plan has the name of the address.
    #[error("no such plan")]
    NoPlan,
    /// The plan has no measure with this number.
    #[error("no such measure")]
    NoMeasure {
        /// Address of the plan.
        plan_url: String,
    },
    /// The parameter `at` is not a date.
    #[error("not a date")]
    InvalidDate,
    /// Nothing was published at the date.
    #[error("before the first revision")]
    BeforeFirstRevision,
    /// The content at the date was pruned. The value is the time of the oldest content.
    #[error("pruned")]
    Pruned(Timestamp),
    /// The client exceeds its quota. The value is the time until it may retry, in seconds.
    #[error("rate limited")]
    RateLimited(u64),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The search index failed.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// A template failed.
    #[error(transparent)]
    Template(#[from] askama::Error),
    /// The service stops.
    #[error("the service stops")]
    Stopped,
}

impl PageError {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NoPlan | Self::NoMeasure { .. } | Self::BeforeFirstRevision | Self::Pruned(_) => {
                StatusCode::NOT_FOUND
            }
            Self::InvalidDate => StatusCode::BAD_REQUEST,
            Self::RateLimited(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Storage(_) | Self::Search(_) | Self::Template(_) | Self::Stopped => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }
}
