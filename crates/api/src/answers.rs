//! What the slots of a text ask for, loaded together with what the rest of the request asks for.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Context;
use futures_util::future::try_join_all;
use passerelle_model::asset::AssetFacts;
use passerelle_model::page::{Collection, Destination, PageTarget};
use passerelle_model::path::DocumentPath;
use passerelle_model::slot::{Answer, Form, PageAddress, Resolve, Slot, fill, has_slots, slots};
use passerelle_storage::link_target::{LinkedPage, find_page};

use crate::context::{load, page_url};
use crate::error::ApiError;
use crate::loader::{Linked, Listed};
use crate::page_url::PageUrl;

/// Answers to the questions of some texts.
pub(crate) struct Answers {
    page_url: PageUrl,
    pages: HashMap<String, Arc<Vec<LinkedPage>>>,
    files: HashMap<DocumentPath, Arc<AssetFacts>>,
    lists: HashMap<Collection, Arc<Vec<LinkedPage>>>,
}

impl Answers {
    /// Loads the answers to the questions of a text.
    pub(crate) async fn to(ctx: &Context<'_>, text: &str) -> Result<Self, ApiError> {
        let (mut names, mut paths, mut collections) = (Vec::new(), Vec::new(), Vec::new());
        for slot in slots(text) {
            match slot {
                Slot::Open(opening) => match opening.destination {
                    Destination::Page(target) => names.push(target.key),
                    Destination::File(path) => paths.push(path),
                    Destination::Url(_) => {}
                },
                Slot::Name(target) => names.push(target.key),
                Slot::Image(image) => paths.extend(image.file),
                Slot::List(collection) => collections.push(collection),
                Slot::Close => {}
            }
        }
        let pages = try_join_all(names.iter().map(|name| load(ctx, Linked(name.clone()))));
        let files = try_join_all(paths.iter().map(|path| load(ctx, path.clone())));
        let lists = try_join_all(collections.iter().map(|list| load(ctx, Listed(list.clone()))));
        let (pages, files, lists) = futures_util::future::try_join3(pages, files, lists).await?;
        let found = |(key, value): (_, Option<_>)| value.map(|value| (key, value));
        Ok(Self {
            page_url: page_url(ctx)?,
            pages: names.into_iter().zip(pages).filter_map(found).collect(),
            files: paths.into_iter().zip(files).filter_map(|(path, facts)| Some((path, facts?))).collect(),
            lists: collections
                .into_iter()
                .zip(lists)
                .filter_map(|(list, pages)| Some((list, pages?)))
                .collect(),
        })
    }

    fn address(&self, page: &LinkedPage, heading: Option<&str>) -> PageAddress {
        let anchor = heading.and_then(|heading| page.anchor(heading));
        let fragment = anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default();
        let url = self.page_url.of(&page.slug, page.lang);
        PageAddress { url: url + &fragment, name: page.called().to_owned() }
    }
}

impl Resolve for Answers {
    fn page(&self, target: &PageTarget) -> Answer<PageAddress> {
        let pages = self.pages.get(&target.key).map(|pages| pages.as_slice()).unwrap_or_default();
        match find_page(target, pages) {
            Some(page) => Answer::Found(self.address(page, target.heading.as_deref())),
            None => Answer::Missing,
        }
    }

    fn file(&self, path: &DocumentPath) -> Answer<AssetFacts> {
        self.files.get(path).map_or(Answer::Missing, |facts| Answer::Found(AssetFacts::clone(facts)))
    }

    fn pages(&self, collection: &Collection) -> Answer<Vec<PageAddress>> {
        let pages = self.lists.get(collection).map(|pages| pages.as_slice()).unwrap_or_default();
        Answer::Found(pages.iter().map(|page| self.address(page, None)).collect())
    }
}

/// A text with all its slots filled.
pub(crate) async fn filled(ctx: &Context<'_>, text: &str, form: Form) -> Result<String, ApiError> {
    if !has_slots(text) {
        return Ok(text.to_owned());
    }
    Ok(fill(text, form, &Answers::to(ctx, text).await?))
}
