//! A page: its front matter as fields, and its body as blocks.

mod block;
mod collection;
mod heading;
mod image;
mod link;
mod navigation;
mod term;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::key::Slug;
use crate::language::Language;
use crate::rich_text::RichText;
use crate::timestamp::Timestamp;
pub use block::{Block, BlockKind};
pub use collection::{Collection, CollectionOrder};
pub use heading::Heading;
pub use image::Image;
pub use link::{Destination, Link, LinkKind, PageTarget};
pub use navigation::{NavigationCandidate, NavigationEntry, NavigationNode, build_navigation};
pub use term::Term;

/// A page as its document says it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Page {
    /// Its name in a URL.
    pub slug: Slug,
    /// Its language.
    pub lang: Language,
    /// Its first heading, else its name.
    pub title: String,
    /// The short name of the front matter.
    pub name: Option<String>,
    /// Key that the page shares with its translations. `None` if it has no translations.
    pub translation_key: Option<String>,
    /// The identifier that the site builder gave it.
    pub uuid: Option<String>,
    /// Its place among its siblings.
    pub order: Option<i32>,
    /// Creation date from the front matter. `None` if it has none.
    pub created_at: Option<Timestamp>,
    /// Its tags.
    pub tags: Vec<String>,
    /// All of it.
    pub content: RichText,
    /// Its parts, in document order.
    pub blocks: Vec<Block>,
    /// Its headings, each with those below it.
    pub table_of_contents: Vec<Heading>,
    /// Its images, in document order.
    pub images: Vec<Image>,
    /// Its links, in document order.
    pub links: Vec<Link>,
    /// The numbers of the measures that it names itself.
    pub measures: Vec<u32>,
    /// The words that it is known by.
    pub terms: Vec<Term>,
    /// Number of words in the text.
    pub word_count: u32,
    /// Its place in the navigation, if it has one.
    pub navigation: Option<NavigationEntry>,
    /// Every field of the front matter, known or not, each scalar as written.
    pub front_matter: Map<String, Value>,
}
