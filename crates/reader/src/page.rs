//! A page: front matter, and a body of blocks.
//!
//! The body is CommonMark with what a site builder adds. It is read in five steps: [`token`] finds the shortcodes and
//! containers with their places, [`pair`] finds where each of them ends, [`tree`] cuts the body into parts, [`boxes`]
//! finds the boxes among them, [`render`] makes blocks of what comes out. [`arguments`] reads what a shortcode is given,
//! [`vocabulary`] knows the names. Nothing of that syntax reaches the HTML or the text.

mod arguments;
mod boxes;
mod collection;
mod fence;
mod footnotes;
mod link;
mod navigation;
mod outline;
mod pair;
mod part;
mod reader;
mod render;
mod token;
mod tree;
mod vocabulary;
mod words;

pub(crate) use link::Place;
pub(crate) use reader::read;
