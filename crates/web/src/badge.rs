//! `/badges/plans/{name}.svg`: progress of a plan as a small image.

use askama::Template;
use axum::extract::{Path, Query as QueryString, State};
use axum::http::HeaderMap;
use axum::response::Response;

use crate::bar;
use crate::error::PageError;
use crate::negotiation::WantedLanguage;
use crate::page_request::{Page, PageRequest, PeerAddress};
use crate::plan::{PlanParams, Selection};
use crate::site::Site;
use crate::words::Words;

/// Rate limit cost, about that of the equal GraphQL query.
const COST: usize = 10;
/// Approximate width of a character of the font in pixels. The image sets the exact width of each text.
const CHARACTER_WIDTH: usize = 7;
/// Space on each side of a text in pixels.
const PADDING: usize = 6;

/// One half of the image. All numbers are pixels.
struct Half {
    text: String,
    start: usize,
    width: usize,
    text_start: usize,
    text_width: usize,
}

impl Half {
    fn new(text: String, start: usize) -> Self {
        let text_width = text.chars().count() * CHARACTER_WIDTH;
        Self { text, start, width: text_width + 2 * PADDING, text_start: start + PADDING, text_width }
    }
}

/// The image.
#[derive(Template)]
#[template(path = "badge.svg")]
struct Badge {
    label: Half,
    value: Half,
    width: usize,
    color: &'static str,
}

impl Page for Badge {
    fn media_type(&self) -> &'static str {
        "image/svg+xml"
    }
}

/// Serves the badge. `lang` is the only parameter, so that other sites do not fill the cache.
pub(crate) async fn get(
    State(site): State<Site>,
    peer: PeerAddress,
    headers: HeaderMap,
    Path(file): Path<String>,
    QueryString(pairs): QueryString<Vec<(String, String)>>,
) -> Response {
    let params = PlanParams { lang: PlanParams::parse(pairs).lang, ..PlanParams::default() };
    let wanted = WantedLanguage::of(params.lang.as_deref(), &headers);
    let latest = site.storage().cached_latest();
    let key = format!("badge {file:?} {wanted:?}");
    let words = Words::of(wanted.get().unwrap_or_default());
    let request = PageRequest::new(&site, &headers, peer, (words, wanted.chosen), latest.revision(), &key);
    let site = &site;
    let badge = async move {
        let name = file.strip_suffix(".svg").ok_or(PageError::NoPlan)?;
        load(&Selection::find(site, latest, name, wanted, params).await?).await
    };
    request.respond(COST, badge).await
}

async fn load(selection: &Selection) -> Result<Badge, PageError> {
    let Selection { view, context, .. } = selection;
    let progress = view.plan_facets(&context.plan.key).await?.progress;
    let is_known = progress.total() > 0 && !progress.lacks_statuses();
    let value = if is_known {
        context.words.percent(progress.ratio())
    } else {
        bar::summary(&progress, context.words)
    };
    let label = Half::new(context.words.progress.to_owned(), 0);
    let value = Half::new(value, label.width);
    let color = if is_known { "#1f6d3a" } else { "#5a5a5a" };
    Ok(Badge { width: label.width + value.width, label, value, color })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_beside_each_other_and_escaped() {
        let label = Half::new("a & b".to_owned(), 0);
        let value = Half::new("29\u{a0}%".to_owned(), label.width);
        assert_eq!((label.width, value.start, value.text_start), (47, 47, 53));
        let badge = Badge { width: label.width + value.width, label, value, color: "#1f6d3a" };
        let svg = badge.render().unwrap_or_default();
        assert!(svg.starts_with("<svg ") && svg.contains("width=\"87\""), "{svg}");
        assert!(!svg.contains("a & b"), "{svg}");
    }
}
