//! Argument for the desk of the editors.

use std::net::SocketAddr;

use anyhow::Context;
use clap::{Args, ValueEnum};
use passerelle_http_common::desk_access::DeskAccess;

use crate::secrets;

/// Argument for the desk.
#[derive(Args, Debug)]
pub(crate) struct DeskArgs {
    /// Access to /desk, where editors see the state of every document. The default is open on a loopback
    /// address, and off elsewhere. With `token`, GraphQL asks for it too before it shows documents
    #[arg(long, env = "PASSERELLE_DESK", value_name = "WHO")]
    desk: Option<DeskArg>,
}

/// Who may see the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DeskArg {
    /// Everybody who reaches the service
    Open,
    /// Everybody who knows the token of `PASSERELLE_DESK_TOKEN`
    Token,
    /// Nobody
    Off,
}

impl DeskArgs {
    /// Returns the access to the desk of a service with this address.
    pub(crate) fn access(&self, listen: SocketAddr) -> anyhow::Result<DeskAccess> {
        let default = if listen.ip().is_loopback() { DeskArg::Open } else { DeskArg::Off };
        Ok(match self.desk.unwrap_or(default) {
            DeskArg::Open => DeskAccess::Open,
            DeskArg::Off => DeskAccess::Off,
            DeskArg::Token => {
                let token = secrets::desk_token()?;
                DeskAccess::Token(token.context("--desk token needs PASSERELLE_DESK_TOKEN")?)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desk_is_open_only_on_a_loopback_address_unless_chosen() -> anyhow::Result<()> {
        let access = |desk, listen: &str| DeskArgs { desk }.access(listen.parse()?);
        assert!(matches!(access(None, "127.0.0.1:8080")?, DeskAccess::Open));
        assert!(matches!(access(None, "[::1]:8080")?, DeskAccess::Open));
        assert!(matches!(access(None, "0.0.0.0:8080")?, DeskAccess::Off));
        assert!(matches!(access(Some(DeskArg::Open), "0.0.0.0:8080")?, DeskAccess::Open));
        assert!(matches!(access(Some(DeskArg::Off), "127.0.0.1:8080")?, DeskAccess::Off));
        Ok(())
    }
}
