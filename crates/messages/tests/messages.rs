//! Tests that every diagnostic kind has a short message in four languages, and that `docs/errors.md` is up
//! to date.
//!
//! To update that page: `UPDATE_DOCS=1 cargo test -p passerelle-messages`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use passerelle_messages::{LocalizedMessage, localize, to_diagnostic};
use passerelle_model::diagnostic::{ContractProblem, DiagnosticKind, Severity, YamlProblem};
use passerelle_model::language::Language;
use passerelle_model::plan::MeasureStatus;
use passerelle_model::position::Position;

/// Maximum length of a message or suggestion, in characters.
const LONGEST: usize = 240;

/// A kind, and the arguments that its message or suggestion must contain.
type Sample = (DiagnosticKind, Vec<String>);

/// Returns at least one sample per kind, in the order of the table. `text` creates an argument from an
/// example.
#[expect(clippy::too_many_lines, reason = "one sample per kind")]
fn samples(text: fn(&str) -> String) -> Vec<Sample> {
    let shown = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    let t = text;
    vec![
        (DiagnosticKind::Unreadable { reason: t("permission denied") }, shown(&["permission denied"])),
        (DiagnosticKind::TooLarge { bytes: 7_340_032, limit: 5_242_880 }, shown(&["7\u{a0}M", "5\u{a0}M"])),
        (DiagnosticKind::Binary, vec![]),
        (DiagnosticKind::UnknownEncoding, vec![]),
        (DiagnosticKind::Transcoded { encoding: "windows-1252" }, shown(&["windows-1252", "UTF-8"])),
        (DiagnosticKind::InvalidUtf8 { replaced: 3 }, shown(&["3", "\u{FFFD}"])),
        (DiagnosticKind::UnclosedFrontMatter, shown(&["---"])),
        (
            DiagnosticKind::FrontMatterTooLarge { bytes: 73_728, limit: 65_536 },
            shown(&["72\u{a0}K", "64\u{a0}K"]),
        ),
        (
            DiagnosticKind::InvalidFrontMatter { problem: YamlProblem::DuplicateKey(t("name")) },
            shown(&["“name”", "name: \""]),
        ),
        (
            DiagnosticKind::InvalidField { field: "order", value: t("first") },
            shown(&["“order”", "first", "order: 3"]),
        ),
        (
            DiagnosticKind::InvalidField { field: "createdAt", value: t("yesterday") },
            shown(&["yesterday", "createdAt: 2025-03-14"]),
        ),
        (
            DiagnosticKind::UnknownKind { value: t("pag"), nearest: Some("page") },
            shown(&["“pag”", "“kind: page”"]),
        ),
        (
            DiagnosticKind::UnknownKind { value: t("report"), nearest: None },
            shown(&["report", "support-service"]),
        ),
        (DiagnosticKind::UnknownLanguage { value: t("xx") }, shown(&["“xx”", "“lang: de”"])),
        (
            DiagnosticKind::InvalidFolderDefaults {
                path: t("visits/visits.yaml"),
                line: 2,
                problem: YamlProblem::UnknownAlias(t("base")),
            },
            shown(&["visits/visits.yaml", "2", "base"]),
        ),
        (DiagnosticKind::MisplacedFrontMatter, shown(&["“---”"])),
        (DiagnosticKind::TomlFrontMatter, shown(&["“+++”", "“---”"])),
        (
            DiagnosticKind::FieldInCapitals { field: t("Title"), expected: "title" },
            shown(&["“Title”", "“title:”"]),
        ),
        (DiagnosticKind::Draft { until: Some(t("2026-12-24")) }, shown(&["2026-12-24"])),
        (DiagnosticKind::Draft { until: None }, shown(&["“draft: true”"])),
        (DiagnosticKind::PlanWithoutMeasures, shown(&["“kind: plan”"])),
        (DiagnosticKind::DuplicateMeasureNumber { number: 12, first_line: 40 }, shown(&["12", "40"])),
        (
            DiagnosticKind::DuplicateMeasureLabel { label: t("A1"), other_line: 40, given: t("A1-2") },
            shown(&["“A1”", "40", "“A1-2”"]),
        ),
        (
            DiagnosticKind::DuplicateMemberLabel { label: t("A1"), other: t("a.md"), given: t("A1-2") },
            shown(&["“A1”", "“a.md”", "“A1-2”"]),
        ),
        (DiagnosticKind::MissingMeasureTitle { label: t("A1") }, shown(&["“A1”"])),
        (
            DiagnosticKind::ResemblesPlan { count: 40, seen: t("Action, Owner") },
            shown(&["40", "Action, Owner", "“kind: plan”", "“kind: page”"]),
        ),
        (DiagnosticKind::TruncatedPlan, vec![]),
        (DiagnosticKind::MissingStatus { number: 12 }, shown(&["12"])),
        (
            DiagnosticKind::UnknownStatus { value: t("Completted"), nearest: Some(MeasureStatus::Completed) },
            shown(&["Completted"]),
        ),
        (DiagnosticKind::UnknownStatus { value: t("Soon"), nearest: None }, shown(&["Soon"])),
        (DiagnosticKind::UnmatchedRepeat { number: 12, nearest: Some(47) }, shown(&["12", "47"])),
        (DiagnosticKind::UnmatchedRepeat { number: 12, nearest: None }, shown(&["12"])),
        (DiagnosticKind::MissingFootnote { number: 3 }, shown(&["3", "<sup>3</sup>"])),
        (
            DiagnosticKind::TableOfContentsMismatch { heading: t("Parks"), entry: t("Gardens") },
            shown(&["“Parks”", "“Gardens”"]),
        ),
        (DiagnosticKind::UnrecognizedRow, vec![]),
        (DiagnosticKind::DuplicateCategory { path: t("2.6.b") }, shown(&["“2.6.b”"])),
        (DiagnosticKind::MeasureWithoutAxis, shown(&["## A"])),
        (DiagnosticKind::TooManyPlanFiles { limit: 2_000 }, shown(&["2000", "“plan.yaml”"])),
        (
            DiagnosticKind::SpreadsheetWithoutMeasures { seen: t("Day, Hours") },
            shown(&["Day, Hours", "“_files”"]),
        ),
        (DiagnosticKind::SpreadsheetTooLong { limit: 20_000 }, shown(&["20000"])),
        (DiagnosticKind::SpreadsheetTooLarge { limit: 50_331_648 }, shown(&["48\u{a0}M", "“CSV UTF-8”"])),
        (DiagnosticKind::SpreadsheetProtected, shown(&[".xlsx"])),
        (DiagnosticKind::SpreadsheetDamaged, shown(&[".xlsx"])),
        (
            DiagnosticKind::MissingSheet { sheet: t("Actions"), sheets: t("Notes, Costs") },
            shown(&["“Actions”", "Notes, Costs", "“sheet:”"]),
        ),
        (DiagnosticKind::UnclosedCell { line: 12 }, shown(&["12", "(\")"])),
        (DiagnosticKind::SpreadsheetFormulas, vec![]),
        (DiagnosticKind::SpreadsheetMacros, shown(&[".xlsx"])),
        (
            DiagnosticKind::UnclosedShortcode { mark: t("{% grid %}"), end: t("{% endgrid %}") },
            shown(&["“{% grid %}”", "“{% endgrid %}”"]),
        ),
        (
            DiagnosticKind::UnmatchedEndTag { end: t("{% endgird %}"), nearest: Some(t("{% endgrid %}")) },
            shown(&["“{% endgird %}”", "“{% endgrid %}”"]),
        ),
        (DiagnosticKind::UnmatchedEndTag { end: t(":::"), nearest: None }, shown(&["“:::”"])),
        (DiagnosticKind::MisnestedShortcode { end: t("{% endgrid %}") }, shown(&["“{% endgrid %}”"])),
        (
            DiagnosticKind::UnknownShortcode { name: t("imgae"), nearest: "image" },
            shown(&["“imgae”", "“image”"]),
        ),
        (
            DiagnosticKind::UnknownArgument { name: t("link"), argument: t("taget"), nearest: "target" },
            shown(&["“link”", "“taget”", "“target”"]),
        ),
        (DiagnosticKind::InvalidArguments { name: t("image") }, shown(&["“image”"])),
        (DiagnosticKind::UnterminatedShortcode, shown(&["“{%”", "“%}”"])),
        (
            DiagnosticKind::UnknownCollectionOption { option: t("filters: place") },
            shown(&["“filters: place”", "“tag”"]),
        ),
        (DiagnosticKind::UnclosedBox { label: t("NOTE") }, shown(&["“NOTE”", "“____NOTE____”"])),
        (DiagnosticKind::NestingTooDeep { limit: 32 }, shown(&["32"])),
        (DiagnosticKind::MarkupTooDense, vec![]),
        (DiagnosticKind::UnclosedComment, shown(&["“<!--”", "“-->”"])),
        (DiagnosticKind::MissingNote { name: t("2") }, shown(&["“2”", "[^2]: "])),
        (DiagnosticKind::UnusedNote { name: t("2") }, shown(&["“2”", "“[^2]”"])),
        (
            DiagnosticKind::TemplateExpression { expression: t("phone") },
            shown(&["“phone”", "“templateValues:”"]),
        ),
        (
            DiagnosticKind::TemplateCondition { condition: t("open"), shown: Some(4) },
            shown(&["“open”", "4", "“{% if %}”"]),
        ),
        (DiagnosticKind::TemplateCondition { condition: t("open"), shown: None }, shown(&["“open”"])),
        (DiagnosticKind::LinkWithoutTarget, shown(&[".md"])),
        (
            DiagnosticKind::AddressNotAllowed { address: t("file:///plan.pdf") },
            shown(&["“file:///plan.pdf”"]),
        ),
        (
            DiagnosticKind::AddressWithoutScheme {
                address: t("www.example.org"),
                corrected: t("https://www.example.org"),
            },
            shown(&["“www.example.org”", "“https://www.example.org”"]),
        ),
        (
            DiagnosticKind::BrokenLink { key: t("ponds"), nearest: Some(t("pond")), elsewhere: None },
            shown(&["“ponds”", "“pond”"]),
        ),
        (
            DiagnosticKind::BrokenLink { key: t("pond"), nearest: None, elsewhere: Some(Language::Nl) },
            shown(&["“pond”", "“translationKey: pond”"]),
        ),
        (
            DiagnosticKind::BrokenLink { key: t("sea"), nearest: None, elsewhere: None },
            shown(&["“sea”", "translationKey"]),
        ),
        (
            DiagnosticKind::BrokenAnchor { anchor: t("Hours"), nearest: Some(t("hours")) },
            shown(&["“Hours”", "“hours”"]),
        ),
        (DiagnosticKind::BrokenAnchor { anchor: t("Hours"), nearest: None }, shown(&["“Hours”"])),
        (
            DiagnosticKind::BrokenPageAnchor {
                anchor: t("Hour"),
                page: t("Contact"),
                nearest: Some(t("Hours")),
            },
            shown(&["“Hour”", "“Contact”", "“Hours”"]),
        ),
        (
            DiagnosticKind::BrokenPageAnchor { anchor: t("Hour"), page: t("Contact"), nearest: None },
            shown(&["“Hour”", "“Contact”"]),
        ),
        (DiagnosticKind::MissingFile { path: t("_files/map.pdf") }, shown(&["“_files/map.pdf”"])),
        (DiagnosticKind::MissingFile { path: t("map.pdf") }, shown(&["“map.pdf”", "_files"])),
        (DiagnosticKind::MissingFile { path: t("_files/map.doc") }, shown(&["“_files/map.doc”", "PDF"])),
        (DiagnosticKind::ImageWithoutSource, shown(&["src="])),
        (DiagnosticKind::MissingImage { path: t("_images/frog.png") }, shown(&["“_images/frog.png”"])),
        (
            DiagnosticKind::MissingExternalImage { path: t("_images/frog.png") },
            shown(&["“_images/frog.png”"]),
        ),
        (
            DiagnosticKind::ImageWithoutAlt { src: t("/_images/frog.png") },
            shown(&["“/_images/frog.png”", "alt="]),
        ),
        (
            DiagnosticKind::DuplicateSlug { slug: t("pond"), other: t("visits/pond.md") },
            shown(&["“pond”", "“visits/pond.md”", "“slug: pond-2”"]),
        ),
        (
            DiagnosticKind::MissingServiceField { field: "legalBasis" },
            shown(&["“legalBasis”", "“supportService:”", "legalBasis: \""]),
        ),
        (
            DiagnosticKind::MissingServiceField { field: "organisation" },
            shown(&["“organisation”", "“supportService:”"]),
        ),
        (DiagnosticKind::MissingServiceField { field: "domain" }, shown(&["“domain”"])),
        (DiagnosticKind::MissingServiceField { field: "authority" }, shown(&["“authority”"])),
        (DiagnosticKind::MissingServiceField { field: "region" }, shown(&["“region”"])),
        (
            DiagnosticKind::MissingServiceField { field: "designatedYear" },
            shown(&["“designatedYear”", "2018"]),
        ),
        (
            DiagnosticKind::ContractMissing { field: t("date"), example: t("date: 2025-11-14") },
            shown(&["“date”", "“date: 2025-11-14”"]),
        ),
        (
            DiagnosticKind::ContractMisspelt { field: t("dtae"), expected: t("date") },
            shown(&["“dtae”", "“date:”"]),
        ),
        (
            DiagnosticKind::ContractValue {
                field: t("date"),
                value: t("soon"),
                example: t("date: 2025-11-14"),
            },
            shown(&["“date”", "“soon”", "“date: 2025-11-14”"]),
        ),
        (
            DiagnosticKind::ContractInvalid { problem: ContractProblem::Property(t("date")) },
            shown(&["“date”"]),
        ),
        (DiagnosticKind::ContractInvalid { problem: ContractProblem::NoProperties }, vec![]),
        (DiagnosticKind::ContractInvalid { problem: ContractProblem::Yaml(YamlProblem::Tab) }, vec![]),
        (DiagnosticKind::ConflictCopy { original: t("menu.md") }, shown(&["“menu.md”"])),
        (
            DiagnosticKind::PlanHeld {
                removed: 4,
                total: 16,
                numbers: t("13–16"),
                confirmation_file: t("plan.txt.accept"),
            },
            shown(&["4", "16", "13–16", "“plan.txt.accept”"]),
        ),
        (
            DiagnosticKind::LabelsHeld { label: t("A1"), line: 12, confirmation_file: t("plan.txt.accept") },
            shown(&["“A1”", "12", "“plan.txt.accept”"]),
        ),
        (DiagnosticKind::PageHeld { confirmation_file: t("a.md.accept") }, shown(&["“a.md.accept”"])),
        (
            DiagnosticKind::RemovalHeld { removed: 25, total: 40, confirmation_file: t("content.accept") },
            shown(&["25", "40", "“content.accept”"]),
        ),
        (DiagnosticKind::ReaderFailed, vec![]),
    ]
}

/// Returns the opening and closing quotation marks of a language, with the space inside them.
fn marks(language: Language) -> [&'static str; 2] {
    match language {
        Language::Fr => ["«\u{a0}", "\u{a0}»"],
        Language::Nl => ["‘", "’"],
        Language::De => ["„", "“"],
        Language::En => ["“", "”"],
    }
}

/// Calls `check` with each sample in each language.
fn in_every_language(samples: &[Sample], check: impl Fn(&Sample, Language, &LocalizedMessage)) {
    for sample in samples {
        for language in Language::ALL {
            check(sample, language, &localize(&sample.0, language));
        }
    }
}

#[test]
fn every_kind_has_a_sample() {
    let mut rows: Vec<_> = samples(str::to_owned).iter().map(|(kind, _)| kind.row()).collect();
    rows.dedup();
    assert_eq!(rows, DiagnosticKind::TABLE);
}

#[test]
fn every_kind_has_a_distinct_message_in_each_language() {
    for (kind, _) in samples(str::to_owned) {
        let texts = Language::ALL.map(|language| localize(&kind, language));
        let messages: BTreeSet<_> = texts.iter().map(|text| &text.message).collect();
        let suggestions: BTreeSet<_> = texts.iter().map(|text| &text.suggestion).collect();
        assert_eq!((messages.len(), suggestions.len()), (4, 4), "{kind:?}");
    }
}

#[test]
fn arguments_appear_between_the_quotation_marks_of_the_language() {
    in_every_language(&samples(str::to_owned), |(kind, shown), language, text| {
        let [open, close] = marks(language);
        let whole = format!("{} {}", text.message, text.suggestion);
        for value in shown {
            let value = value.replace('“', open).replace('”', close);
            assert!(whole.contains(&value), "{language} {kind:?}: {value:?} is not in {whole:?}");
        }
    });
}

#[test]
fn messages_are_short_with_long_arguments() {
    let longest = samples(|example| format!("{example} {}", "déjà-vu ".repeat(100)));
    let biggest = [
        (DiagnosticKind::DuplicateMeasureNumber { number: u32::MAX, first_line: u32::MAX }, vec![]),
        (DiagnosticKind::UnmatchedRepeat { number: u32::MAX, nearest: Some(u32::MAX) }, vec![]),
        (DiagnosticKind::TooLarge { bytes: u64::MAX, limit: u64::MAX }, vec![]),
    ];
    for samples in [&samples(str::to_owned), &longest, &biggest[..].to_vec()] {
        in_every_language(samples, |(kind, _), language, text| {
            for sentence in [&text.message, &text.suggestion] {
                let length = sentence.chars().count();
                assert!(length <= LONGEST, "{language} {kind:?} has {length} characters: {sentence}");
                assert!(sentence.ends_with('.'), "{language} {kind:?} ends without a full stop: {sentence}");
                assert!(
                    !sentence.contains("  ") && !sentence.contains('\n'),
                    "{language} {kind:?}: {sentence}"
                );
            }
        });
    }
}

#[test]
fn marks_are_those_of_the_language() {
    in_every_language(&samples(str::to_owned), |(kind, _), language, text| {
        for sentence in [&text.message, &text.suggestion] {
            let [open, close] = marks(language);
            let foreign = match language {
                Language::Fr => vec!["‘", "“", "”", "„", " :", " ;", " ?", " !", "« ", " »"],
                Language::Nl => vec!["“", "”", "„", "«", "»", " :"],
                Language::De => vec!["‘", "’", "”", "«", "»", " :"],
                Language::En => vec!["‘", "„", "«", "»", " :"],
            };
            for mark in foreign {
                assert!(!sentence.contains(mark), "{language} {kind:?} contains {mark:?}: {sentence}");
            }
            assert!(
                sentence.matches(open).count() <= sentence.matches(close).count(),
                "{language}: {sentence}"
            );
        }
    });
}

#[test]
fn a_diagnostic_carries_the_row_and_the_sentences_of_its_kind() {
    let position = Some(Position::line(7));
    let kind = DiagnosticKind::MissingStatus { number: 3 };
    let found = to_diagnostic(&kind, Language::De, position, Some("3.\tMähen".to_owned()));
    assert_eq!((found.severity, found.code.as_str()), (Severity::Warning, "STATUS_MISSING"));
    assert_eq!(found.message, "Maßnahme 3 hat keinen Status.");
    assert_eq!((found.position, found.excerpt.as_deref()), (position, Some("3.\tMähen")));
    assert_eq!(found.suggestion, Some(localize(&kind, Language::De).suggestion));
}

#[test]
fn codes_are_unique_upper_case_and_those_of_other_files_exist() {
    let codes: Vec<_> = DiagnosticKind::TABLE.iter().map(|row| row.code).collect();
    let twice: Vec<_> =
        codes.iter().filter(|code| codes.iter().filter(|other| other == code).count() > 1).collect();
    // One code has two severities: the severity depends on the presence of images in the folder.
    assert_eq!(twice, [&"IMAGE_MISSING"; 2]);
    assert!(codes.iter().all(|code| code.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_')));
    assert!(DiagnosticKind::CROSS_FILE_CODES.iter().all(|code| codes.contains(code)));
}

/// Returns the tables of `docs/errors.md`: one per severity, one row per kind, with its English message as
/// the example.
fn tables() -> String {
    let samples = samples(str::to_owned);
    let cell =
        |text: &str| text.replace('|', "\\|").replace('<', "&lt;").replace('*', "\\*").replace('_', "\\_");
    let mut page = String::new();
    for severity in Severity::ALL {
        writeln!(page, "### {severity}\n").unwrap();
        writeln!(
            page,
            "| Code | Meaning | Message, for example | Suggestion, for example |\n| --- | --- | --- | --- |"
        )
        .unwrap();
        for row in DiagnosticKind::TABLE.iter().filter(|row| row.severity == severity) {
            let (kind, _) = samples.iter().find(|(kind, _)| kind.row() == *row).unwrap();
            let LocalizedMessage { message, suggestion } = localize(kind, Language::En);
            let (message, suggestion) = (cell(&message), cell(&suggestion));
            writeln!(page, "| `{}` | {}. | {message} | {suggestion} |", row.code, row.description).unwrap();
        }
        page.push('\n');
    }
    page
}

#[test]
fn errors_page_lists_every_kind() {
    const BEGIN: &str = "<!-- generated from the table of kinds: begin -->\n\n";
    const END: &str = "<!-- generated: end -->";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors.md");
    let written = fs::read_to_string(&path).unwrap();
    let (before, rest) = written.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let current = format!("{before}{BEGIN}{}{END}{after}", tables());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, current).unwrap();
    } else {
        assert!(
            written == current,
            "docs/errors.md is stale: run `UPDATE_DOCS=1 cargo test -p passerelle-messages`"
        );
    }
}
