//! Setting of the access to the desk.

use passerelle_http_common::token::BearerToken;

/// Who may see the desk.
#[derive(Clone, Debug, Default)]
pub enum DeskAccess {
    /// Everybody who reaches the service.
    Open,
    /// Everybody who knows the token.
    Token(BearerToken),
    /// Nobody. The addresses of the desk answer 404.
    #[default]
    Off,
}
