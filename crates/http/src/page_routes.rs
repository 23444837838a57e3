//! Routes of the web pages, mounted beside those of the API.

use std::fmt;
use std::sync::Arc;

use axum::Router;
use passerelle_http_common::shared_limits::SharedLimits;

/// Function that creates the routes of the web pages. They share the limits of the API.
#[derive(Clone)]
pub struct PageRoutes(Arc<dyn Fn(&SharedLimits) -> Router + Send + Sync>);

impl PageRoutes {
    /// Wraps a function that creates the routes.
    pub fn new(create: impl Fn(&SharedLimits) -> Router + Send + Sync + 'static) -> Self {
        Self(Arc::new(create))
    }

    /// Creates the routes.
    pub(super) fn create(&self, limits: &SharedLimits) -> Router {
        (self.0)(limits)
    }
}

impl fmt::Debug for PageRoutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageRoutes(…)")
    }
}
