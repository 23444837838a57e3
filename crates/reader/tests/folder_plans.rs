//! Plans with one file per measure.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../../../tests/support/skip.rs"]
mod skip;

use std::collections::BTreeSet;
use std::fs;

use passerelle_model::path::DocumentPath;
use passerelle_model::plan::{MeasureStatus, Plan};
use passerelle_model::reading::{Content, ParsedDocument};
use passerelle_reader::decode::WriteState;
use passerelle_reader::folder_defaults::FolderDefaults;
use passerelle_reader::folder_plan::{IncompleteMember, Member, read};

const SETTINGS: &str = "title: Plan des vergers\nslug: vergers\nlang: fr\nstatuses:\n  Idée: NOT_STARTED\n";

const MEASURES: [(&str, &str); 3] = [
    (
        "poiriers.md",
        "---\ntitle: Planter des poiriers\nnumber: 10\norientation: Planter\nstatut: En cours\nbudget: oui\n\
         montant: 12 000 €\npourcentage: 3%\nlayout: fiche\n---\n\n## Présentation\n\nDeux rangs de poiriers.\n\n\
         ## Porteur de projet\n\n- Ville\n- École\n\n## Partenaires\n\n- Cercle horticole\n",
    ),
    (
        "pommiers.md",
        "---\ntitle: Greffer des pommiers\nnumber: 9\norientation: Greffer\nstatut: Idée\n---\nTexte.\n",
    ),
    (
        "pruniers.md",
        "---\ntitle: Tailler les pruniers\nnumber: 11\norientation: Planter\nstatut: Réalisé\n---\n",
    ),
];

fn members(files: &[(&str, &str)]) -> Vec<Member> {
    let member = |(name, text): &(&str, &str)| Member {
        path: DocumentPath::parse(&format!("vergers/{name}")).unwrap(),
        content: Ok(text.as_bytes().to_vec()),
    };
    files.iter().map(member).collect()
}

fn parse(settings: &str, files: &[(&str, &str)]) -> ParsedDocument {
    let path = DocumentPath::parse("vergers/plan.yaml").unwrap();
    let defaults = FolderDefaults::default();
    read(&path, settings.as_bytes(), &members(files), &defaults, WriteState::Complete).unwrap()
}

fn plan(document: ParsedDocument) -> Plan {
    match document.content {
        Some(Content::Plan(plan)) => *plan,
        content => panic!("{content:?} {:?}", document.diagnostics),
    }
}

fn diagnostics(document: &ParsedDocument) -> Vec<(&str, &str)> {
    let told = document.diagnostics.iter();
    told.map(|diagnostic| (diagnostic.code.as_str(), diagnostic.message.as_str())).collect()
}

fn with(change: (&str, &str, &str)) -> Vec<(&'static str, String)> {
    let (file, old, new) = change;
    let changed = |(name, text): (&'static str, &str)| {
        (name, if name == file { text.replace(old, new) } else { text.to_owned() })
    };
    MEASURES.map(changed).to_vec()
}

fn parse_changed(change: (&str, &str, &str)) -> ParsedDocument {
    let files = with(change);
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    parse(SETTINGS, &files)
}

#[test]
fn files_of_a_folder_are_the_measures_of_one_plan() {
    let document = parse(SETTINGS, &MEASURES);
    assert_eq!(diagnostics(&document), []);
    let plan = plan(document);
    assert_eq!((plan.heading.title.as_str(), plan.heading.slug.as_str()), ("Plan des vergers", "vergers"));
    let measures: Vec<(u32, &str, MeasureStatus)> = plan
        .measures
        .iter()
        .map(|measure| (measure.number, measure.title.text.as_str(), measure.status))
        .collect();
    assert_eq!(
        measures,
        [
            (9, "Greffer des pommiers", MeasureStatus::NotStarted),
            (10, "Planter des poiriers", MeasureStatus::InProgress),
            (11, "Tailler les pruniers", MeasureStatus::Completed),
        ]
    );
    let categories: Vec<&str> = plan.categories.iter().map(|category| category.title.as_str()).collect();
    assert_eq!(categories, ["Greffer", "Planter"]);
    let details = &plan.measures[1].details;
    assert_eq!(details.responsible_parties, ["Ville", "École"]);
    assert_eq!(details.partners, ["Cercle horticole"]);
    assert_eq!(details.budget.as_ref().unwrap().hundredths, 1_200_000);
    assert_eq!(details.completion, None);
    assert!(details.description.as_ref().unwrap().text.contains("Deux rangs de poiriers."));
    let names: Vec<&str> = details.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
    assert_eq!(names, ["budget", "pourcentage"]);
}

#[test]
fn member_diagnostic_names_file_and_line() {
    let document = parse_changed(("pommiers.md", "Idée", "Bof"));
    let [(code, message)] = diagnostics(&document)[..] else { panic!("{document:?}") };
    assert_eq!(code, "STATUS_UNKNOWN");
    assert!(message.starts_with("Fichier «\u{a0}pommiers.md\u{a0}», ligne 5\u{a0}: "), "{message}");
    assert!(document.content.is_some());
}

#[test]
fn a_file_that_cannot_be_read_rejects_the_plan() {
    let document = parse_changed(("pommiers.md", "title: Greffer", "title: \"Greffer"));
    assert!(document.content.is_none());
    let (code, message) = diagnostics(&document)[0];
    assert_eq!(code, "FRONT_MATTER_INVALID");
    assert!(message.starts_with("Fichier «\u{a0}pommiers.md\u{a0}», ligne "), "{message}");
    assert!(parse("title: [\n", &MEASURES).content.is_none());
    assert_eq!(diagnostics(&parse(SETTINGS, &[]))[0].0, "PLAN_WITHOUT_MEASURES");
}

#[test]
fn equal_labels_are_told_in_both_files() {
    let document = parse_changed(("pruniers.md", "number: 11", "number: 10"));
    let found = diagnostics(&document);
    assert_eq!(found.len(), 2);
    for ((code, message), [own, other]) in
        found.iter().zip([["poiriers.md", "pruniers.md"], ["pruniers.md", "poiriers.md"]])
    {
        assert_eq!(*code, "PLAN_FILE_LABEL_TWICE");
        assert!(message.starts_with(&format!("Fichier «\u{a0}{own}\u{a0}»")), "{message}");
        assert!(message.contains(&format!("aussi dans «\u{a0}{other}\u{a0}»")), "{message}");
    }
}

#[test]
fn drafts_are_left_out_and_files_being_written_are_read_later() {
    let document = parse_changed(("pruniers.md", "number: 11", "number: 11\ndraft: true"));
    assert_eq!(diagnostics(&document)[0].0, "DRAFT");
    assert_eq!(plan(document).measures.len(), 2);
    let path = DocumentPath::parse("vergers/plan.yaml").unwrap();
    let mut files = members(&MEASURES);
    files[0].content = Ok("é".repeat(40).as_bytes()[..79].to_vec());
    let incomplete =
        read(&path, SETTINGS.as_bytes(), &files, &FolderDefaults::default(), WriteState::MayGrow);
    assert_eq!(incomplete, Err(IncompleteMember));
}

/// Two real plans with one file per measure.
#[test]
fn real_folders_are_one_plan_each() {
    let Some(seeds) = skip::seeds() else { return };
    for (folder, settings, count, statuses, categories) in [
        (
            "05-us-ogp-nap5",
            "title: Plan 5\nlang: en\n",
            8,
            [("COMPLETED", 3), ("IN_PROGRESS", 5)].as_slice(),
            0,
        ),
        ("b04-dinan-pcaet", "title: Plan climat\nlang: fr\n", 8, [("UNDEFINED", 8)].as_slice(), 5),
    ] {
        let folder = seeds.join("../plans").join(folder);
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        let files: BTreeSet<_> = entries.map(|entry| entry.unwrap().path()).collect();
        let member = |file: &std::path::PathBuf| Member {
            path: DocumentPath::parse(file.file_name().unwrap().to_str().unwrap()).unwrap(),
            content: Ok(fs::read(file).unwrap()),
        };
        let members: Vec<Member> = files.iter().map(member).collect();
        let path = DocumentPath::parse("plan.yaml").unwrap();
        let document =
            read(&path, settings.as_bytes(), &members, &FolderDefaults::default(), WriteState::Complete)
                .unwrap();
        println!("{:?}", diagnostics(&document));
        let plan = plan(document);
        for measure in &plan.measures {
            println!("{} {} {:?}", measure.label, measure.title.text, measure.details.responsible_parties);
        }
        assert_eq!(plan.measures.len(), count);
        for (status, count) in statuses {
            let found = plan.measures.iter().filter(|measure| measure.status.name() == *status).count();
            assert_eq!(found, *count, "{status}");
        }
        assert!(categories == 0 || plan.categories.len() == categories, "{:?}", plan.categories);
        assert!(plan.measures.iter().all(|measure| !measure.details.responsible_parties.is_empty()));
    }
}
