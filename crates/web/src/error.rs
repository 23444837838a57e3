//! Errors of pages.

use axum::http::StatusCode;
use passerelle_model::timestamp::Timestamp;
use passerelle_search::SearchError;
use passerelle_storage::StorageError;
use thiserror::Error;

use crate::frame::Link;

/// The measure that had the requested number before.
#[derive(Debug)]
pub(crate) enum FormerMeasure {
    /// It has another number now.
    Renumbered(Link),
    /// It was removed. The value is its last title.
    Removed(String),
}

/// Reason why a page cannot be shown.
#[derive(Debug, Error)]
pub(crate) enum PageError {
    /// No plan has the name of the address.
    #[error("no such plan")]
    NoPlan,
    /// A plan had the name of the address and has another one now.
    #[error("the plan was renamed")]
    PlanRenamed(Link),
    /// The plan has no measure with this number.
    #[error("no such measure")]
    NoMeasure {
        /// Address of the plan.
        plan_url: String,
        /// The measure that had the number before.
        former: Option<FormerMeasure>,
    },
    /// The plan has no category with this path.
    #[error("no such category")]
    NoCategory,
    /// The parameter `at` is not a date.
    #[error("not a date")]
    InvalidDate,
    /// Nothing was published at the date.
    #[error("before the first revision")]
    BeforeFirstRevision,
    /// The content at the date was pruned. The value is the time of the oldest content.
    #[error("pruned")]
    Pruned(Timestamp),
    /// No document has the path of the address.
    #[error("no such document")]
    NoDocument,
    /// The desk is off.
    #[error("the desk is off")]
    DeskOff,
    /// The token of the operator is missing or wrong.
    #[error("wrong admin token")]
    WrongAdminToken,
    /// The version that the form shows is not held. The value is the address of the document.
    #[error("another version")]
    NotHeld(Link),
    /// A form of another site.
    #[error("another origin")]
    ForeignOrigin,
    /// The body of a request is not a form with a file.
    #[error("not an upload")]
    InvalidUpload,
    /// The uploaded file is larger than a document may be.
    #[error("too large")]
    UploadTooLarge,
    /// Too many uploads at once.
    #[error("too many uploads")]
    Busy,
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
            Self::NoPlan
            | Self::PlanRenamed(_)
            | Self::NoMeasure { .. }
            | Self::NoCategory
            | Self::NoDocument
            | Self::DeskOff
            | Self::BeforeFirstRevision
            | Self::Pruned(_) => StatusCode::NOT_FOUND,
            Self::InvalidDate | Self::InvalidUpload => StatusCode::BAD_REQUEST,
            Self::ForeignOrigin | Self::WrongAdminToken => StatusCode::FORBIDDEN,
            Self::NotHeld(_) => StatusCode::CONFLICT,
            Self::UploadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::RateLimited(_) | Self::Busy => StatusCode::TOO_MANY_REQUESTS,
            Self::Storage(_) | Self::Search(_) | Self::Template(_) | Self::Stopped => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }
}
