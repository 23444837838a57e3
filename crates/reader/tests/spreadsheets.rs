//! Plans in CSV, TSV and Excel files.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use passerelle_model::path::DocumentPath;
use passerelle_model::plan::{MeasureStatus, Plan};
use passerelle_model::reading::{Content, ParsedDocument};
use passerelle_reader::decode::WriteState;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::markdown::RawHtmlPolicy;
use passerelle_reader::read::{ReadOptions, read};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const CSV: &str = "\
Plan d’action du potager;;;;;
;;;;;
N°;Mesure;Pilote;Échéance;Budget (€);Statut
Sol;;;;;
1;\"Pailler les planches ; biner les allées\";\"Ville
CPAS\";30/06/2026;1 234,50;En cours
2;Composter;École;2026;;Réalisé
Eau;;;;;
3;Creuser une mare;Ville;;;À faire
";

fn parse(name: &str, bytes: &[u8], defaults: &str, write_state: WriteState) -> Option<ParsedDocument> {
    let mut folder = FolderDefaults::default();
    if !defaults.is_empty() {
        folder.push(&DocumentPath::parse("plans/plans.yaml").unwrap(), defaults.as_bytes());
    }
    let raw_html = RawHtmlPolicy::Removed;
    let options = ReadOptions { write_state, defaults: &folder, raw_html, site: None };
    read(&DocumentPath::parse(name).unwrap(), bytes, options).ok()
}

fn parsed(name: &str, bytes: &[u8]) -> ParsedDocument {
    parse(name, bytes, "", WriteState::Complete).unwrap()
}

fn plan(document: ParsedDocument) -> Plan {
    match document.content {
        Some(Content::Plan(plan)) => *plan,
        content => panic!("{content:?} {:?}", document.diagnostics),
    }
}

fn codes(document: &ParsedDocument) -> Vec<&str> {
    document.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect()
}

fn assert_is_garden_plan(plan: &Plan) {
    assert_eq!(plan.heading.title, "Plan d’action du potager");
    let titles: Vec<&str> = plan.measures.iter().map(|measure| measure.title.text.as_str()).collect();
    assert_eq!(titles, ["Pailler les planches ; biner les allées", "Composter", "Creuser une mare"]);
    let statuses: Vec<MeasureStatus> = plan.measures.iter().map(|measure| measure.status).collect();
    assert_eq!(statuses, [MeasureStatus::InProgress, MeasureStatus::Completed, MeasureStatus::NotStarted]);
    assert_eq!(plan.measures.iter().map(|measure| measure.number).collect::<Vec<_>>(), [1, 2, 3]);
    let categories: Vec<&str> = plan.categories.iter().map(|category| category.title.as_str()).collect();
    assert_eq!(categories, ["Sol", "Eau"]);
    let details = &plan.measures[0].details;
    assert_eq!(details.responsible_parties, ["Ville", "CPAS"]);
    assert_eq!(details.budget.as_ref().unwrap().hundredths, 123_450);
    assert!(details.end_date.is_some());
}

#[test]
fn csv_files_are_plans() {
    let with_mark = format!("\u{FEFF}{CSV}").replace('\n', "\r\n");
    let (windows, ..) = encoding_rs::WINDOWS_1252.encode(CSV);
    for (bytes, expected) in [
        (CSV.as_bytes(), vec![]),
        (with_mark.as_bytes(), vec![]),
        (&windows[..], vec!["ENCODING_TRANSCODED"]),
    ] {
        let document = parsed("fr/potager.csv", bytes);
        assert_eq!(codes(&document), expected);
        let plan = plan(document);
        assert_is_garden_plan(&plan);
        assert_eq!(plan.measures.iter().map(|measure| measure.line).collect::<Vec<_>>(), [5, 7, 9]);
    }
    let tabs = CSV.replace(';', "\t").replace("planches \t", "planches ;");
    assert_is_garden_plan(&plan(parsed("fr/potager.tsv", tabs.as_bytes())));
}

#[test]
fn diagnostics_of_csv_files_have_the_line_and_its_text() {
    let document = parsed("fr/potager.csv", CSV.replace("À faire", "Bof").as_bytes());
    assert_eq!(codes(&document), ["STATUS_UNKNOWN"]);
    assert_eq!(document.diagnostics[0].position.unwrap().line, 9);
    assert!(document.diagnostics[0].excerpt.as_ref().unwrap().starts_with("3;Creuser"));
}

#[test]
fn a_csv_file_that_is_no_plan_is_rejected_with_a_sentence() {
    let opening = "Jour;Matin;Soir\nLundi;9 h;17 h\nMardi;10 h;18 h\n";
    for (name, word) in [
        ("fr/h.csv", "mesures"),
        ("nl/h.csv", "maatregelen"),
        ("de/h.csv", "Maßnahmen"),
        ("en/h.csv", "measures"),
    ] {
        let document = parsed(name, opening.as_bytes());
        assert!(document.content.is_none());
        assert_eq!(codes(&document), ["SPREADSHEET_WITHOUT_MEASURES"]);
        let message = &document.diagnostics[0].message;
        assert!(message.contains(word) && message.contains("Jour, Matin, Soir"), "{message}");
    }
    // The folder can declare that its tables are plans.
    let table = "Objet;Quand\nHaie;2026\n";
    let declared = |defaults| parse("fr/h.csv", table.as_bytes(), defaults, WriteState::Complete).unwrap();
    assert!(declared("").content.is_none());
    assert_eq!(codes(&parsed("fr/vide.csv", b"")), ["SPREADSHEET_WITHOUT_MEASURES"]);
}

#[test]
fn folder_defaults_give_the_fields_of_a_plan_in_a_table() {
    let defaults = "lang: nl\ntitle: Moestuin\nslug: moestuin-plan\nstatuses:\n  Idee: NOT_STARTED\n";
    let table = "Nr;Maatregel;Trekker;Status\n1;Mulchen;Stad;Idee\n2;Zaaien;Stad;Lopend\n";
    let document = parse("tuin.csv", table.as_bytes(), defaults, WriteState::Complete).unwrap();
    assert_eq!(codes(&document), Vec::<String>::new());
    let plan = plan(document);
    assert_eq!((plan.heading.title.as_str(), plan.heading.slug.as_str()), ("Moestuin", "moestuin-plan"));
    assert_eq!(plan.measures[0].status, MeasureStatus::NotStarted);
}

#[test]
fn a_csv_file_that_was_cut_off_is_rejected() {
    let cut = &CSV[..CSV.find("CPAS").unwrap()];
    assert_eq!(parse("fr/a.csv", cut.as_bytes(), "", WriteState::MayGrow), None);
    assert_eq!(codes(&parsed("fr/a.csv", cut.as_bytes())), ["CELL_UNCLOSED"]);
}

/// A workbook: each sheet has a name and rows of cells as XML.
fn workbook(sheets: &[(&str, String)], more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut list = String::new();
    let mut relations = String::new();
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for (at, (name, rows)) in sheets.iter().enumerate() {
        let id = at + 1;
        write!(list, "<sheet name=\"{name}\" sheetId=\"{id}\" r:id=\"rId{id}\"/>").unwrap();
        write!(
            relations,
            "<Relationship Id=\"rId{id}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet{id}.xml\"/>"
        )
        .unwrap();
        let xml = format!(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>"
        );
        parts.push((format!("xl/worksheets/sheet{id}.xml"), xml.into_bytes()));
    }
    let styles = "<styleSheet><fonts><font/></fonts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";
    parts.extend([
        ("_rels/.rels".to_owned(), b"<Relationships><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>".to_vec()),
        ("xl/workbook.xml".to_owned(), format!("<workbook xmlns:r=\"r\"><sheets>{list}</sheets></workbook>").into_bytes()),
        ("xl/_rels/workbook.xml.rels".to_owned(), format!("<Relationships>{relations}</Relationships>").into_bytes()),
        ("xl/styles.xml".to_owned(), styles.as_bytes().to_vec()),
    ]);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in
        parts.iter().map(|(name, content)| (name.as_str(), content.as_slice())).chain(more.iter().copied())
    {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Rows of a sheet from lines with `|` between the cells. A cell that begins with `=` is XML.
fn rows(text: &str) -> String {
    let mut xml = String::new();
    for (row, line) in text.lines().enumerate() {
        write!(xml, "<row r=\"{}\">", row + 1).unwrap();
        for (column, cell) in line.split('|').enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let place = format!("{}{}", char::from(b'A' + u8::try_from(column).unwrap()), row + 1);
            match cell.strip_prefix('=') {
                Some(value) => write!(xml, "<c r=\"{place}\" {value}</c>").unwrap(),
                None => write!(xml, "<c r=\"{place}\" t=\"inlineStr\"><is><t>{cell}</t></is></c>").unwrap(),
            }
        }
        xml.push_str("</row>");
    }
    xml
}

fn garden_rows() -> String {
    rows(
        "Plan d’action du potager\n\nN°|Mesure|Pilote|Échéance|Budget (€)|Statut\nSol\n\
         =><v>1</v>|Pailler les planches ; biner les allées|Ville\u{B}CPAS|= s=\"1\"><v>46203</v>|=><v>1234.5</v>|En cours\n\
         =><v>2</v>|Composter|École|||Réalisé\nEau\n=><v>3</v>|Creuser une mare|Ville|||À faire\n",
    )
    .replace('\u{B}', "\n")
}

#[test]
fn excel_files_are_plans() {
    let document = parsed("fr/potager.xlsx", &workbook(&[("Feuil1", garden_rows())], &[]));
    assert_eq!(codes(&document), Vec::<String>::new());
    let plan = plan(document);
    assert_is_garden_plan(&plan);
    assert_eq!(plan.measures.iter().map(|measure| measure.line).collect::<Vec<_>>(), [5, 6, 8]);
    assert_eq!(plan.measures[0].details.schedule_text.as_deref(), Some("2026-06-30"));
}

#[test]
fn the_sheet_is_the_first_or_the_named_one() {
    let notes = || ("Notes", rows("Jour|Heures\nLundi|9 h\n"));
    let bytes = workbook(&[notes(), ("Actions 2026", garden_rows())], &[]);
    let read_with = |defaults| parse("fr/potager.xlsx", &bytes, defaults, WriteState::Complete).unwrap();
    assert_eq!(codes(&read_with("")), ["SPREADSHEET_WITHOUT_MEASURES"]);
    assert_is_garden_plan(&plan(read_with("sheet: actions 2026")));
    let missing = read_with("sheet: Actions");
    assert_eq!(codes(&missing), ["SHEET_MISSING"]);
    assert!(missing.diagnostics[0].message.contains("Notes, Actions 2026"));
}

#[test]
fn rows_of_a_sheet_are_named_by_their_numbers() {
    let rows = garden_rows().replace("À faire", "Bof");
    let document = parsed("fr/potager.xlsx", &workbook(&[("Feuil1", rows)], &[]));
    assert_eq!(codes(&document), ["STATUS_UNKNOWN"]);
    assert_eq!(document.diagnostics[0].position.unwrap().line, 8);
    assert_eq!(document.diagnostics[0].excerpt.as_deref(), Some("3 | Creuser une mare | Ville |  |  | Bof"));
}

#[test]
fn values_of_formulas_are_read_and_nothing_is_executed() {
    let rows = garden_rows().replace("><v>2</v>", "><f>A5+1</f><v>2</v>");
    let bytes = workbook(&[("Feuil1", rows)], &[("xl/vbaProject.bin", b"code")]);
    let document = parsed("fr/potager.xlsm", &bytes);
    assert_eq!(codes(&document), ["SPREADSHEET_FORMULAS", "SPREADSHEET_MACROS"]);
    assert_is_garden_plan(&plan(document));
}

#[test]
fn protected_damaged_and_huge_workbooks_are_rejected_in_every_language() {
    let valid = workbook(&[("Feuil1", garden_rows())], &[]);
    let protected = [&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1][..], &[0; 600]].concat();
    let long = workbook(&[("a", "<row><c><v>1</v></c></row>".repeat(1_000_000))], &[]);
    let bomb = workbook(&[("a", " ".repeat(49 * 1024 * 1024))], &[]);
    assert!(long.len() < 5 * 1024 * 1024 && bomb.len() < 5 * 1024 * 1024);
    for (bytes, code) in [
        (&valid[..valid.len() / 2], "SPREADSHEET_DAMAGED"),
        (&protected, "SPREADSHEET_PROTECTED"),
        (&long, "SPREADSHEET_TOO_LONG"),
        (&bomb, "SPREADSHEET_TOO_LARGE"),
    ] {
        let mut messages: Vec<String> = Vec::new();
        for lang in ["fr", "nl", "en", "de"] {
            let document = parsed(&format!("{lang}/potager.xlsx"), bytes);
            assert!(document.content.is_none());
            assert_eq!(codes(&document), [code]);
            messages.push(document.diagnostics[0].message.clone());
        }
        messages.dedup();
        assert_eq!(messages.len(), 4);
    }
    let half = &valid[..valid.len() / 2];
    assert_eq!(parse("fr/a.xlsx", half, "", WriteState::MayGrow), None);
}

#[test]
fn a_cell_at_the_end_of_the_sheet_takes_no_memory_for_the_cells_before_it() {
    let far = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    let rows = format!("{}{far}", garden_rows());
    assert_is_garden_plan(&plan(parsed("fr/potager.xlsx", &workbook(&[("a", rows)], &[]))));
}
