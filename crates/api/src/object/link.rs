//! A link of a page.

use std::sync::Arc;

use async_graphql::{Context, Object};
use passerelle_model::page::{Destination, Link};
use passerelle_model::slot::Form;
use passerelle_storage::link_target::{LinkedPage, find_page};

use super::{LinkKind, PageObject};
use crate::answers::filled;
use crate::context::{load, page_url};
use crate::error::ApiError;
use crate::loader::Linked;

/// A link.
pub(crate) struct LinkObject(pub(super) Link);

impl LinkObject {
    /// The page that it goes to, if it goes to one that is served.
    async fn target(&self, ctx: &Context<'_>) -> Result<Option<LinkedPage>, ApiError> {
        let Some(Destination::Page(target)) = &self.0.destination else { return Ok(None) };
        let pages: Option<Arc<Vec<LinkedPage>>> = load(ctx, Linked(target.key.clone())).await?;
        Ok(find_page(target, pages.iter().flat_map(|pages| pages.iter())).cloned())
    }

    fn heading(&self) -> Option<&str> {
        match &self.0.destination {
            Some(Destination::Page(target)) => target.heading.as_deref(),
            _ => None,
        }
    }
}

/// A link of a page, as it stands at this revision.
#[Object(name = "Link")]
impl LinkObject {
    /// What it leads to.
    fn kind(&self) -> LinkKind {
        self.0.kind.into()
    }

    /// Where it goes. Of a broken link: what the editor wrote.
    async fn url(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        Ok(match &self.0.destination {
            None => String::new(),
            Some(Destination::Url(url)) => url.clone(),
            Some(Destination::File(path)) => {
                let facts = load(ctx, path.clone()).await?;
                facts.map_or_else(|| format!("/{path}"), |facts| facts.url(path))
            }
            Some(Destination::Page(target)) => match self.target(ctx).await? {
                None => target.key.clone(),
                Some(page) => {
                    let anchor = self.heading().and_then(|heading| page.anchor(heading));
                    let fragment = anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default();
                    page_url(ctx)?.of(&page.slug, page.lang) + &fragment
                }
            },
        })
    }

    /// Its words; those of an image in it are its alternative text, those of a link without any the name of its page.
    async fn label(&self, ctx: &Context<'_>) -> Result<String, ApiError> {
        let label = filled(ctx, &self.0.label, Form::Text).await?;
        if !label.is_empty() {
            return Ok(label);
        }
        Ok(match (self.target(ctx).await?, &self.0.destination) {
            (Some(page), _) => page.called().to_owned(),
            (None, Some(Destination::Page(target))) => target.key.clone(),
            (None, Some(Destination::Url(url))) => url.clone(),
            (None, Some(Destination::File(path))) => path.name().to_owned(),
            (None, None) => String::new(),
        })
    }

    /// The page that it goes to. Null where it goes to none of this service.
    async fn page(&self, ctx: &Context<'_>) -> Option<Result<PageObject, ApiError>> {
        let page = match self.target(ctx).await {
            Ok(page) => page?,
            Err(error) => return Some(Err(error)),
        };
        let page = load(ctx, page.key).await.transpose()?;
        Some(page.map(PageObject))
    }

    /// The anchor that it goes to, without `#`. Null where it goes to the top of its page, or the heading is not there.
    async fn anchor(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        if let Some(Destination::Url(url)) = &self.0.destination {
            let anchor = url.split_once('#').map(|(_, anchor)| anchor.to_owned());
            return Ok(anchor.filter(|anchor| !anchor.is_empty()));
        }
        let page = self.target(ctx).await?;
        let anchor = page.as_ref().zip(self.heading()).and_then(|(page, heading)| page.anchor(heading));
        Ok(anchor.map(str::to_owned))
    }

    /// Whether it goes nowhere: to a page or a file that is not served, or without an address.
    async fn is_broken(&self, ctx: &Context<'_>) -> Result<bool, ApiError> {
        Ok(match &self.0.destination {
            None => true,
            Some(Destination::Url(_)) => false,
            Some(Destination::File(path)) => load(ctx, path.clone()).await?.is_none(),
            Some(Destination::Page(_)) => self.target(ctx).await?.is_none(),
        })
    }

    /// Whether its editor wants it to open in a window of its own.
    fn opens_new_window(&self) -> bool {
        self.0.new_window
    }
}
