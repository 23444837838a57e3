//! Page of an error.

use askama::Template;
use passerelle_model::language::Language;

use crate::address::Query;
use crate::error::{FormerMeasure, PageError};
use crate::frame::{Frame, Link};
use crate::site::Site;
use crate::words::Words;

/// Page of an error, with links that lead on.
#[derive(Template)]
#[template(path = "error.html")]
pub(crate) struct ErrorPage {
    frame: Frame,
    pub(crate) title: &'static str,
    text: String,
    links: Vec<Link>,
}

impl ErrorPage {
    /// Creates the page of an error.
    pub(crate) fn new(
        site: &Site,
        words: &'static Words,
        chosen: Option<Language>,
        error: &PageError,
    ) -> Self {
        let (title, text) = match error {
            PageError::NoPlan => (words.not_found, words.plan_not_found.to_owned()),
            PageError::PlanRenamed(_) => (words.not_found, words.plan_renamed.to_owned()),
            PageError::NoMeasure { former, .. } => (words.not_found, measure_text(words, former.as_ref())),
            PageError::InvalidDate => (words.invalid_request, words.invalid_date.to_owned()),
            PageError::BeforeFirstRevision => (words.not_found, words.before_first.to_owned()),
            PageError::Pruned(oldest) => {
                (words.not_found, Words::fill(words.pruned, &[&words.date_text(*oldest)]))
            }
            PageError::NoCategory => (words.not_found, words.category_not_found.to_owned()),
            PageError::NoDocument => (words.not_found, words.no_document.to_owned()),
            PageError::DeskOff => (words.not_found, words.desk_off.to_owned()),
            PageError::WrongAdminToken => (words.invalid_request, words.wrong_admin_token.to_owned()),
            PageError::NotHeld(_) => (words.invalid_request, words.not_held.to_owned()),
            PageError::ForeignOrigin => (words.invalid_request, words.foreign_origin.to_owned()),
            PageError::InvalidUpload => (words.invalid_request, words.invalid_upload.to_owned()),
            PageError::UploadTooLarge => (words.invalid_request, words.upload_too_large.to_owned()),
            PageError::RateLimited(_) | PageError::Busy => (words.too_many, words.too_many_text.to_owned()),
            PageError::Storage(_) | PageError::Search(_) | PageError::Template(_) | PageError::Stopped => {
                (words.unavailable, words.unavailable_text.to_owned())
            }
        };
        let start = |lang| Query::default().with_language(lang).at("/");
        let mut links = vec![Link::new(words.to_start, start(chosen))];
        match error {
            PageError::NoMeasure { plan_url, former } => {
                links.insert(0, Link::new(words.to_plan, plan_url.as_str()));
                if let Some(FormerMeasure::Renumbered(link)) = former {
                    links.insert(0, link.clone());
                }
            }
            PageError::PlanRenamed(link) | PageError::NotHeld(link) => links.insert(0, link.clone()),
            _ => {}
        }
        let mut frame = Frame::new(site, words, chosen, start);
        frame.title = format!("{title} – passerelle");
        frame.description.clone_from(&text);
        frame.revision = site.storage().cached_latest().revision().number.get();
        Self { frame, title, text, links }
    }
}

/// Returns what became of the measure that had the number of the address.
fn measure_text(words: &Words, former: Option<&FormerMeasure>) -> String {
    match former {
        None => words.measure_not_found.to_owned(),
        Some(FormerMeasure::Renumbered(_)) => words.measure_moved.to_owned(),
        Some(FormerMeasure::Removed(title)) => Words::fill(words.measure_removed, &[title]),
    }
}
