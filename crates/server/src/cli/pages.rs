//! Arguments for the web pages.

use std::net::SocketAddr;

use anyhow::Context;
use clap::{Args, ValueEnum};
use passerelle_http::Origin;
use passerelle_http_common::desk_access::DeskAccess;

use crate::pages::OWN_PAGES;
use crate::secrets;

/// Arguments for the web pages.
#[derive(Args, Debug)]
pub(crate) struct PageArgs {
    /// Access to /desk, where editors see the state of every document. The default is open on a loopback
    /// address, and off elsewhere. With `token`, GraphQL asks for it too before it shows documents
    #[arg(long, env = "PASSERELLE_DESK", value_name = "WHO")]
    desk: Option<DeskArg>,

    /// Sites that may show the pages below /embed in a frame: `https://www.example.org`, or `*` for all.
    /// Separate several with commas. Only this service if omitted
    #[arg(
        long = "embed-origin",
        env = "PASSERELLE_EMBED_ORIGIN",
        value_delimiter = ',',
        value_name = "ORIGIN"
    )]
    embed_origins: Vec<Origin>,
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

impl PageArgs {
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

impl PageArgs {
    /// Returns the sources of `frame-ancestors` for the pages that other sites embed.
    pub(crate) fn frame_ancestors(&self) -> String {
        let source = |origin: &Origin| match origin {
            Origin::Any => "*".to_owned(),
            Origin::One(origin) => origin.to_str().unwrap_or_default().to_owned(),
        };
        let sources = self.embed_origins.iter().map(source);
        std::iter::once(OWN_PAGES.to_owned()).chain(sources).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desk_is_open_only_on_a_loopback_address_unless_chosen() -> anyhow::Result<()> {
        let access =
            |desk, listen: &str| PageArgs { desk, embed_origins: Vec::new() }.access(listen.parse()?);
        assert!(matches!(access(None, "127.0.0.1:8080")?, DeskAccess::Open));
        assert!(matches!(access(None, "[::1]:8080")?, DeskAccess::Open));
        assert!(matches!(access(None, "0.0.0.0:8080")?, DeskAccess::Off));
        assert!(matches!(access(Some(DeskArg::Open), "0.0.0.0:8080")?, DeskAccess::Open));
        assert!(matches!(access(Some(DeskArg::Off), "127.0.0.1:8080")?, DeskAccess::Off));
        Ok(())
    }

    #[test]
    fn other_sites_show_pages_in_frames_only_if_named() -> anyhow::Result<()> {
        let sources = |origins: &[&str]| {
            let embed_origins = origins.iter().map(|origin| origin.parse()).collect::<Result<_, _>>()?;
            anyhow::Ok(PageArgs { desk: None, embed_origins }.frame_ancestors())
        };
        assert_eq!(sources(&[])?, "'self'");
        assert_eq!(sources(&["https://www.example.org", "*"])?, "'self' https://www.example.org *");
        Ok(())
    }
}
