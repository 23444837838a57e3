//! Replaces images and links by placeholders, because their output depends on other files.

use std::borrow::Cow;

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeValue};
use passerelle_model::asset::resolve_image_path;
use passerelle_model::diagnostic::DiagnosticKind;
use passerelle_model::page::{Destination, Image};
use passerelle_model::placeholder::{LinkStart, Placeholder, strip_placeholders};

use super::address::{AddressBase, resolve};
use super::html_tag::HtmlTag;
use super::replace_with_children::replace_with_children;
use super::url::safe_url;
use super::{WithLine, plain_text};
use crate::source::saturating_u32;

/// Images and warnings of a rendered text, in document order.
#[derive(Debug, Default)]
pub(super) struct FoundFiles {
    pub(super) images: Vec<WithLine<Image>>,
    pub(super) warnings: Vec<WithLine<DiagnosticKind>>,
}

impl FoundFiles {
    pub(super) fn append(&mut self, other: &mut Self) {
        self.images.append(&mut other.images);
        self.warnings.append(&mut other.warnings);
    }

    /// Warns about the address of an HTML link or image that is empty or not allowed. `<a name="x">` has no
    /// address, and needs none.
    pub(super) fn warn_of_address(&mut self, tag: &HtmlTag, line: u32) {
        let (attribute, empty) = if tag.name == "img" {
            ("src", DiagnosticKind::ImageWithoutSource)
        } else {
            ("href", DiagnosticKind::LinkWithoutTarget)
        };
        if let Some(address) = tag.attribute(attribute) {
            self.warnings.push(WithLine { value: address_problem(address, empty), line });
        }
    }
}

/// Returns the problem of an address that [`safe_url`] refuses.
fn address_problem(address: &str, empty: DiagnosticKind) -> DiagnosticKind {
    let address = strip_placeholders(address.trim());
    if address.is_empty() { empty } else { DiagnosticKind::AddressNotAllowed { address } }
}

/// Encodes the spaces in the addresses of links and images. Replaces those whose address is empty or not
/// allowed by their text, and warns about them.
pub(super) fn check_addresses(nodes: &[Node<'_>], found: &mut FoundFiles) {
    for node in nodes {
        let mut data = node.data_mut();
        let line = saturating_u32(data.sourcepos.start.line);
        let (address, empty) = match &mut data.value {
            NodeValue::Link(anchor) => (&mut anchor.url, DiagnosticKind::LinkWithoutTarget),
            NodeValue::Image(image) => (&mut image.url, DiagnosticKind::ImageWithoutSource),
            _ => continue,
        };
        if let Some(url) = safe_url(address) {
            if let Cow::Owned(encoded) = url {
                *address = encoded;
            }
            continue;
        }
        found.warnings.push(WithLine { value: address_problem(address, empty), line });
        drop(data);
        replace_with_children(node);
    }
}

/// Replaces images and links by placeholders. Adds the images, and the warnings about addresses, to `found`.
pub(super) fn insert_placeholders<'a>(
    arena: &'a Arena<'a>,
    nodes: &[Node<'a>],
    base: AddressBase<'_>,
    found: &mut FoundFiles,
) {
    let placeholder_node = |placeholder: &Placeholder, like: Node<'a>| {
        let node = arena.alloc(AstNode::from(NodeValue::Text(placeholder.encode().into())));
        node.data_mut().sourcepos = like.data().sourcepos;
        node
    };
    for node in nodes {
        if node.parent().is_none() {
            continue;
        }
        let line = saturating_u32(node.data().sourcepos.start.line);
        let mut title = None;
        let value = match &node.data().value {
            // A placeholder has no title, so the address of another site with a title stays a link.
            NodeValue::Link(anchor) if !anchor.title.is_empty() && is_other_site(&anchor.url, base) => None,
            NodeValue::Link(anchor) => Some((false, strip_placeholders(&anchor.url))),
            NodeValue::Image(image) => {
                title = Some(strip_placeholders(&image.title)).filter(|title| !title.is_empty());
                Some((true, strip_placeholders(&image.url)))
            }
            _ => None,
        };
        match value {
            Some((true, src)) => {
                let alt = strip_placeholders(&plain_text::node_text(node));
                let alt = (!alt.is_empty()).then_some(alt);
                let file = resolve_image_path(&src, base.folder);
                let image = Image { file, src, alt, title, ..Image::default() };
                node.insert_before(placeholder_node(&Placeholder::Image(Box::new(image.clone())), node));
                node.detach();
                found.images.push(WithLine { value: image, line });
            }
            Some((false, url)) => {
                let Some(resolved) = resolve(&url, base) else { continue };
                let (kind, destination) = (resolved.kind, resolved.destination);
                // The autolink extension writes the scheme of `www.example.org` itself.
                found.warnings.extend(resolved.warning.map(|value| WithLine { value, line }));
                let opening = LinkStart { kind, destination, new_window: false };
                node.insert_before(placeholder_node(&Placeholder::LinkStart(opening), node));
                node.insert_after(placeholder_node(&Placeholder::LinkEnd, node));
                replace_with_children(node);
            }
            None => {}
        }
    }
}

fn is_other_site(url: &str, base: AddressBase<'_>) -> bool {
    resolve(url, base).is_some_and(|resolved| resolved.destination == Destination::Url(url.to_owned()))
}
