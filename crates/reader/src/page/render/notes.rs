//! Renders what belongs to the whole page: the list of notes; and frames and videos.

use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::page::{Block, BlockKind, Link};
use passerelle_model::placeholder::Placeholder;
use passerelle_model::position::Position;

use super::{Renderer, container_block};
use crate::markdown;
use crate::page::body_node::Shortcode;
use crate::page::definitions::PreparedRun;
use crate::page::embed_arguments::EmbedArguments;
use crate::page::link::default_label;

impl Renderer<'_> {
    /// Numbers the notes of a run and reports the references to notes that do not exist.
    pub(super) fn prepare_run(&mut self, text: &str, line: u32) -> PreparedRun {
        let prepared = self.definitions.prepare(text);
        for (offset, name) in &prepared.missing {
            let position = self.origin.unwrap_or(Position::line(line + offset));
            let kind = DiagnosticKind::MissingNote { name: name.clone() };
            self.findings.push(Finding::at(position, kind));
        }
        prepared
    }

    /// Renders the list of notes as the last block. `None` if the page has no notes.
    pub(super) fn notes_block(&mut self) -> Option<Block> {
        let (notes, links) = self.definitions.list();
        if notes.is_empty() {
            return None;
        }
        let options = self.parser.context.render_options();
        let lang = self.parser.context.lang;
        let rendered = markdown::notes::render(&notes, &links, options, lang, &mut self.anchors);
        let line = Position::line(1);
        for image in rendered.images {
            self.record_image(&image.value, line, false);
        }
        for link in rendered.links {
            self.record_link(link.value, line);
        }
        let id = self.unique_id("notes", "");
        Some(Block { own: rendered.content, ..container_block(id, BlockKind::RichText, Vec::new()) })
    }

    /// Renders a frame or video: a paragraph with a link to it.
    pub(super) fn embed_block(&mut self, shortcode: &Shortcode) -> Option<Block> {
        let Some(embed) = EmbedArguments::read(&shortcode.args, self.parser.context) else {
            let position = self.origin.unwrap_or(shortcode.position);
            self.findings.push(Finding::at(position, DiagnosticKind::LinkWithoutTarget));
            return None;
        };
        let kind = BlockKind::Embed {
            provider: embed.provider.clone(),
            destination: embed.destination.clone(),
            title: embed.title.clone(),
        };
        let id = self.unique_id("embed", embed.title.as_deref().unwrap_or_default());
        let (label, opening) = embed.into_link();
        let shown = label.unwrap_or_else(|| default_label(&opening.destination));
        let link = Link {
            kind: opening.kind,
            destination: Some(opening.destination.clone()),
            label: shown.replace('\\', ""),
            new_window: false,
            is_broken_anchor: false,
        };
        let text =
            format!("{}{shown}{}", Placeholder::LinkStart(opening).encode(), Placeholder::LinkEnd.encode());
        let options = self.parser.context.render_options();
        let own = markdown::render(&text, options, &mut self.anchors).content;
        self.record_link(link, shortcode.position);
        Some(Block { own, ..container_block(id, kind, Vec::new()) })
    }
}
