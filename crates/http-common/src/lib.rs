//! Parts of HTTP that the API and the web pages share.
//!
//! - [`accept`] parses the ranges of `Accept` headers. [`encoding`] selects a compression and compresses.
//! - [`response_cache`] keeps responses as bytes by revision. [`etag`] answers conditional requests.
//! - [`rate_limit`] charges clients. [`shared_limits`] has the limits that count all requests together.
//! - [`token`] compares secret tokens in constant time. [`desk_access`] checks the token of the desk.
//!
//! **Architecture invariant:** nothing here knows GraphQL or HTML.

pub mod accept;
pub mod desk_access;
pub mod encoding;
pub mod etag;
pub mod rate_limit;
pub mod response_cache;
pub mod shared_limits;
pub mod token;
