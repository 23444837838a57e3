//! Resolves the placeholders of texts. The batches of the request load their targets.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Context;
use futures_util::future::try_join_all;
use passerelle_model::asset::AssetMetadata;
use passerelle_model::page::{Collection, Destination, HeadingRef, LinkName, PageTarget};
use passerelle_model::path::DocumentPath;
use passerelle_model::placeholder::{
    Lookup, Placeholder, PlaceholderResolver, ResolvedPage, TextFormat, fill, has_placeholders, placeholders,
};
use passerelle_storage::link_target::{LinkedPage, find_page};

use crate::context::{load, site_urls};
use crate::error::ApiError;
use crate::loader::{PagesByLinkName, PagesOfCollection};
use crate::site_urls::SiteUrls;

/// Values for the placeholders of some texts.
pub(crate) struct PlaceholderValues {
    site_urls: SiteUrls,
    pages: HashMap<LinkName, Arc<Vec<LinkedPage>>>,
    files: HashMap<DocumentPath, Arc<AssetMetadata>>,
    lists: HashMap<Collection, Arc<Vec<LinkedPage>>>,
}

impl PlaceholderValues {
    /// Loads the values for the placeholders of a text.
    pub(crate) async fn load(ctx: &Context<'_>, text: &str) -> Result<Self, ApiError> {
        let (mut names, mut paths, mut collections) = (Vec::new(), Vec::new(), Vec::new());
        for placeholder in placeholders(text) {
            match placeholder {
                Placeholder::LinkStart(opening) => match opening.destination {
                    Destination::Page(target) => names.extend(target.names()),
                    Destination::File(path) => paths.push(path),
                    Destination::Url(_) => {}
                },
                Placeholder::PageTitle(target) => names.extend(target.names()),
                Placeholder::Image(image) => paths.extend(image.file),
                Placeholder::PageList(collection) => collections.push(collection),
                Placeholder::LinkEnd => {}
            }
        }
        let pages = try_join_all(names.iter().map(|name| load(ctx, PagesByLinkName(name.clone()))));
        let files = try_join_all(paths.iter().map(|path| load(ctx, path.clone())));
        let lists = try_join_all(collections.iter().map(|list| load(ctx, PagesOfCollection(list.clone()))));
        let (pages, files, lists) = futures_util::future::try_join3(pages, files, lists).await?;
        let found = |(key, value): (_, Option<_>)| value.map(|value| (key, value));
        Ok(Self {
            site_urls: site_urls(ctx)?.clone(),
            pages: names.into_iter().zip(pages).filter_map(found).collect(),
            files: paths.into_iter().zip(files).filter_map(|(path, facts)| Some((path, facts?))).collect(),
            lists: collections
                .into_iter()
                .zip(lists)
                .filter_map(|(list, pages)| Some((list, pages?)))
                .collect(),
        })
    }

    fn page_address(&self, page: &LinkedPage, heading: Option<&HeadingRef>) -> ResolvedPage {
        let anchor = heading.and_then(|heading| page.find_anchor(heading));
        let fragment = anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default();
        let url = self.site_urls.for_page(&page.slug, page.lang);
        ResolvedPage { url: url + &fragment, name: page.display_name().to_owned() }
    }
}

impl PlaceholderResolver for PlaceholderValues {
    fn page(&self, target: &PageTarget) -> Lookup<ResolvedPage> {
        let pages: Vec<&LinkedPage> =
            target.names().filter_map(|name| self.pages.get(&name)).flat_map(|pages| pages.iter()).collect();
        match find_page(target, pages) {
            Some(page) => Lookup::Found(self.page_address(page, target.heading.as_ref())),
            None => Lookup::Missing,
        }
    }

    fn file(&self, path: &DocumentPath) -> Lookup<AssetMetadata> {
        self.files.get(path).map_or(Lookup::Missing, |facts| Lookup::Found(AssetMetadata::clone(facts)))
    }

    fn file_url(&self, path: &DocumentPath, file: &AssetMetadata) -> String {
        self.site_urls.for_asset(&file.url(path))
    }

    fn pages(&self, collection: &Collection) -> Lookup<Vec<ResolvedPage>> {
        let pages = self.lists.get(collection).map(|pages| pages.as_slice()).unwrap_or_default();
        Lookup::Found(pages.iter().map(|page| self.page_address(page, None)).collect())
    }
}

/// Returns the text with all placeholders replaced.
pub(crate) async fn fill_placeholders(
    ctx: &Context<'_>,
    text: &str,
    form: TextFormat,
) -> Result<String, ApiError> {
    if !has_placeholders(text) {
        return Ok(text.to_owned());
    }
    Ok(fill(text, form, &PlaceholderValues::load(ctx, text).await?))
}
