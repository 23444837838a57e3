//! What to tell the editor.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::position::Position;

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Severity {
    /// Worth knowing; nothing is lost.
    Notice,
    /// Something was not understood; the rest is served.
    Warning,
    /// The document is refused and its last good version is served.
    Error,
}

impl Severity {
    /// The name in upper case, as it is stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Notice => "NOTICE",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }

    /// The severity of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Notice, Self::Warning, Self::Error].into_iter().find(|severity| severity.name() == name)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What can be wrong with a document, with the words that a sentence about it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The file could not be read: permissions, a disk that fails.
    Unreadable {
        /// What the system said.
        reason: String,
    },
    /// More bytes than a document may have.
    TooLarge {
        /// The file's size in bytes.
        bytes: u64,
        /// The most that is read, in bytes.
        limit: u64,
    },
    /// A NUL byte: an image, a spreadsheet or an archive under a document's name.
    Binary,
    /// Neither UTF-8 nor Windows-1252.
    UnknownEncoding,
    /// Read from another encoding than UTF-8.
    Transcoded {
        /// The encoding's name by the Encoding Standard.
        encoding: &'static str,
    },
    /// UTF-8 in which a few bytes are not.
    DamagedUtf8 {
        /// How many sequences were replaced by U+FFFD.
        replaced: usize,
    },
    /// The front matter opens and never closes.
    FrontMatterUnclosed,
    /// More front matter than is read.
    FrontMatterTooLarge {
        /// Its size in bytes.
        bytes: usize,
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// The front matter is not YAML, or not a mapping.
    FrontMatterInvalid {
        /// What the YAML parser said.
        detail: String,
    },
    /// A front matter key holds something else than it should; it is ignored.
    FieldInvalid {
        /// The key.
        field: &'static str,
        /// What was written.
        written: String,
    },
    /// `kind` is none that exists; it is ignored.
    UnknownKind {
        /// What was written.
        written: String,
        /// The kind that it resembles.
        nearest: Option<&'static str>,
    },
    /// `lang` is none of the four; it is ignored.
    UnknownLanguage {
        /// What was written.
        written: String,
    },
    /// A plan without one measure.
    NoMeasure,
    /// Two measures of a plan with one number.
    DuplicateNumber {
        /// The number.
        number: u32,
        /// The line of the first of them.
        first_line: u32,
    },
    /// The document stops in the middle of a measure.
    TruncatedRow,
    /// A measure's row without a status.
    MissingStatus {
        /// The measure.
        number: u32,
    },
    /// A status that is none of the list.
    UnknownStatus {
        /// What was written.
        written: String,
        /// The status that it resembles, as an editor writes it.
        nearest: Option<&'static str>,
    },
    /// A measure that is marked as repeated, and no other measure says the same.
    RepeatAlone {
        /// The measure.
        number: u32,
        /// The measure that resembles it most.
        nearest: Option<u32>,
    },
    /// A call to a footnote that is not defined.
    MissingFootnote {
        /// The footnote's number.
        number: u32,
    },
    /// A title that the table of contents writes otherwise.
    ContentsDiffer {
        /// The title as the heading has it.
        heading: String,
        /// The title as the table of contents has it.
        entry: String,
    },
    /// A row of a plan that is neither a measure, nor a group, nor a ruling.
    UnreadRow,
    /// Two categories of a plan in one place with one label.
    DuplicateCategory {
        /// The path that both would have.
        path: String,
    },
    /// A measure before any axis.
    NoAxis,
    /// A paired shortcode, or a container, without its end.
    UnclosedShortcode {
        /// The mark that opens it: `{% grid %}`, `::: note`.
        mark: String,
        /// The mark that would end it.
        end: String,
    },
    /// The end of a shortcode or container that was not open.
    StrayEnd {
        /// The mark that ends it: `{% endgrid %}`, `:::`.
        end: String,
        /// The end of the open one that it resembles.
        nearest: Option<String>,
    },
    /// The end of a shortcode that was ended already from outside.
    CrossedShortcode {
        /// The mark that ends it: `{% endgrid %}`.
        end: String,
    },
    /// A shortcode whose name resembles a known one.
    UnknownShortcode {
        /// The name.
        name: String,
        /// The name that it resembles.
        nearest: &'static str,
    },
    /// An argument whose name resembles a known one.
    UnknownArgument {
        /// The shortcode's name.
        name: String,
        /// The argument's name.
        argument: String,
        /// The name that it resembles.
        nearest: &'static str,
    },
    /// A filter or an order of a collection that is not known.
    CollectionUnknown {
        /// What was asked for.
        what: String,
    },
    /// A link without an address that a page may hold.
    LinkWithoutTarget,
    /// An image without a source that a page may show.
    ImageWithoutSource,
    /// A link to a heading that is not there.
    BrokenAnchor {
        /// The anchor or the heading's text.
        anchor: String,
        /// The page that it should be on; none for the same page.
        page: Option<String>,
        /// The anchor that it resembles.
        nearest: Option<String>,
    },
    /// A link to a page that is not there.
    BrokenLink {
        /// The translation key or slug.
        key: String,
        /// What is there: a key that resembles it, or the same one in another language.
        nearest: Option<String>,
    },
    /// A link to a file that is not there.
    MissingFile {
        /// Where it should lie.
        path: String,
    },
    /// An image whose file is not there.
    MissingImage {
        /// Where it should lie.
        path: String,
        /// Whether the folder holds no files beside the documents at all: its images are served from elsewhere.
        is_elsewhere: bool,
    },
    /// Two pages with one slug in one language.
    SlugTwice {
        /// The slug.
        slug: String,
        /// The document of the other page.
        other: String,
    },
    /// The front matter that a folder gives its documents cannot be read.
    FolderDefaultsInvalid {
        /// The file.
        path: String,
        /// The line in it.
        line: u32,
        /// What the YAML parser said.
        detail: String,
    },
    /// Arguments of a shortcode that cannot be read.
    BrokenArguments {
        /// The shortcode's name.
        name: String,
    },
    /// `{%` without `%}`.
    BrokenShortcode,
    /// A box that is opened and not closed.
    OddBox {
        /// The word between the underscores.
        label: String,
    },
    /// Shortcodes or boxes nested deeper than a person would.
    TooDeep {
        /// The deepest nesting that is read.
        limit: usize,
    },
    /// More markup, or deeper, than anybody writes.
    TooMuchMarkup,
    /// An image without a text for those who do not see it.
    ImageWithoutAlt {
        /// The image's source.
        src: String,
    },
    /// Something that a support service's page does not say.
    MissingFact {
        /// The key under `supportService` in the front matter.
        field: &'static str,
    },
    /// A new version that would take away more measures than an editor does on purpose: it waits for a word.
    WouldLose {
        /// How many measures would go.
        lost: usize,
        /// How many are served.
        served: usize,
        /// Their numbers.
        numbers: String,
        /// The name of the empty file that accepts it.
        accept: String,
    },
    /// The document is gone with most of the folder: it is served until somebody says that this is meant.
    GoneWithMost {
        /// How many documents are gone.
        gone: usize,
        /// How many there were.
        all: usize,
        /// The name of the empty file that accepts it.
        accept: String,
    },
    /// The reader itself failed. A defect of the service, never of the document.
    ReaderFailed,
}

impl Fault {
    /// Serious enough to refuse the document, to warn, or only worth knowing.
    pub fn severity(&self) -> Severity {
        match self {
            Self::Unreadable { .. }
            | Self::TooLarge { .. }
            | Self::Binary
            | Self::UnknownEncoding
            | Self::FrontMatterUnclosed
            | Self::FrontMatterTooLarge { .. }
            | Self::FrontMatterInvalid { .. }
            | Self::NoMeasure
            | Self::DuplicateNumber { .. }
            | Self::TruncatedRow
            | Self::FolderDefaultsInvalid { .. }
            | Self::WouldLose { .. }
            | Self::GoneWithMost { .. }
            | Self::ReaderFailed => Severity::Error,
            Self::DamagedUtf8 { .. }
            | Self::FieldInvalid { .. }
            | Self::UnknownKind { .. }
            | Self::UnknownLanguage { .. }
            | Self::MissingStatus { .. }
            | Self::UnknownStatus { .. }
            | Self::MissingFootnote { .. }
            | Self::RepeatAlone { .. }
            | Self::UnreadRow
            | Self::DuplicateCategory { .. }
            | Self::NoAxis
            | Self::UnclosedShortcode { .. }
            | Self::StrayEnd { .. }
            | Self::BrokenArguments { .. }
            | Self::BrokenShortcode
            | Self::CrossedShortcode { .. }
            | Self::UnknownShortcode { .. }
            | Self::UnknownArgument { .. }
            | Self::CollectionUnknown { .. }
            | Self::LinkWithoutTarget
            | Self::ImageWithoutSource
            | Self::BrokenAnchor { .. }
            | Self::BrokenLink { .. }
            | Self::MissingFile { .. }
            | Self::MissingImage { is_elsewhere: false, .. }
            | Self::SlugTwice { .. }
            | Self::OddBox { .. }
            | Self::TooMuchMarkup
            | Self::TooDeep { .. } => Severity::Warning,
            Self::Transcoded { .. }
            | Self::MissingImage { is_elsewhere: true, .. }
            | Self::ContentsDiffer { .. }
            | Self::ImageWithoutAlt { .. }
            | Self::MissingFact { .. } => Severity::Notice,
        }
    }

    /// A stable name for programs, in upper case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "FILE_UNREADABLE",
            Self::TooLarge { .. } => "FILE_TOO_LARGE",
            Self::Binary => "FILE_BINARY",
            Self::UnknownEncoding => "ENCODING_UNKNOWN",
            Self::Transcoded { .. } => "ENCODING_TRANSCODED",
            Self::DamagedUtf8 { .. } => "ENCODING_DAMAGED",
            Self::FrontMatterUnclosed => "FRONT_MATTER_UNCLOSED",
            Self::FrontMatterTooLarge { .. } => "FRONT_MATTER_TOO_LARGE",
            Self::FrontMatterInvalid { .. } => "FRONT_MATTER_INVALID",
            Self::FieldInvalid { .. } => "FIELD_INVALID",
            Self::UnknownKind { .. } => "KIND_UNKNOWN",
            Self::UnknownLanguage { .. } => "LANGUAGE_UNKNOWN",
            Self::NoMeasure => "PLAN_WITHOUT_MEASURES",
            Self::DuplicateNumber { .. } => "MEASURE_NUMBER_TWICE",
            Self::TruncatedRow => "PLAN_TRUNCATED",
            Self::MissingStatus { .. } => "STATUS_MISSING",
            Self::UnknownStatus { .. } => "STATUS_UNKNOWN",
            Self::MissingFootnote { .. } => "FOOTNOTE_MISSING",
            Self::RepeatAlone { .. } => "REPEAT_ALONE",
            Self::ContentsDiffer { .. } => "CONTENTS_DIFFER",
            Self::UnreadRow => "ROW_UNREAD",
            Self::DuplicateCategory { .. } => "CATEGORY_TWICE",
            Self::NoAxis => "MEASURE_WITHOUT_AXIS",
            Self::UnclosedShortcode { .. } => "SHORTCODE_UNCLOSED",
            Self::StrayEnd { .. } => "SHORTCODE_END_STRAY",
            Self::CrossedShortcode { .. } => "SHORTCODE_CROSSED",
            Self::UnknownShortcode { .. } => "SHORTCODE_UNKNOWN",
            Self::UnknownArgument { .. } => "ARGUMENT_UNKNOWN",
            Self::CollectionUnknown { .. } => "COLLECTION_UNKNOWN",
            Self::LinkWithoutTarget => "LINK_WITHOUT_TARGET",
            Self::ImageWithoutSource => "IMAGE_WITHOUT_SOURCE",
            Self::BrokenAnchor { page: None, .. } => "ANCHOR_BROKEN",
            Self::BrokenAnchor { page: Some(_), .. } => "PAGE_ANCHOR_BROKEN",
            Self::BrokenLink { .. } => "LINK_BROKEN",
            Self::MissingFile { .. } => "FILE_MISSING",
            Self::MissingImage { .. } => "IMAGE_MISSING",
            Self::SlugTwice { .. } => "SLUG_TWICE",
            Self::FolderDefaultsInvalid { .. } => "FOLDER_DEFAULTS_INVALID",
            Self::BrokenArguments { .. } => "SHORTCODE_ARGUMENTS",
            Self::BrokenShortcode => "SHORTCODE_BROKEN",
            Self::OddBox { .. } => "BOX_UNCLOSED",
            Self::TooMuchMarkup => "MARKUP_TOO_DENSE",
            Self::TooDeep { .. } => "NESTING_TOO_DEEP",
            Self::ImageWithoutAlt { .. } => "IMAGE_WITHOUT_ALT",
            Self::MissingFact { .. } => "SERVICE_FACT_MISSING",
            Self::WouldLose { .. } => "PLAN_HELD",
            Self::GoneWithMost { .. } => "REMOVAL_HELD",
            Self::ReaderFailed => "READER_FAILED",
        }
    }

    /// The codes of the faults that depend on other files than the document: they come and go without it.
    pub const OF_FOLDER: [&'static str; 5] =
        ["LINK_BROKEN", "PAGE_ANCHOR_BROKEN", "FILE_MISSING", "IMAGE_MISSING", "SLUG_TWICE"];
}

/// A fault and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub fault: Fault,
    /// Where, if it is somewhere.
    pub position: Option<Position>,
}

impl Finding {
    /// A fault at a place.
    pub fn at(position: Position, fault: Fault) -> Self {
        Self { fault, position: Some(position) }
    }

    /// A fault of the whole document.
    pub fn whole(fault: Fault) -> Self {
        Self { fault, position: None }
    }
}

/// What an editor is told: the same values in GraphQL, in the database and on the terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// The stable name of the fault: [`Fault::code`].
    pub code: String,
    /// A sentence in the document's language.
    pub message: String,
    /// Where.
    pub position: Option<Position>,
    /// The line that it stands on.
    pub excerpt: Option<String>,
    /// What to do about it.
    pub suggestion: Option<String>,
}
