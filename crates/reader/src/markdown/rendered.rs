//! Result and options of rendering.

use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::page::{Anchor, Image, Link};
use passerelle_model::rich_text::RichText;

use super::address::AddressBase;
use super::raw_html::RawHtmlPolicy;

/// A rendered heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenderedHeading {
    /// Level from 1 to 6.
    pub level: u8,
    /// Plain text, for example `Horaires`.
    pub text: String,
    /// Anchor, unique on the page, for example `horaires`.
    pub anchor: Anchor,
    /// Line of the rendered Markdown, from 1.
    pub line: u32,
    /// True for a heading in raw HTML, for example `<h2>`.
    pub is_raw: bool,
}

/// A value with its line in the rendered Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithLine<T> {
    /// The image or link.
    pub value: T,
    /// Line of the rendered Markdown, from 1.
    pub line: u32,
}

/// Rendered Markdown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Safe HTML, plain text and Markdown. Placeholders mark output that depends on other files.
    pub content: RichText,
    /// Headings in document order.
    pub headings: Vec<RenderedHeading>,
    /// Images in document order.
    pub images: Vec<WithLine<Image>>,
    /// Links in document order.
    pub links: Vec<WithLine<Link>>,
    /// Addresses that lack their scheme, with a warning.
    pub warnings: Vec<WithLine<DiagnosticKind>>,
    /// True if the Markdown exceeded a limit on markup or depth and was rendered as escaped text.
    pub exceeds_limits: bool,
}

/// Options of [`render`](super::render).
#[derive(Clone, Copy, Debug, Default)]
pub struct RenderOptions<'a> {
    /// Folder and language of the document. Addresses are resolved against them.
    pub base: AddressBase<'a>,
    /// Policy for raw HTML.
    pub raw_html: RawHtmlPolicy,
    /// Definitions of footnotes and links of other parts of the page. They are parsed after the text and
    /// leave no output.
    pub definitions: &'a str,
}
