//! Support services, parsed from the pages that describe them.

use serde::{Deserialize, Serialize};

use crate::key::Slug;
use crate::language::Language;
use crate::page::Image;
use crate::rich_text::RichText;

/// A support service of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportService {
    /// Slug of the page.
    pub slug: Slug,
    /// Language of the page.
    pub lang: Language,
    /// Name without the acronym, for example `Service support formation`.
    pub name: String,
    /// Acronym, for example `SSM`. `None` if the page has none.
    pub acronym: Option<String>,
    /// Organisation that was designated, for example `Repères`. `None` if the page does not name it.
    pub organisation: Option<String>,
    /// Domain of the designation. `None` if the page does not name it.
    pub domain: Option<String>,
    /// Authority that made the designation, for example `COCOF`. `None` if the page does not name it.
    pub authority: Option<String>,
    /// Decree of the designation, as written. `None` if the page does not name it.
    pub legal_basis: Option<String>,
    /// Region of the service. `None` if the page does not name it.
    pub region: Option<String>,
    /// Year of the designation, for example 2018. `None` if the page does not name it.
    pub designated_year: Option<i32>,
    /// Year of the latest renewal, for example 2023. `None` if the page does not name it.
    pub renewed_year: Option<i32>,
    /// Text between the heading and the box.
    pub summary: RichText,
    /// Content of the box that defines this kind of support service, without its heading. `None` if the
    /// page has no box.
    pub definition: Option<RichText>,
    /// Missions in the order of the page.
    pub missions: Vec<Mission>,
    /// Logo. `None` if the page has none.
    pub logo: Option<Image>,
}

/// A mission of a support service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mission {
    /// Number of the mission, from 1.
    pub position: u32,
    /// Title of the mission.
    pub title: String,
    /// Description of the mission.
    pub description: RichText,
}
