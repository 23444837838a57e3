//! The parts of a workbook, unpacked within limits of bytes.
//!
//! A workbook is a ZIP archive of XML parts. The parser of workbooks trusts the sizes that the parts
//! state, so it gets a copy of the archive: only the parts that it needs, unpacked, each within its
//! limit. Nothing else is unpacked: pictures, and macros, which are never executed.

use std::io::{Cursor, Read, Write};

use memchr::memmem;
use passerelle_model::diagnostic::DiagnosticKind;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// Maximum size of all sheets together, in bytes. A workbook of the maximum size of a document (5 MiB)
/// unpacks to about ten times its size.
pub(super) const MAX_SHEET_BYTES: u64 = 48 * 1024 * 1024;
/// Maximum size of the table of texts, in bytes. The shortest entry has 5 bytes and takes 24 in memory.
const MAX_STRING_BYTES: u64 = 8 * 1024 * 1024;
/// Maximum size of any other part, in bytes.
const MAX_PART_BYTES: u64 = 8 * 1024 * 1024;
/// Maximum size of the number formats and cell formats, in bytes. At most 50,000 cell formats fit.
const MAX_FORMAT_BYTES: usize = 1024 * 1024;
/// Longest tag of a number format, in bytes. Each cell format gets a copy of its text. Excel allows 255
/// characters.
const MAX_FORMAT_TAG_BYTES: usize = 2_048;
/// Maximum number of parts. Each takes some hundred bytes in the directory.
const MAX_PARTS: usize = 2_000;
/// Maximum number of texts that the table of texts may announce. The parser reserves memory for that number.
const MAX_STRINGS: u64 = 2_000_000;

/// A workbook that is safe to parse.
#[derive(Debug)]
pub(super) struct Package {
    /// The archive, not compressed.
    pub(super) bytes: Vec<u8>,
    /// True if a sheet has formulas.
    pub(super) has_formulas: bool,
    /// True if the workbook has macros.
    pub(super) has_macros: bool,
}

/// Reason why a workbook is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PackageError {
    /// The archive is incomplete or damaged.
    Damaged,
    /// A limit is exceeded, or a part is encrypted.
    Rejected(DiagnosticKind),
}

/// Kind of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Sheet,
    Strings,
    Styles,
    /// Relations and the list of sheets.
    Structure,
    Macros,
    /// Anything that is not read.
    Other,
}

impl Part {
    fn of(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", &name));
        match file {
            "vbaproject.bin" => Self::Macros,
            "sharedstrings.xml" => Self::Strings,
            "styles.xml" => Self::Styles,
            "workbook.xml" | "workbook.xml.rels" | ".rels" => Self::Structure,
            _ if folder.ends_with("worksheets") => Self::Sheet,
            _ => Self::Other,
        }
    }

    fn limit(self) -> u64 {
        match self {
            Self::Sheet => MAX_SHEET_BYTES,
            Self::Strings => MAX_STRING_BYTES,
            Self::Styles | Self::Structure | Self::Macros | Self::Other => MAX_PART_BYTES,
        }
    }
}

/// Copies the parts that are read to a new archive.
pub(super) fn unpack(bytes: &[u8]) -> Result<Package, PackageError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| PackageError::Damaged)?;
    if archive.len() > MAX_PARTS {
        return Err(too_large());
    }
    let mut copy = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut package = Package { bytes: Vec::new(), has_formulas: false, has_macros: false };
    let mut sheet_bytes = 0;
    for index in 0..archive.len() {
        let name = name_of(&mut archive, index).ok_or(PackageError::Damaged)?;
        let part = Part::of(&name);
        if matches!(part, Part::Macros | Part::Other) {
            package.has_macros |= part == Part::Macros;
            continue;
        }
        let mut file = archive.by_index(index).map_err(|_| PackageError::Damaged)?;
        if file.encrypted() {
            return Err(PackageError::Rejected(DiagnosticKind::SpreadsheetProtected));
        }
        let limit = part.limit() - if part == Part::Sheet { sheet_bytes } else { 0 };
        let content = read_within(&mut file, limit)?;
        sheet_bytes += if part == Part::Sheet { content.len() as u64 } else { 0 };
        let content = check(part, content)?;
        package.has_formulas |= part == Part::Sheet && has_formulas(&content);
        copy.start_file(name, stored).map_err(|_| PackageError::Damaged)?;
        copy.write_all(&content).map_err(|_| PackageError::Damaged)?;
    }
    package.bytes = copy.finish().map_err(|_| PackageError::Damaged)?.into_inner();
    Ok(package)
}

fn name_of(archive: &mut ZipArchive<Cursor<&[u8]>>, index: usize) -> Option<String> {
    Some(archive.by_index_raw(index).ok()?.name().ok()?.into_owned())
}

fn too_large() -> PackageError {
    PackageError::Rejected(DiagnosticKind::SpreadsheetTooLarge { limit: MAX_SHEET_BYTES })
}

/// Unpacks a part. The stated size is not trusted: unpacking stops at the limit.
fn read_within(part: &mut impl Read, limit: u64) -> Result<Vec<u8>, PackageError> {
    let mut content = Vec::new();
    part.take(limit + 1).read_to_end(&mut content).map_err(|_| PackageError::Damaged)?;
    if content.len() as u64 > limit { Err(too_large()) } else { Ok(content) }
}

/// Checks a part for what would make the parser take much memory, and returns the content to parse.
fn check(part: Part, content: Vec<u8>) -> Result<Vec<u8>, PackageError> {
    // The searches below need one byte per ASCII character. Spreadsheet programs write UTF-8.
    if memchr::memchr(0, &content).is_some() {
        return Err(PackageError::Damaged);
    }
    match part {
        Part::Strings if announced_strings(&content) > MAX_STRINGS => Err(too_large()),
        Part::Styles => number_formats(&content).ok_or_else(too_large),
        _ => Ok(content),
    }
}

/// The largest number after `uniqueCount`.
fn announced_strings(content: &[u8]) -> u64 {
    let counts = memmem::find_iter(content, b"uniqueCount").map(|at| {
        let digits = content[at..].iter().skip_while(|byte| !byte.is_ascii_digit());
        let digits = digits.take_while(|byte| byte.is_ascii_digit());
        digits.fold(0_u64, |count, digit| count.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    });
    counts.max().unwrap_or(0)
}

/// The styles without fonts, fills and borders, which the parser would copy for each cell format. `None` if
/// the rest is too large.
fn number_formats(content: &[u8]) -> Option<Vec<u8>> {
    let mut styles = b"<styleSheet>".to_vec();
    for (open, close) in [("<numFmts", "</numFmts>"), ("<cellXfs", "</cellXfs>")] {
        let Some(start) = memmem::find(content, open.as_bytes()) else { continue };
        let Some(length) = memmem::find(&content[start..], close.as_bytes()) else { continue };
        styles.extend_from_slice(&content[start..start + length + close.len()]);
    }
    styles.extend_from_slice(b"</styleSheet>");
    let longest = styles.split(|byte| *byte == b'<').map(<[u8]>::len).max().unwrap_or(0);
    (styles.len() <= MAX_FORMAT_BYTES && longest <= MAX_FORMAT_TAG_BYTES).then_some(styles)
}

fn has_formulas(content: &[u8]) -> bool {
    memmem::find(content, b"<f>").is_some() || memmem::find(content, b"<f ").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
            writer.start_file(*name, options).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn only_parts_that_are_read_are_unpacked() {
        let bytes = archive(&[
            ("xl/worksheets/sheet1.xml", b"<c><f>1+1</f><v>2</v></c>"),
            ("xl/vbaProject.bin", &[0; 16]),
            ("xl/media/image1.png", &vec![0; 1024 * 1024]),
        ]);
        let package = unpack(&bytes).unwrap();
        assert!(package.has_formulas && package.has_macros);
        let copy = ZipArchive::new(Cursor::new(package.bytes)).unwrap();
        assert_eq!(copy.file_names().map(Result::unwrap).collect::<Vec<_>>(), ["xl/worksheets/sheet1.xml"]);
    }

    #[test]
    fn a_sheet_that_unpacks_to_more_than_its_limit_is_rejected() {
        let half = vec![b' '; usize::try_from(MAX_SHEET_BYTES / 2 + 1).unwrap()];
        let one = archive(&[("xl/worksheets/a.xml", &half)]);
        assert!(one.len() < 1024 * 1024 && unpack(&one).is_ok());
        let two = archive(&[("xl/worksheets/a.xml", &half), ("xl/worksheets/b.xml", &half)]);
        assert_eq!(unpack(&two).err(), Some(too_large()));
    }

    #[test]
    fn announced_sizes_are_bounded() {
        let strings = |count: &str| {
            archive(&[("xl/sharedStrings.xml", format!("<sst uniqueCount='{count}'>").as_bytes())])
        };
        assert!(unpack(&strings("12")).is_ok());
        assert_eq!(unpack(&strings("99999999999")).err(), Some(too_large()));
        let font = "A".repeat(10_000);
        let styles = format!(
            "<styleSheet><fonts><font><name val='{font}'/></font></fonts><cellXfs><xf numFmtId='14'/></cellXfs></styleSheet>"
        );
        assert_eq!(
            number_formats(styles.as_bytes()).unwrap(),
            b"<styleSheet><cellXfs><xf numFmtId='14'/></cellXfs></styleSheet>"
        );
        let format = format!("<numFmts><numFmt formatCode='{font}'/></numFmts>");
        assert_eq!(number_formats(format.as_bytes()), None);
    }

    #[test]
    fn a_part_of_a_file_is_damaged() {
        let bytes = archive(&[("xl/workbook.xml", b"<workbook/>")]);
        assert_eq!(unpack(&bytes[..bytes.len() / 2]).err(), Some(PackageError::Damaged));
        assert_eq!(unpack(b"text").err(), Some(PackageError::Damaged));
    }
}
