//! A support service, as the page that describes it says.

use serde::{Deserialize, Serialize};

use crate::key::Slug;
use crate::language::Language;
use crate::page::Image;
use crate::rich_text::RichText;

/// A support service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportService {
    /// The slug of its page.
    pub slug: Slug,
    /// The language of its page.
    pub lang: Language,
    /// Name without the acronym, for example `Service support formation`.
    pub name: String,
    /// Its acronym.
    pub acronym: Option<String>,
    /// Organisation that was designated, for example `Repères`. `None` if the page does not name it.
    pub organisation: Option<String>,
    /// Domain of the designation. `None` if the page does not name it.
    pub domain: Option<String>,
    /// Authority that made the designation, for example `COCOF`. `None` if the page does not name it.
    pub authority: Option<String>,
    /// By which decree.
    pub legal_basis: Option<String>,
    /// Region of the service. `None` if the page does not name it.
    pub region: Option<String>,
    /// Year of the designation, for example 2018. `None` if the page does not name it.
    pub designated_year: Option<i32>,
    /// Year of the latest renewal, for example 2023. `None` if the page does not name it.
    pub renewed_year: Option<i32>,
    /// The opening of the page: what stands between its heading and the box.
    pub summary: RichText,
    /// The boxed answer to what such a service is, without its heading.
    pub definition: Option<RichText>,
    /// Missions in the order of the page.
    pub missions: Vec<Mission>,
    /// Its logo.
    pub logo: Option<Image>,
}

/// One of the things that a support service is there for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mission {
    /// Its place, from 1.
    pub position: u32,
    /// Its title.
    pub title: String,
    /// Description of the mission.
    pub description: RichText,
}
