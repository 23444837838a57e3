//! Parses a page: front matter and a Markdown body with the shortcodes of the site builder.
//!
//! The body is parsed in five steps, one module each:
//!
//! 1. `token` finds the tags of shortcodes and containers.
//! 2. `tag_pairing` finds the end tag of each start tag.
//! 3. `tree` splits the body into a tree of shortcodes and Markdown runs.
//! 4. `callouts` groups the content between callout markers.
//! 5. `render` renders the tree to blocks.
//!
//! `arguments` parses the arguments of a shortcode. `shortcodes` lists the known names. The HTML and the
//! text contain no shortcode syntax.

mod arguments;
mod body_node;
mod callouts;
mod code_fence;
mod collection;
mod footnotes;
mod headings;
mod link;
mod navigation;
mod parser;
mod render;
mod shortcodes;
mod tag_pairing;
mod token;
mod tree;
mod words;

pub(crate) use link::PageContext;
pub(crate) use parser::read;
