//! Finds the place of a link or image in its line.
//!
//! A page is rendered run by run, after shortcodes and definitions were replaced, so the renderer knows lines
//! but no columns. The address as written tells the column.

use std::collections::HashMap;

use passerelle_model::asset::resolve_image_path;
use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::page::Destination;
use passerelle_model::position::Position;
use passerelle_model::reference::{Reference, ReferenceTarget};

use crate::markdown::AddressBase;
use crate::markdown::address::resolve;
use crate::source::{Source, saturating_u32};

/// Longer lines keep the first column: nobody reads them by columns.
const MAX_LINE_BYTES: usize = 16 * 1024;
/// Maximum distance in bytes between the start of a link and its address.
const MAX_LINK_TEXT_BYTES: usize = 300;

/// Sets the columns of references and findings about links and images. `base` resolves their addresses.
pub(crate) fn set_columns(
    source: &Source<'_>,
    base: AddressBase<'_>,
    references: &mut [Reference],
    findings: &mut [Finding],
) {
    let mut lines: HashMap<u32, Addresses<'_>> = HashMap::new();
    for reference in references.iter_mut() {
        let Some(addresses) = addresses(&mut lines, source, reference.position) else { continue };
        let found = addresses.take(|address| is_target(address, &reference.target, base));
        set_column(&mut reference.position, found);
    }
    for finding in findings.iter_mut() {
        let Some(written) = written_address(&finding.kind) else { continue };
        let Some(position) = &mut finding.position else { continue };
        let Some(addresses) = addresses(&mut lines, source, *position) else { continue };
        let found = addresses.find(|address| {
            address.trim_start_matches('#').replace(' ', "%20") == written.replace(' ', "%20")
        });
        set_column(position, found);
    }
}

fn set_column(position: &mut Position, found: Option<u32>) {
    position.column = found.unwrap_or(position.column);
}

/// The addresses of the line of a position. `None` if its column is known, or its line is too long.
fn addresses<'m, 'a>(
    lines: &'m mut HashMap<u32, Addresses<'a>>,
    source: &Source<'a>,
    position: Position,
) -> Option<&'m mut Addresses<'a>> {
    let line = source.line(position.line).filter(|line| line.len() <= MAX_LINE_BYTES)?;
    (position.column == 1).then(|| lines.entry(position.line).or_insert_with(|| Addresses::of(line)))
}

/// The address that a finding names, without `#`.
fn written_address(kind: &DiagnosticKind) -> Option<&str> {
    match kind {
        DiagnosticKind::BrokenAnchor { anchor, .. } => Some(anchor),
        DiagnosticKind::AddressNotAllowed { address }
        | DiagnosticKind::AddressWithoutScheme { address, .. } => Some(address),
        DiagnosticKind::ImageWithoutAlt { src } => Some(src),
        _ => None,
    }
}

fn is_target(address: &str, target: &ReferenceTarget, base: AddressBase<'_>) -> bool {
    match target {
        ReferenceTarget::Image(file) => resolve_image_path(address, base.folder).as_ref() == Some(file),
        ReferenceTarget::Page(page) => match resolve(address, base).map(|found| found.destination) {
            // `type="internal"` names a key, not a path.
            Some(Destination::Page(found)) => {
                found.key == page.key && (page.path.is_none() || found.path == page.path)
            }
            _ => false,
        },
        ReferenceTarget::File(file) => {
            resolve(address, base).is_some_and(|found| found.destination == Destination::File(file.clone()))
        }
    }
}

/// The addresses of a line, in order.
struct Addresses<'a> {
    line: &'a str,
    /// Start and end of each address.
    found: Vec<(usize, usize)>,
    /// Index of the first address that no reference took.
    next: usize,
}

impl<'a> Addresses<'a> {
    fn of(line: &'a str) -> Self {
        let mut found = Self::words(line);
        found.extend(line.match_indices("](").filter_map(|(at, _)| Self::destination(line, at + 2)));
        found.sort_unstable();
        found.dedup();
        Self { line, found, next: 0 }
    }

    /// The address between the parentheses of a link, with the spaces and parentheses in it.
    fn destination(line: &str, start: usize) -> Option<(usize, usize)> {
        let mut depth = 1_usize;
        let length = line[start..].bytes().take(MAX_LINK_TEXT_BYTES).position(|byte| {
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            depth == 0
        })?;
        let inside = &line[start..start + length];
        let address = inside.split(" \"").next().unwrap_or_default();
        let bracket = usize::from(address.starts_with('<'));
        let end = start + address.trim_end_matches([' ', '>']).len();
        (start + bracket <= end).then_some((start + bracket, end))
    }

    /// The words of a line that can be addresses.
    fn words(line: &str) -> Vec<(usize, usize)> {
        let is_end = |character: char| character.is_whitespace() || "()<>[]\"'{}|".contains(character);
        let mut found = Vec::new();
        let mut start = 0;
        for (at, character) in line.char_indices().chain([(line.len(), ' ')]) {
            if is_end(character) {
                if at > start && !line[start..at].starts_with('=') {
                    found.push((start, at));
                }
                start = at + character.len_utf8();
            } else if character == '=' && !line[start..at].contains(['/', '?', '#']) {
                // `href=/page`: the value of an attribute without quotes.
                start = at + 1;
            }
        }
        found
    }

    /// The column of the next link with a matching address. References are in the order of the line, so an
    /// address before the last one is not compared again.
    fn take(&mut self, is_match: impl Fn(&str) -> bool) -> Option<u32> {
        let at = (self.next..self.found.len().min(self.next + MAX_COMPARED)).find(|at| {
            let (start, end) = self.found[*at];
            self.is_address(start) && is_match(&self.line[start..end])
        })?;
        self.next = at + 1;
        Some(self.column(self.found[at].0))
    }

    /// The column of the first link with a matching address.
    fn find(&self, is_match: impl Fn(&str) -> bool) -> Option<u32> {
        let found = self.found.iter().take(MAX_COMPARED);
        let matching =
            |(start, end): &&(usize, usize)| self.is_address(*start) && is_match(&self.line[*start..*end]);
        found.into_iter().find(matching).map(|(start, _)| self.column(*start))
    }

    /// Returns true if a mark of an address is before a text.
    fn is_address(&self, start: usize) -> bool {
        self.line[..start].ends_with(['(', '<', '"', '\'', '=']) || self.line[..start].ends_with("]: ")
    }

    /// The column at which the link with an address starts: its bracket or its tag, else the address.
    fn column(&self, address: usize) -> u32 {
        let mut from = address.saturating_sub(MAX_LINK_TEXT_BYTES);
        while !self.line.is_char_boundary(from) {
            from += 1;
        }
        let before = &self.line[from..address];
        let start = if before.ends_with("](") || before.ends_with("](<") {
            opening_bracket(before)
        } else {
            before.rfind('<').or_else(|| before.rfind("{%"))
        };
        let start = start.map_or(address, |start| from + start);
        saturating_u32(self.line[..start].chars().count() + 1)
    }
}

/// Maximum number of words that are compared to find one address.
const MAX_COMPARED: usize = 200;

/// The start of `[text](` or `![text](` at the end of a text.
fn opening_bracket(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, character) in text.char_indices().rev() {
        match character {
            ']' => depth += 1,
            '[' if depth == 1 => return Some(if text[..at].ends_with('!') { at - 1 } else { at }),
            '[' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::language::Language;
    use passerelle_model::path::DocumentPath;
    use passerelle_model::path::FolderPath;
    use passerelle_model::public_url::PublicUrl;

    use crate::folder_defaults::FolderDefaults;
    use crate::read::{ReadOptions, read};

    fn columns(line: &str) -> Vec<(u32, u32)> {
        let defaults = FolderDefaults::default();
        let options = ReadOptions {
            raw_html: crate::markdown::RawHtmlPolicy::Sanitized,
            ..ReadOptions::with_defaults(&defaults)
        };
        let path = DocumentPath::parse("page.md").unwrap();
        let text = format!("# Une page\n\nUn mot.\n{line}\n");
        let document = read(&path, text.as_bytes(), options).unwrap();
        let references = document.references.iter().map(|reference| reference.position);
        let findings = document.diagnostics.iter().filter_map(|diagnostic| diagnostic.position);
        references.chain(findings).map(|position| (position.line, position.column)).collect()
    }

    #[test]
    fn a_broken_link_is_marked_at_its_own_column() {
        for (line, column) in [
            ("Voir [la mare](/mare) et la suite.", 6),
            ("Été : [la *mare* [1]](mare.md#bord).", 7),
            ("Voir <a href=\"/mare\">ici</a>.", 6),
            ("Voir ![un héron](heron.png \"titre\").", 6),
            ("Voir [la mare](<la mare.md>) et la suite.", 6),
            ("Voir [la mare](la mare.md \"titre\").", 6),
            ("Voir ![un héron](héron gris.png).", 6),
            ("Voir [la mare](javascript:x(1)).", 6),
            ("- un\n", 0),
            ("Voir {% link url=\"mare\", type=\"internal\" %}ici{% endlink %}.", 6),
            ("Voir [la mare](#berge).", 6),
            ("Voir [la mare](file:///mare.pdf).", 6),
            ("Voir [la mare](www.mare.example).", 6),
            ("| [a](mare) | b |\n|--|--|", 3),
        ] {
            let expected: Vec<(u32, u32)> = if column == 0 { Vec::new() } else { vec![(4, column)] };
            assert_eq!(columns(line), expected, "{line}");
        }
    }

    #[test]
    fn links_of_one_line_have_columns_of_their_own() {
        assert_eq!(columns("[a](mare), [b](mare) et [c](pré)"), [(4, 1), (4, 12), (4, 25)]);
    }

    #[test]
    fn the_address_of_a_link_is_resolved_like_the_link() {
        let (folder, site) =
            (FolderPath::parse("fr").unwrap(), PublicUrl::parse("https://site.example").unwrap());
        let base = AddressBase { folder: &folder, lang: Language::Fr, site: Some(&site) };
        let target = |address: &str| match resolve(address, base).map(|found| found.destination) {
            Some(Destination::Page(page)) => ReferenceTarget::Page(page),
            other => unreachable!("{other:?}"),
        };
        assert!(is_target("https://site.example/fr/mare", &target("/fr/mare"), base));
        assert!(!is_target("/fr/mares", &target("/fr/mare"), base));
    }
}
