//! Parses a page: front matter and a Markdown body with the shortcodes of the site builder.
//!
//! The body is parsed in seven steps, one module each:
//!
//! 1. `token` finds comments, code and literal text, and the tags of shortcodes and containers outside them.
//! 2. `expression` evaluates template expressions and chooses the branches of conditions.
//! 3. `tag_pairing` finds the end tag of each start tag.
//! 4. `tree` splits the body into a tree of shortcodes and Markdown runs.
//! 5. `callouts` groups the content between callout markers.
//! 6. `definitions` collects the footnotes and link definitions of the page.
//! 7. `render` renders the tree to blocks.
//!
//! `arguments` parses the arguments of a shortcode. `shortcodes` lists the known names. The HTML and the
//! text contain no shortcode syntax.

mod arguments;
mod body_node;
mod callouts;
mod code_fence;
mod code_lines;
mod code_spans;
mod collection;
mod definition_line;
mod definitions;
mod embed;
mod embed_arguments;
mod expression;
mod front_matter_texts;
mod headings;
mod hidden;
mod indented_code;
mod layout_images;
mod link;
mod navigation;
mod parser;
mod published_text;
mod reference;
mod render;
mod shortcodes;
mod spaced_paths;
mod tag;
mod tag_pairing;
mod token;
mod tokenizer;
mod tree;
mod words;

pub(crate) use link::PageContext;
pub(crate) use parser::read;
pub(crate) use published_text::published_text;
