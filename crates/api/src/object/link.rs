//! Object type `Link`.

use std::sync::Arc;

use async_graphql::{Context, Object};
use futures_util::future::try_join_all;
use passerelle_model::page::{Destination, HeadingRef, Link};
use passerelle_model::placeholder::TextFormat;
use passerelle_storage::link_target::{LinkedPage, find_page};

use super::{LinkKind, PageObject};
use crate::context::{load, site_urls};
use crate::error::ApiError;
use crate::loader::PagesByLinkName;
use crate::placeholders::fill_placeholders;

/// Link whose target is resolved at the revision of the response.
pub(crate) struct LinkObject(pub(super) Link);

impl LinkObject {
    /// Loads the target page. Returns `None` if the target is not a page or is not published.
    async fn target(&self, ctx: &Context<'_>) -> Result<Option<LinkedPage>, ApiError> {
        let Some(Destination::Page(target)) = &self.0.destination else { return Ok(None) };
        let pages = target.names().map(|name| load(ctx, PagesByLinkName(name)));
        let pages: Vec<Option<Arc<Vec<LinkedPage>>>> = try_join_all(pages).await?;
        Ok(find_page(target, pages.iter().flatten().flat_map(|pages| pages.iter())).cloned())
    }

    /// Returns the address of the target. If the link is broken, the address as the editor wrote it.
    pub(super) async fn resolve_url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(match &self.0.destination {
            None => String::new(),
            Some(Destination::Url(url)) => url.clone(),
            Some(Destination::File(path)) => {
                let facts = load(ctx, path.clone()).await?;
                let url = facts.map_or_else(|| format!("/{path}"), |facts| facts.url(path));
                site_urls(ctx)?.for_asset(&url)
            }
            Some(Destination::Page(target)) => match self.target(ctx).await? {
                None => target.key.to_string(),
                Some(page) => {
                    let anchor = self.heading().and_then(|heading| page.find_anchor(heading));
                    let fragment = anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default();
                    site_urls(ctx)?.for_page(&page.slug, page.lang) + &fragment
                }
            },
        })
    }

    fn heading(&self) -> Option<&HeadingRef> {
        match &self.0.destination {
            Some(Destination::Page(target)) => target.heading.as_ref(),
            _ => None,
        }
    }
}

/// Link in a page. Links to pages of the site follow a page when its slug changes.
#[Object(name = "Link")]
impl LinkObject {
    /// Kind of the target.
    fn kind(&self) -> LinkKind {
        self.0.kind.into()
    }

    /// Address of the target, for example `/fr/contact#horaires`. If the link is broken, the address as the
    /// editor wrote it. An empty string if the editor wrote none.
    async fn url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        self.resolve_url(ctx).await
    }

    /// Text of the link. An image inside the link contributes its alternative text. If the link has no text,
    /// the name of the target page, else the address or file name.
    async fn label(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        let label = fill_placeholders(ctx, &self.0.label, TextFormat::Text).await?;
        if !label.is_empty() {
            return Ok(label);
        }
        Ok(match (self.target(ctx).await?, &self.0.destination) {
            (Some(page), _) => page.display_name().to_owned(),
            (None, Some(Destination::Page(target))) => target.key.to_string(),
            (None, Some(Destination::Url(url))) => url.clone(),
            (None, Some(Destination::File(path))) => path.name().to_owned(),
            (None, None) => String::new(),
        })
    }

    /// Target page. Null if the target is not a published page of the site.
    async fn page(&self, ctx: &Context<'_>) -> Option<Result<PageObject, ApiError>> {
        let page = match self.target(ctx).await {
            Ok(page) => page?,
            Err(error) => return Some(Err(error)),
        };
        let page = load(ctx, page.key).await.transpose()?;
        Some(page.map(PageObject))
    }

    /// Fragment of the target address without `#`, for example `horaires`. Null if there is none, or if the
    /// target page has no such heading.
    async fn anchor(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        if let Some(Destination::Url(url)) = &self.0.destination {
            let anchor = url.split_once('#').map(|(_, anchor)| anchor.to_owned());
            return Ok(anchor.filter(|anchor| !anchor.is_empty()));
        }
        let page = self.target(ctx).await?;
        let anchor = page.as_ref().zip(self.heading()).and_then(|(page, heading)| page.find_anchor(heading));
        Ok(anchor.map(ToString::to_string))
    }

    /// True if the target page or file is not published, if the page has no such heading, or if the link has
    /// no address. Other sites are not checked.
    async fn is_broken(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(match &self.0.destination {
            None => true,
            Some(Destination::Url(_)) => self.0.is_broken_anchor,
            Some(Destination::File(path)) => load(ctx, path.clone()).await?.is_none(),
            Some(Destination::Page(_)) => self.target(ctx).await?.is_none(),
        })
    }

    /// True if the editor wants the link to open in a new window.
    fn opens_in_new_window(&self) -> bool {
        self.0.new_window
    }
}
