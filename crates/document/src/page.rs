//! A page: front matter, and a body of blocks.
//!
//! The body is CommonMark with what a site builder adds. It is read in five steps: [`token`] finds the shortcodes and
//! containers with their places, [`pair`] finds where each of them ends, [`tree`] cuts the body into parts, [`boxes`]
//! finds the boxes among them, [`render`] makes blocks of what comes out. [`arguments`] reads what a shortcode is given,
//! [`vocabulary`] knows the names. Nothing of that syntax reaches the HTML or the text.

mod arguments;
mod block;
mod boxes;
mod collection;
mod fence;
mod footnotes;
mod link;
mod navigation;
mod outline;
mod pair;
mod reader;
mod render;
mod target;
mod token;
mod tree;
mod vocabulary;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::key::Slug;
use crate::language::Language;
use crate::related::Term;
use crate::rich_text::RichText;
use crate::timestamp::Timestamp;
pub use block::{Block, BlockKind};
pub use collection::{Collection, CollectionOrder};
pub use link::{Destination, Image, Link, LinkKind, PageTarget};
pub(crate) use link::{Place, kind_of as link_kind_of};
pub use navigation::{NavigationCandidate, NavigationEntry, NavigationNode, navigation};
pub use outline::Heading;
pub(crate) use reader::read;
pub use target::LinkedPage;

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
    /// What its translations have in common.
    pub translation_key: Option<String>,
    /// The identifier that the site builder gave it.
    pub uuid: Option<String>,
    /// Its place among its siblings.
    pub order: Option<i32>,
    /// When it was written, by the front matter.
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
    /// How many words it has.
    pub word_count: u32,
    /// Its place in the navigation, if it has one.
    pub navigation: Option<NavigationEntry>,
    /// Every field of the front matter, known or not, each scalar as written.
    pub front_matter: Map<String, Value>,
}
