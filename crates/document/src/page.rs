//! A page: front matter, and a body of blocks.
//!
//! The body is CommonMark with what a site builder adds. It is read in four steps: [`token`] finds the shortcodes
//! with their places, [`arguments`] reads what they are given, [`tree`] pairs them and finds the boxes, [`block`]
//! renders what comes out. Nothing of that syntax reaches the HTML or the text.

mod arguments;
mod block;
mod boxes;
mod fence;
mod inline;
mod navigation;
mod outline;
mod reader;
mod token;
mod tree;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::key::Slug;
use crate::language::Language;
use crate::rich_text::RichText;
use crate::timestamp::Timestamp;
pub use navigation::{NavigationCandidate, NavigationEntry, NavigationNode, navigation};
pub use outline::Heading;
pub(crate) use reader::read;

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
    /// Its place in the navigation, if it has one.
    pub navigation: Option<NavigationEntry>,
    /// Every field of the front matter, known or not, each scalar as written.
    pub front_matter: Map<String, Value>,
}

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Block {
    /// Its name within the page, the same for as long as the blocks of its kind before it stay.
    pub id: String,
    /// What it is.
    pub kind: BlockKind,
    /// All of it, its children included.
    pub content: RichText,
    /// The blocks inside it.
    pub children: Vec<Block>,
}

/// What a block is, with what only such a block has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BlockKind {
    /// Running text.
    RichText,
    /// The boxed part.
    Callout {
        /// The word between the underscores.
        label: String,
    },
    /// An image on its own.
    Image(Image),
    /// A section of the layout.
    Section {
        /// The shortcode's name: `section`, `sectionGrid`.
        name: String,
        /// What it was given.
        args: Map<String, Value>,
    },
    /// Any other shortcode.
    Shortcode {
        /// The shortcode's name.
        name: String,
        /// What it was given; arguments without a name under `"0"`, `"1"` and so on.
        args: Map<String, Value>,
        /// What the editor wrote.
        raw: String,
    },
}

/// An image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// The source as written.
    pub src: String,
    /// The text for those who do not see it.
    pub alt: Option<String>,
    /// The width that it is to be shown at, in CSS pixels.
    pub width: Option<u32>,
    /// The height that it is to be shown at, in CSS pixels.
    pub height: Option<u32>,
}
