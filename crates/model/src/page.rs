//! Pages: front matter fields and body blocks.

mod block;
mod collection;
mod front_matter;
mod heading;
mod image;
mod link;
mod navigation;
mod term;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::key::{Slug, TranslationKey};
use crate::language::Language;
use crate::rich_text::RichText;
use crate::timestamp::Timestamp;
pub use block::{Block, BlockKind};
pub use collection::{Collection, CollectionOrder};
pub use front_matter::typed_fields;
pub use heading::{Anchor, Heading, HeadingRef};
pub use image::Image;
pub use link::{Destination, Link, LinkKind, LinkName, PageTarget};
pub use navigation::{NavigationCandidate, NavigationEntry, NavigationNode, build_navigation};
pub use term::Term;

/// A parsed page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Page {
    /// URL name of the page.
    pub slug: Slug,
    /// Language of the content.
    pub lang: Language,
    /// Text of the first heading. If there is none, the name of the page.
    pub title: String,
    /// Short name from the front matter. `None` if it has none.
    pub name: Option<String>,
    /// Key that the page shares with its translations. `None` if it has no translations.
    pub translation_key: Option<TranslationKey>,
    /// Identifier from the front matter, written by the site builder. `None` if it has none.
    pub uuid: Option<String>,
    /// Rank among its siblings from the front matter, lowest first. `None` if it has none.
    pub order: Option<i32>,
    /// Creation date from the front matter. `None` if it has none.
    pub created_at: Option<Timestamp>,
    /// Tags from the front matter.
    pub tags: Vec<String>,
    /// The whole body.
    pub content: RichText,
    /// Blocks of the body, in document order.
    pub blocks: Vec<Block>,
    /// Headings as a tree.
    pub table_of_contents: Vec<Heading>,
    /// Images, in document order.
    pub images: Vec<Image>,
    /// Links, in document order.
    pub links: Vec<Link>,
    /// Numbers of the measures that the page mentions.
    pub measures: Vec<u32>,
    /// Keywords with weights, for the list of related pages.
    pub terms: Vec<Term>,
    /// Number of words in the text.
    pub word_count: u32,
    /// Navigation entry. `None` if the page is not in the navigation.
    pub navigation: Option<NavigationEntry>,
    /// Every field of the front matter, including unknown fields. Scalars are stored as written.
    pub front_matter: Map<String, Value>,
    /// Texts of the front matter that contain Markdown, by the path of their keys, for example
    /// `metadata.lead`. Plain texts are left out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub front_matter_texts: BTreeMap<String, RichText>,
}

impl Page {
    /// Returns the time of the last update as the front matter field `updatedAt` gives it. `None` if it is
    /// missing or not a valid date.
    pub fn stated_update(&self) -> Option<Timestamp> {
        self.front_matter_date("updatedAt")
    }

    /// Returns the date in the front matter field `date`. `None` if it is missing or not a
    /// valid date.
    pub fn stated_date(&self) -> Option<Timestamp> {
        self.front_matter_date("date")
    }

    fn front_matter_date(&self, field: &str) -> Option<Timestamp> {
        Timestamp::parse(self.front_matter.get(field)?.as_str()?)
    }
}
