//! A reading in a form that a person checks in a moment.

use std::fmt::{self, Write};

use passerelle_model::asset::AssetFacts;
use passerelle_model::page::{Block, BlockKind, Collection, Heading, Page, PageTarget};
use passerelle_model::path::DocumentPath;
use passerelle_model::plan::Plan;
use passerelle_model::reading::{Content, Reading};
use passerelle_model::service::SupportService;
use passerelle_model::slot::{Answer, PageAddress, Resolve};
use passerelle_text::fold::slugify;

/// A folder in which every page and file is where it is looked for, except those whose names say that they are gone.
struct Places;

impl Resolve for Places {
    fn page(&self, target: &PageTarget) -> Answer<PageAddress> {
        if target.key.contains("gone") {
            return Answer::Missing;
        }
        let heading = target.heading.as_deref().map(|heading| format!("#{}", slugify(heading)));
        let url = format!("/{}/{}{}", target.lang, target.key, heading.unwrap_or_default());
        Answer::Found(PageAddress { url, name: format!("The page {}", target.key) })
    }

    fn file(&self, _: &DocumentPath) -> Answer<AssetFacts> {
        Answer::Missing
    }

    fn pages(&self, collection: &Collection) -> Answer<Vec<PageAddress>> {
        let url = format!("/{}/{}/first", collection.lang, collection.name);
        Answer::Found(vec![PageAddress { url, name: "First".to_owned() }])
    }
}

pub(crate) fn of(reading: &Reading) -> String {
    let mut out = String::new();
    write_reading(&mut out, reading).unwrap();
    out
}

fn write_reading(out: &mut String, reading: &Reading) -> fmt::Result {
    writeln!(out, "{} in {}", reading.kind.name(), reading.encoding)?;
    for told in &reading.diagnostics {
        let at = told.position.map(|at| format!("{}:{}", at.line, at.column)).unwrap_or_default();
        writeln!(out, "{} {} {at} {}", told.severity, told.code, told.message)?;
        if let Some(suggestion) = &told.suggestion {
            writeln!(out, "    {suggestion}")?;
        }
    }
    match &reading.content {
        None => writeln!(out, "\nrefused"),
        Some(Content::Plan(plan)) => write_plan(out, plan),
        Some(Content::Page { page, service }) => {
            write_page(out, page)?;
            service.as_deref().map_or(Ok(()), |service| write_service(out, service))
        }
    }
}

fn write_plan(out: &mut String, plan: &Plan) -> fmt::Result {
    let heading = &plan.heading;
    writeln!(out, "\n{} ({} {} {:?})", heading.title, heading.slug, heading.lang, heading.year)?;
    for note in &heading.footnotes {
        writeln!(out, "[{}] {}", note.number, note.text.text)?;
    }
    for note in &heading.notes {
        writeln!(out, "[*] {}", note.text)?;
    }
    for category in &plan.categories {
        let depth = category.path.as_str().matches('.').count();
        let (indent, level) = ("  ".repeat(depth), category.level.name());
        writeln!(
            out,
            "{indent}{} {level} {} {:?}",
            category.path.as_str(),
            category.title,
            category.footnotes
        )?;
        for measure in plan.measures.iter().filter(|measure| measure.category == category.path) {
            let mark = if measure.is_repeated { " *" } else { "" };
            let group = measure.repeat_group.map(|group| format!(" ={group}")).unwrap_or_default();
            let number = measure.number;
            writeln!(out, "{indent}  {number}{mark}{group} {:?} @{}", measure.title.html, measure.line)?;
            let programme = measure.programme.as_deref().unwrap_or("-");
            let status = measure.status.name();
            writeln!(
                out,
                "{indent}    {status} {:?} {programme} {:?}",
                measure.status_text, measure.footnotes
            )?;
        }
    }
    Ok(())
}

fn write_page(out: &mut String, page: &Page) -> fmt::Result {
    writeln!(out, "\n{} ({} {}) {:?}", page.title, page.slug, page.lang, page.name)?;
    let created = page.created_at.map(|at| at.to_string());
    writeln!(out, "order {:?} created {created:?} tags {:?}", page.order, page.tags)?;
    writeln!(out, "navigation {:?}", page.navigation)?;
    writeln!(out, "front matter {}", serde_json::Value::Object(page.front_matter.clone()))?;
    writeln!(
        out,
        "images {:?}",
        page.images.iter().map(|image| (&image.src, &image.alt)).collect::<Vec<_>>()
    )?;
    for link in &page.links {
        writeln!(out, "link {:?} {:?} to {:?}", link.kind, link.label, link.destination)?;
    }
    writeln!(out, "{} words", page.word_count)?;
    writeln!(out, "\n--- blocks")?;
    write_blocks(out, &page.blocks, 0)?;
    writeln!(out, "--- contents")?;
    write_headings(out, &page.table_of_contents, 0)?;
    let content = page.content.filled(&Places);
    writeln!(out, "--- html\n{}\n--- text\n{}", content.html, content.text)?;
    writeln!(out, "--- markdown\n{}", content.markdown)
}

fn write_blocks(out: &mut String, blocks: &[Block], depth: usize) -> fmt::Result {
    for block in blocks {
        let what = match &block.kind {
            BlockKind::RichText => String::new(),
            BlockKind::Callout { label } => label.clone(),
            BlockKind::Image(image) => format!("{:?}x{:?}", image.width, image.height),
            BlockKind::Link(link) => format!("{:?}", link.label),
            BlockKind::Section { args, .. }
            | BlockKind::Shortcode { args, .. }
            | BlockKind::Collection { args, .. } => serde_json::Value::Object(args.clone()).to_string(),
        };
        writeln!(out, "{}{} {what}", "  ".repeat(depth), block.id)?;
        write_blocks(out, &block.children, depth + 1)?;
    }
    Ok(())
}

fn write_headings(out: &mut String, headings: &[Heading], depth: usize) -> fmt::Result {
    for heading in headings {
        writeln!(out, "{}h{} {} #{}", "  ".repeat(depth), heading.level, heading.text, heading.anchor)?;
        write_headings(out, &heading.children, depth + 1)?;
    }
    Ok(())
}

fn write_service(out: &mut String, service: &SupportService) -> fmt::Result {
    writeln!(out, "--- service")?;
    writeln!(out, "{} {:?}", service.name, service.acronym)?;
    let facts = [
        ("organisation", &service.organisation),
        ("domain", &service.domain),
        ("authority", &service.authority),
        ("legal basis", &service.legal_basis),
        ("region", &service.region),
    ];
    for (name, fact) in facts {
        writeln!(out, "{name}: {fact:?}")?;
    }
    writeln!(out, "designated {:?}, renewed {:?}", service.designated_year, service.renewed_year)?;
    writeln!(out, "summary: {:?}", service.summary.text)?;
    writeln!(out, "definition: {:?}", service.definition.as_ref().map(|definition| &definition.text))?;
    for mission in &service.missions {
        writeln!(
            out,
            "{}. {}: {:?}",
            mission.position,
            mission.title,
            mission.description.filled(&Places).text
        )?;
    }
    writeln!(out, "logo {:?}", service.logo.as_ref().map(|logo| &logo.src))
}
