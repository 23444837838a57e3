//! The result of rendering, and the settings for it.

use passerelle_model::page::{Image, Link};
use passerelle_model::rich_text::RichText;

use super::raw_html::RawHtml;

/// A heading as it was rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedHeading {
    /// 1 to 6.
    pub level: u8,
    /// Its plain text.
    pub text: String,
    /// Its `id` in the HTML, unique in the page.
    pub anchor: String,
    /// The line of the Markdown that it stands on, from 1.
    pub line: u32,
}

/// Something in a text, and the line of the Markdown that it stands on, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnLine<T> {
    /// What.
    pub what: T,
    /// Where.
    pub line: u32,
}

/// Markdown, rendered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Safe HTML, plain text and Markdown, with slots for what other files know.
    pub content: RichText,
    /// Its headings, in document order.
    pub headings: Vec<RenderedHeading>,
    /// Its images, in document order.
    pub images: Vec<OnLine<Image>>,
    /// Its links, in document order.
    pub links: Vec<OnLine<Link>>,
    /// Whether its markup was left as it is written: there was more of it, or it was deeper, than anybody writes.
    pub is_plain: bool,
}

/// What a text is rendered with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Setting<'a> {
    /// Where files are looked for whose addresses are relative.
    pub folder: &'a str,
    /// What becomes of raw HTML.
    pub raw_html: RawHtml,
}
