//! Arguments of a frame or video.

use passerelle_model::page::{Destination, LinkKind};
use passerelle_model::placeholder::LinkStart;
use serde_json::{Map, Value};

use super::arguments::text;
use super::embed;
use super::link::{PageContext, resolve_destination};

/// Address and title of a frame or video.
pub(super) struct EmbedArguments {
    /// Name of the provider. `None` if it is not known.
    pub(super) provider: Option<String>,
    /// Address or file.
    pub(super) destination: Destination,
    /// Title of the frame. `None` if it has none.
    pub(super) title: Option<String>,
}

impl EmbedArguments {
    /// Returns the arguments `url` and `title` of an element or address.
    pub(super) fn from_source(source: &str) -> Map<String, Value> {
        let mut args = Map::new();
        if let Some(source) = embed::parse(source) {
            args.insert("url".to_owned(), source.url.into());
            args.extend(source.title.map(|title| ("title".to_owned(), title.into())));
        }
        args
    }

    /// Reads the arguments. `None` if the address is missing or its scheme is not allowed.
    pub(super) fn read(args: &Map<String, Value>, context: PageContext<'_>) -> Option<Self> {
        let url = text(args, "url")?;
        let provider = embed::provider(&url).map(str::to_owned);
        Some(Self { provider, destination: resolve_destination(&url, context)?, title: text(args, "title") })
    }

    /// Returns the label, as Markdown, and the start of the link that replaces the frame in a text.
    pub(super) fn into_link(self) -> (Option<String>, LinkStart) {
        let kind = match self.destination {
            Destination::File(_) => LinkKind::File,
            Destination::Url(_) | Destination::Page(_) => LinkKind::External,
        };
        let label = self.title.map(|title| title.replace(['[', ']', '*', '_', '`', '<'], " "));
        (label, LinkStart { kind, destination: self.destination, new_window: false })
    }
}
