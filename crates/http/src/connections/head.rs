//! Checks of a request head that apply to all routes.

use axum::http::{HeaderMap, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use passerelle_api::{ErrorCode, GraphqlResponse};

use crate::accept::MediaType;
use crate::rendered::to_http;

/// Rejects a request without `Host` or with several (RFC 9112, section 3.2).
///
/// A proxy and the service could take different hosts from such a request.
pub(super) fn check_host(version: Version, headers: &HeaderMap) -> Result<(), Box<Response>> {
    let hosts = headers.get_all(header::HOST).iter().count();
    if hosts == 1 || hosts == 0 && version < Version::HTTP_11 {
        return Ok(());
    }
    let message = "Send exactly one `Host` header.";
    let response = GraphqlResponse::http_error(StatusCode::BAD_REQUEST, ErrorCode::BadRequest, message);
    Err(Box::new(to_http(&response, MediaType::Json).into_response()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn exactly_one_host_header_is_accepted() {
        let status = |version, hosts: usize| {
            let mut headers = HeaderMap::new();
            for _ in 0..hosts {
                headers.append(header::HOST, HeaderValue::from_static("jardin.example"));
            }
            check_host(version, &headers).map_err(|response| response.status())
        };
        assert_eq!(status(Version::HTTP_11, 1), Ok(()));
        assert_eq!(status(Version::HTTP_10, 0), Ok(()));
        for (version, hosts) in [(Version::HTTP_11, 0), (Version::HTTP_11, 2), (Version::HTTP_10, 2)] {
            assert_eq!(status(version, hosts), Err(StatusCode::BAD_REQUEST));
        }
    }
}
