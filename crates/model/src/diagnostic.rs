//! Diagnostics: problems of a document that its editor should know.
//!
//! [`DiagnosticKind`] names the problem and carries its arguments. The sentences are in the crate
//! `passerelle-messages`, which depends on this module.

use serde::{Deserialize, Serialize};

use crate::language::Language;
use crate::plan::MeasureStatus;
use crate::position::Position;

pub use crate::contract::ContractProblem;
pub use crate::diagnostic_code::{DiagnosticCode, InvalidDiagnosticCode};
pub use crate::severity::Severity;
pub use crate::yaml_problem::YamlProblem;

/// Properties of a [`DiagnosticKind`] that do not depend on its arguments. `docs/errors.md` is generated
/// from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindRow {
    /// Stable upper-case code, for example `STATUS_UNKNOWN`. Clients compare it, so it never changes.
    pub code: &'static str,
    /// Severity of every diagnostic of this kind.
    pub severity: Severity,
    /// One sentence in English, without a full stop.
    pub description: &'static str,
}

/// Declares [`DiagnosticKind`] and its table from one list: variant and arguments, code, severity,
/// description.
macro_rules! diagnostic_kinds {
    ($(
        $variant:ident $({ $( $(#[$attribute:meta])* $field:ident: $type:ty, )+ })?
            => $code:literal, $severity:ident, $description:literal;
    )+) => {
        /// A problem of a document, with the arguments of its message.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum DiagnosticKind {
            $(
                #[doc = concat!("`", $code, "`: ", $description, ".")]
                $variant $({ $( $(#[$attribute])* $field: $type, )+ })?,
            )+
        }

        impl DiagnosticKind {
            /// One row per variant, in the order of declaration.
            pub const TABLE: &'static [KindRow] = &[$(
                KindRow { code: $code, severity: Severity::$severity, description: $description },
            )+];

            /// Returns the row of this kind in [`DiagnosticKind::TABLE`].
            pub fn row(&self) -> KindRow {
                match self {
                    $( Self::$variant { .. } => KindRow {
                        code: $code,
                        severity: Severity::$severity,
                        description: $description,
                    }, )+
                }
            }
        }
    };
}

// Text arguments are copied from the document, of any length and in any language. The message catalogue
// shortens them. After a change of this list, run `UPDATE_DOCS=1 cargo test -p passerelle-messages`.
diagnostic_kinds! {
    // The file.
    Unreadable {
        /// Error of the operating system in English, for example `permission denied`.
        reason: String,
    } => "FILE_UNREADABLE", Error, "The file cannot be opened or read";
    TooLarge {
        /// Size of the file in bytes.
        bytes: u64,
        /// Largest accepted size, in bytes.
        limit: u64,
    } => "FILE_TOO_LARGE", Error, "The file is larger than a document may be";
    Binary => "FILE_BINARY", Error, "The file contains a NUL byte: it is an image, an office file or an archive";
    UnknownEncoding => "ENCODING_UNKNOWN", Error, "The text is neither UTF-8 nor Windows-1252";
    Transcoded {
        /// Name of the encoding in the WHATWG Encoding Standard, for example `windows-1252`.
        encoding: &'static str,
    } => "ENCODING_TRANSCODED", Notice, "The text is not UTF-8 and was converted";
    InvalidUtf8 {
        /// Number of invalid byte sequences, each replaced by U+FFFD.
        replaced: usize,
    } => "ENCODING_DAMAGED", Warning, "The text is UTF-8 with some invalid bytes";

    // The front matter.
    UnclosedFrontMatter => "FRONT_MATTER_UNCLOSED", Error, "The front matter has no closing line `---`";
    FrontMatterTooLarge {
        /// Size of the front matter in bytes.
        bytes: usize,
        /// Largest accepted size, in bytes.
        limit: usize,
    } => "FRONT_MATTER_TOO_LARGE", Error, "The front matter is larger than 64 KiB";
    InvalidFrontMatter {
        /// Cause of the error.
        problem: YamlProblem,
    } => "FRONT_MATTER_INVALID", Error, "The front matter is not a YAML mapping";
    InvalidField {
        /// Name of the field: `order` or `createdAt`.
        field: &'static str,
        /// Value as written.
        value: String,
    } => "FIELD_INVALID", Warning, "A front matter field has a value of another type; the field is ignored";
    UnknownKind {
        /// Value as written.
        value: String,
        /// The kind with the most similar name.
        nearest: Option<&'static str>,
    } => "KIND_UNKNOWN", Warning, "The field `kind` is not `plan`, `page` or `support-service`; it is ignored";
    UnknownLanguage {
        /// Value as written.
        value: String,
    } => "LANGUAGE_UNKNOWN", Warning, "The field `lang` is not `fr`, `nl`, `de` or `en`; it is ignored";
    InvalidFolderDefaults {
        /// Path of the settings file.
        path: String,
        /// Line in that file, from 1.
        line: u32,
        /// Cause of the error.
        problem: YamlProblem,
    } => "FOLDER_DEFAULTS_INVALID", Error,
        "The YAML file with the default fields of a folder cannot be read; its documents are rejected";

    MisplacedFrontMatter => "FRONT_MATTER_MISPLACED", Warning,
        "The front matter has blank lines above it; it is read";
    TomlFrontMatter => "FRONT_MATTER_TOML", Warning,
        "The front matter is TOML between lines `+++`; simple fields are read";
    FieldInCapitals {
        /// Key as written: `Title`.
        field: String,
        /// Key as the service knows it: `title`.
        expected: &'static str,
    } => "FIELD_CAPITALS", Warning, "The key of a front matter field has capital letters; the field is read";
    Draft {
        /// Date of publication as written. `None` without a date.
        until: Option<String>,
    } => "DRAFT", Notice, "The document is a draft and is not served";

    // Plans.
    PlanWithoutMeasures => "PLAN_WITHOUT_MEASURES", Error, "The plan has no measure";
    DuplicateMeasureNumber {
        /// Number of both measures.
        number: u32,
        /// Line of the first measure, from 1.
        first_line: u32,
    } => "MEASURE_NUMBER_TWICE", Error, "Two measures of the plan have the same number";
    DuplicateMeasureLabel {
        /// Label of both measures as written.
        label: String,
        /// Line of the other measure, from 1.
        other_line: u32,
        /// Label under which the second measure is served.
        given: String,
    } => "MEASURE_LABEL_TWICE", Warning,
        "Two measures of a category have the same label; the second one is served under another label";
    DuplicateMemberLabel {
        /// Label of both measures as written.
        label: String,
        /// Name of the file of the other measure.
        other: String,
        /// Label under which the second measure is served.
        given: String,
    } => "PLAN_FILE_LABEL_TWICE", Warning,
        "Two files of a plan give one label; the second measure is served under another label";
    MissingMeasureTitle {
        /// Label of the measure.
        label: String,
    } => "MEASURE_TITLE_MISSING", Warning, "A measure has no title; it is served with a dash";
    ResemblesPlan {
        /// Number of measures that were found.
        count: usize,
        /// Headers and words that were seen, separated by commas.
        seen: String,
    } => "PLAN_LIKE_PAGE", Warning, "A page resembles a plan but the evidence does not suffice to serve it as one";
    TruncatedPlan => "PLAN_TRUNCATED", Error, "The document ends in the middle of a measure";
    MissingStatus {
        /// Number of the measure.
        number: u32,
    } => "STATUS_MISSING", Warning, "A measure has no status";
    UnknownStatus {
        /// Status as written.
        value: String,
        /// The most similar status.
        nearest: Option<MeasureStatus>,
    } => "STATUS_UNKNOWN", Warning, "A measure has a status that is not in the list; it is read as `UNDEFINED`";
    UnmatchedRepeat {
        /// Number of the marked measure.
        number: u32,
        /// Number of the measure with the most similar text.
        nearest: Option<u32>,
    } => "REPEAT_ALONE", Warning, "A measure is marked as repeated (`*`) but no other measure has the same text";
    MissingFootnote {
        /// Number of the footnote.
        number: u32,
    } => "FOOTNOTE_MISSING", Warning, "A footnote is referenced but not defined";
    TableOfContentsMismatch {
        /// Title in the heading.
        heading: String,
        /// The title in the table of contents.
        entry: String,
    } => "CONTENTS_DIFFER", Notice, "A title differs between the table of contents and the heading";
    UnrecognizedRow => "ROW_UNREAD", Warning, "A table row is neither a measure nor a group; it is left out";
    DuplicateCategory {
        /// Labels from the axis down, for example `2.6.b`.
        path: String,
    } => "CATEGORY_TWICE", Warning, "Two headings of the plan have the same number or letter in the same place";
    MeasureWithoutAxis => "MEASURE_WITHOUT_AXIS", Warning, "A measure comes before the first axis";

    TooManyPlanFiles {
        /// Largest accepted number of files.
        limit: usize,
    } => "PLAN_FILES_TOO_MANY", Error, "The folder of a plan with one file per measure has too many files";

    // Files of rows: CSV, TSV and Excel.
    SpreadsheetWithoutMeasures {
        /// Headers of the table, separated by commas.
        seen: String,
    } => "SPREADSHEET_WITHOUT_MEASURES", Error, "A CSV, TSV or Excel file has no table of measures";
    SpreadsheetTooLong {
        /// Largest accepted number of rows.
        limit: usize,
    } => "SPREADSHEET_TOO_LONG", Error, "A CSV, TSV or Excel file has more rows or cells than are read";
    SpreadsheetTooLarge {
        /// Largest accepted size of the unpacked sheets, in bytes.
        limit: u64,
    } => "SPREADSHEET_TOO_LARGE", Error, "An Excel file unpacks to more bytes than are read";
    SpreadsheetProtected => "SPREADSHEET_PROTECTED", Error,
        "An Excel file has a password, or has the format of Excel 2003 or older";
    SpreadsheetDamaged => "SPREADSHEET_DAMAGED", Error, "An Excel file is incomplete or damaged";
    MissingSheet {
        /// Name of the sheet in the front matter.
        sheet: String,
        /// Names of the sheets of the file, separated by commas.
        sheets: String,
    } => "SHEET_MISSING", Error, "The field `sheet` names a sheet that the Excel file does not have";
    UnclosedCell {
        /// Line on which the row begins, from 1.
        line: u32,
    } => "CELL_UNCLOSED", Error, "A quoted cell of a CSV file is not closed";
    SpreadsheetFormulas => "SPREADSHEET_FORMULAS", Notice,
        "An Excel file has formulas; the values that were saved last are read";
    SpreadsheetMacros => "SPREADSHEET_MACROS", Notice, "An Excel file has macros; they are not executed";

    // Shortcodes, containers and boxes.
    UnclosedShortcode {
        /// Opening mark, for example `{% grid %}` or `::: note`.
        mark: String,
        /// The missing closing mark.
        end: String,
    } => "SHORTCODE_UNCLOSED", Warning, "A paired shortcode or a `:::` container has no end";
    UnmatchedEndTag {
        /// Closing mark, for example `{% endgrid %}` or `:::`.
        end: String,
        /// The most similar closing mark that would be correct here.
        nearest: Option<String>,
    } => "SHORTCODE_END_STRAY", Warning, "The end of a shortcode or container has no beginning";
    MisnestedShortcode {
        /// Closing mark, for example `{% endgrid %}`.
        end: String,
    } => "SHORTCODE_CROSSED", Warning, "Two shortcodes overlap: the outer one ends before the inner one";
    UnknownShortcode {
        /// Name as written.
        name: String,
        /// The most similar known name.
        nearest: &'static str,
    } => "SHORTCODE_UNKNOWN", Warning, "The name of a shortcode looks like a misspelled known name";
    UnknownArgument {
        /// Name of the shortcode.
        name: String,
        /// Argument as written.
        argument: String,
        /// The most similar known argument.
        nearest: &'static str,
    } => "ARGUMENT_UNKNOWN", Warning, "The name of an argument looks like a misspelled known name";
    InvalidArguments {
        /// Name of the shortcode.
        name: String,
    } => "SHORTCODE_ARGUMENTS", Warning, "The arguments of a shortcode cannot be parsed";
    UnterminatedShortcode => "SHORTCODE_BROKEN", Warning, "`{%` has no matching `%}`; the text is kept as it is";
    UnknownCollectionOption {
        /// Name and value of the argument, for example `filters: place`.
        option: String,
    } => "COLLECTION_UNKNOWN", Warning, "A list of pages has an unknown filter or sort key; it is ignored";
    UnclosedBox {
        /// Word between the underscores, for example `ENCADRÉ`.
        label: String,
    } => "BOX_UNCLOSED", Warning, "A box has no closing line; it ends at the next heading";
    NestingTooDeep {
        /// Deepest accepted nesting.
        limit: usize,
    } => "NESTING_TOO_DEEP", Warning, "Blocks are nested too deeply; the innermost are read without nesting";
    MarkupTooDense => "MARKUP_TOO_DENSE", Warning, "A text has more markup than words; it is kept as it is";
    UnclosedComment => "COMMENT_UNCLOSED", Warning, "`<!--` has no matching `-->`; the text after it is published";
    MissingNote {
        /// Name of the note as written.
        name: String,
    } => "NOTE_MISSING", Warning, "A page references a note that it does not define; the reference is left out";
    UnusedNote {
        /// Name of the note.
        name: String,
    } => "NOTE_UNUSED", Warning, "A page defines a note that nothing references; its text stays in place";
    TemplateExpression {
        /// Expression as written, without the braces.
        expression: String,
    } => "TEMPLATE_EXPRESSION", Warning, "A template expression has no value; nothing is published in its place";
    TemplateCondition {
        /// Condition as written.
        condition: String,
        /// Line of the branch that is published. `None` if no branch is.
        shown: Option<u32>,
    } => "TEMPLATE_CONDITION", Warning, "Only one branch of a template condition is published";

    // Links, images and files.
    LinkWithoutTarget => "LINK_WITHOUT_TARGET", Warning,
        "A link has no address, or an address that is not allowed; its text is kept";
    AddressNotAllowed {
        /// Address as written: `file:///plan.pdf`.
        address: String,
    } => "ADDRESS_NOT_ALLOWED", Warning,
        "The address of a link or an image has a scheme other than `https`, `http`, `mailto` or `tel`; its text is kept";
    AddressWithoutScheme {
        /// Address as written: `www.example.org`.
        address: String,
        /// Correct spelling: `https://www.example.org`.
        corrected: String,
    } => "ADDRESS_WITHOUT_SCHEME", Warning, "The address of a link lacks `https://` or `mailto:`; it is added";
    BrokenLink {
        /// Translation key or slug.
        key: String,
        /// A similar key of a page in the same language.
        nearest: Option<String>,
        /// Language of a page with this key, if the key exists only in another language.
        elsewhere: Option<Language>,
    } => "LINK_BROKEN", Warning, "A link names a page that does not exist in the language of the document";
    BrokenAnchor {
        /// Anchor or text of the heading.
        anchor: String,
        /// The most similar anchor of the page.
        nearest: Option<String>,
    } => "ANCHOR_BROKEN", Warning, "A link names a heading that does not exist on the same page";
    BrokenPageAnchor {
        /// Anchor or text of the heading.
        anchor: String,
        /// Name of the other page.
        page: String,
        /// The most similar heading of that page.
        nearest: Option<String>,
    } => "PAGE_ANCHOR_BROKEN", Warning, "A link names a heading that does not exist on another page";
    MissingFile {
        /// Expected path in the content folder.
        path: String,
    } => "FILE_MISSING", Warning, "A link names a file that does not exist or is not online";
    ImageWithoutSource => "IMAGE_WITHOUT_SOURCE", Warning,
        "An image has no source, or a source that is not allowed";
    MissingImage {
        /// Expected path in the content folder.
        path: String,
    } => "IMAGE_MISSING", Warning, "The file of an image does not exist";
    MissingExternalImage {
        /// Expected path in the content folder.
        path: String,
    } => "IMAGE_MISSING", Notice,
        "The file of an image does not exist, and the folder contains no other files than documents";
    ImageWithoutAlt {
        /// Source of the image.
        src: String,
    } => "IMAGE_WITHOUT_ALT", Notice, "An image has no alternative text";
    DuplicateSlug {
        /// Slug that both pages have.
        slug: String,
        /// Path of the other document.
        other: String,
    } => "SLUG_TWICE", Warning, "Two pages of one language have the same slug";
    MissingServiceField {
        /// Key under `supportService` in the front matter, for example `legalBasis`.
        field: &'static str,
    } => "SERVICE_FACT_MISSING", Notice, "The page of a support service does not state a fact";
    ContractMissing {
        /// Key of the front matter, for example `date`.
        field: String,
        /// A correct line, for example `date: 2025-11-14`.
        example: String,
    } => "FIELD_MISSING", Warning, "The contract of the folder requires a field that the document does not have";
    ContractMisspelt {
        /// Key as written.
        field: String,
        /// Key of the contract.
        expected: String,
    } => "FIELD_MISSPELT", Warning, "A field resembles a field that the contract of the folder requires";
    ContractValue {
        /// Key of the front matter.
        field: String,
        /// Value as written.
        value: String,
        /// A correct line.
        example: String,
    } => "FIELD_VALUE", Warning, "The value of a field does not have the type or the bounds of the contract of the folder";
    ContractInvalid {
        /// Cause of the error.
        problem: ContractProblem,
    } => "CONTRACT_INVALID", Error, "The contract of a folder, `NAME.schema.yaml`, is not understood";

    ConflictCopy {
        /// Name of the document that the file is a copy of: `menu.md`.
        original: String,
    } => "CONFLICT_COPY", Error, "A copy made by a synchronisation tool is not published while its original exists";

    // Held versions and defects.
    PlanHeld {
        /// Number of measures that would be removed.
        removed: usize,
        /// Number of published measures.
        total: usize,
        /// Numbers of the measures that would be removed, for example `13–16`.
        numbers: String,
        /// Name of the empty file that confirms the removal, for example `plan.txt.accept`.
        confirmation_file: String,
    } => "PLAN_HELD", Error, "The new version would remove more than a fifth of the measures and awaits confirmation";
    LabelsHeld {
        /// Label that two measures have.
        label: String,
        /// Line of the second measure, from 1.
        line: u32,
        /// Name of the empty file that confirms the version, for example `plan.txt.accept`.
        confirmation_file: String,
    } => "PLAN_LABELS_HELD", Error,
        "The new version of a plan gives two measures of a category one label, which the served one does not";
    PageHeld {
        /// Name of the empty file that confirms the removal: `accueil.md.accept`.
        confirmation_file: String,
    } => "PAGE_HELD", Error, "The new version of a page has no text any more and awaits confirmation";
    RemovalHeld {
        /// Number of missing documents.
        removed: usize,
        /// Number of published documents.
        total: usize,
        /// Name of the empty file that confirms the removal, for example `content.accept`.
        confirmation_file: String,
    } => "REMOVAL_HELD", Error, "Most documents disappeared at once; their removal awaits confirmation";
    ReaderFailed => "READER_FAILED", Error, "A defect of the service: the reader failed on this document";
}

impl DiagnosticKind {
    /// Codes of the kinds that depend on other files. They can appear or disappear while the document does
    /// not change.
    pub const CROSS_FILE_CODES: [&'static str; 5] =
        ["LINK_BROKEN", "PAGE_ANCHOR_BROKEN", "FILE_MISSING", "IMAGE_MISSING", "SLUG_TWICE"];

    /// Returns the stable code.
    pub fn code(&self) -> DiagnosticCode {
        DiagnosticCode::of_row(self.row().code)
    }

    /// Returns the severity of every diagnostic of this kind.
    pub fn severity(&self) -> Severity {
        self.row().severity
    }
}

/// A problem found by the reader, before it is translated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The problem and its arguments.
    pub kind: DiagnosticKind,
    /// Position in the document. `None` if the problem concerns the whole document.
    pub position: Option<Position>,
}

impl Finding {
    /// Creates a finding at a position.
    pub fn at(position: Position, kind: DiagnosticKind) -> Self {
        Self { kind, position: Some(position) }
    }

    /// Creates a finding that concerns the whole document.
    pub fn for_document(kind: DiagnosticKind) -> Self {
        Self { kind, position: None }
    }
}

/// A problem in the language of the document, as the database, the API and the command line show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Severity of the problem.
    pub severity: Severity,
    /// Stable code, see [`DiagnosticKind::code`].
    pub code: DiagnosticCode,
    /// Description of the problem, at most 240 characters, or 360 with the name of a file of measures.
    pub message: String,
    /// Position in the document. `None` if the problem concerns the whole document.
    pub position: Option<Position>,
    /// Text of the line at `position`, at most 160 characters. `None` without a position.
    pub excerpt: Option<String>,
    /// The correction, at most 240 characters. `None` if the editor cannot correct the problem.
    pub suggestion: Option<String>,
}
