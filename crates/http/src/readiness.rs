//! Readiness of the service for requests.

/// Readiness of this instance, as `/readyz` reports it. A load balancer sends requests only if it is
/// [`Readiness::Ready`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Readiness {
    /// The first scan of the content folder is not published yet, or the search index is not ready yet.
    #[default]
    Starting,
    /// All documents are published and search works.
    Ready,
    /// The service drains or stops. This state is final.
    Stopping,
}
