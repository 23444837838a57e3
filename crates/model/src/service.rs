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
    /// What it is called, without the acronym.
    pub name: String,
    /// Its acronym.
    pub acronym: Option<String>,
    /// Who was designated.
    pub organisation: Option<String>,
    /// What it was designated for.
    pub domain: Option<String>,
    /// Who designated it.
    pub authority: Option<String>,
    /// By which decree.
    pub legal_basis: Option<String>,
    /// Where.
    pub region: Option<String>,
    /// When.
    pub designated_year: Option<i32>,
    /// When that was last renewed.
    pub renewed_year: Option<i32>,
    /// The opening of the page: what stands between its heading and the box.
    pub summary: RichText,
    /// The boxed answer to what such a service is, without its heading.
    pub definition: Option<RichText>,
    /// What it is there for, in the order written.
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
    /// What it is.
    pub description: RichText,
}
