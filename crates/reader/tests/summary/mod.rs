//! Formats a parsed document as text that is easy to review in a snapshot.

use std::fmt::{self, Write};

use passerelle_model::asset::AssetMetadata;
use passerelle_model::document::TextEncoding;
use passerelle_model::page::{Block, BlockKind, Collection, Heading, Page, PageTarget};
use passerelle_model::path::DocumentPath;
use passerelle_model::placeholder::{Lookup, PlaceholderResolver, ResolvedPage};
use passerelle_model::plan::Plan;
use passerelle_model::reading::{Content, ParsedDocument};
use passerelle_model::service::SupportService;
use passerelle_text::fold::slugify;

/// Resolves every page except those with `gone` in their key. Files are missing.
struct SampleResolver;

impl PlaceholderResolver for SampleResolver {
    fn page(&self, target: &PageTarget) -> Lookup<ResolvedPage> {
        if target.key.as_str().contains("gone") {
            return Lookup::Missing;
        }
        let heading = target.heading.as_ref().map(|heading| format!("#{}", slugify(heading.as_str())));
        let url = format!("/{}/{}{}", target.lang, target.key, heading.unwrap_or_default());
        Lookup::Found(ResolvedPage { url, name: format!("The page {}", target.key) })
    }

    fn file(&self, _: &DocumentPath) -> Lookup<AssetMetadata> {
        Lookup::Missing
    }

    fn pages(&self, collection: &Collection) -> Lookup<Vec<ResolvedPage>> {
        let url = format!("/{}/{}/first", collection.lang, collection.name);
        Lookup::Found(vec![ResolvedPage { url, name: "First".to_owned() }])
    }
}

pub(crate) fn summarize(reading: &ParsedDocument) -> String {
    let mut output = String::new();
    write_reading(&mut output, reading).unwrap();
    output
}

fn write_reading(output: &mut String, reading: &ParsedDocument) -> fmt::Result {
    writeln!(output, "{} in {}", reading.kind.name(), reading.encoding.map_or("", TextEncoding::name))?;
    for diagnostic in &reading.diagnostics {
        let position = diagnostic.position.map(|at| format!("{}:{}", at.line, at.column)).unwrap_or_default();
        writeln!(output, "{} {} {position} {}", diagnostic.severity, diagnostic.code, diagnostic.message)?;
        if let Some(suggestion) = &diagnostic.suggestion {
            writeln!(output, "    {suggestion}")?;
        }
    }
    match &reading.content {
        None => writeln!(output, "\nrefused"),
        Some(Content::Plan(plan)) => write_plan(output, plan),
        Some(Content::Contract(contract)) => writeln!(output, "\n{contract:?}"),
        Some(Content::Page { page, service }) => {
            write_page(output, page)?;
            service.as_deref().map_or(Ok(()), |service| write_service(output, service))
        }
    }
}

fn write_plan(output: &mut String, plan: &Plan) -> fmt::Result {
    let heading = &plan.heading;
    writeln!(output, "\n{} ({} {} {:?})", heading.title, heading.slug, heading.lang, heading.year)?;
    for note in &heading.footnotes {
        writeln!(output, "[{}] {}", note.number, note.text.text)?;
    }
    for note in &heading.notes {
        writeln!(output, "[*] {}", note.text)?;
    }
    for category in &plan.categories {
        let depth = category.path.as_str().matches('.').count();
        let (indent, level) = ("  ".repeat(depth), category.level.name());
        writeln!(
            output,
            "{indent}{} {level} {} {:?}",
            category.path.as_str(),
            category.title,
            category.footnotes
        )?;
        for measure in plan.measures.iter().filter(|measure| measure.category == category.path) {
            let mark = if measure.is_repeated { " *" } else { "" };
            let group = measure.repeat_group.map(|group| format!(" ={group}")).unwrap_or_default();
            let number = measure.number;
            writeln!(output, "{indent}  {number}{mark}{group} {:?} @{}", measure.title.html, measure.line)?;
            let programme = measure.programme.as_deref().unwrap_or("-");
            let status = measure.status.name();
            writeln!(
                output,
                "{indent}    {status} {:?} {programme} {:?}",
                measure.status_text, measure.footnotes
            )?;
        }
    }
    Ok(())
}

fn write_page(output: &mut String, page: &Page) -> fmt::Result {
    writeln!(output, "\n{} ({} {}) {:?}", page.title, page.slug, page.lang, page.name)?;
    let created = page.created_at.map(|at| at.to_string());
    writeln!(output, "order {:?} created {created:?} tags {:?}", page.order, page.tags)?;
    writeln!(output, "navigation {:?}", page.navigation)?;
    writeln!(output, "front matter {}", serde_json::Value::Object(page.front_matter.clone()))?;
    writeln!(
        output,
        "images {:?}",
        page.images.iter().map(|image| (&image.src, &image.alt)).collect::<Vec<_>>()
    )?;
    for link in &page.links {
        writeln!(output, "link {:?} {:?} to {:?}", link.kind, link.label, link.destination)?;
    }
    writeln!(output, "{} words", page.word_count)?;
    writeln!(output, "\n--- blocks")?;
    write_blocks(output, &page.blocks, 0)?;
    writeln!(output, "--- contents")?;
    write_headings(output, &page.table_of_contents, 0)?;
    let content = page.content.fill_placeholders(&SampleResolver);
    writeln!(output, "--- html\n{}\n--- text\n{}", content.html, content.text)?;
    writeln!(output, "--- markdown\n{}", content.markdown)
}

fn write_blocks(output: &mut String, blocks: &[Block], depth: usize) -> fmt::Result {
    for block in blocks {
        let details = match &block.kind {
            BlockKind::RichText => String::new(),
            BlockKind::Callout { label } => label.clone(),
            BlockKind::Image(image) => format!("{:?}x{:?}", image.width, image.height),
            BlockKind::Link(link) => format!("{:?}", link.label),
            BlockKind::Embed { provider, destination, title } => {
                format!("{provider:?} {destination:?} {title:?}")
            }
            BlockKind::Section { args, .. }
            | BlockKind::Shortcode { args, .. }
            | BlockKind::Collection { args, .. } => serde_json::Value::Object(args.clone()).to_string(),
        };
        writeln!(output, "{}{} {details}", "  ".repeat(depth), block.id)?;
        write_blocks(output, &block.children, depth + 1)?;
    }
    Ok(())
}

fn write_headings(output: &mut String, headings: &[Heading], depth: usize) -> fmt::Result {
    for heading in headings {
        writeln!(output, "{}h{} {} #{}", "  ".repeat(depth), heading.level, heading.text, heading.anchor)?;
        write_headings(output, &heading.children, depth + 1)?;
    }
    Ok(())
}

fn write_service(output: &mut String, service: &SupportService) -> fmt::Result {
    writeln!(output, "--- service")?;
    writeln!(output, "{} {:?}", service.name, service.acronym)?;
    let facts = [
        ("organisation", &service.organisation),
        ("domain", &service.domain),
        ("authority", &service.authority),
        ("legal basis", &service.legal_basis),
        ("region", &service.region),
    ];
    for (name, fact) in facts {
        writeln!(output, "{name}: {fact:?}")?;
    }
    writeln!(output, "designated {:?}, renewed {:?}", service.designated_year, service.renewed_year)?;
    writeln!(output, "summary: {:?}", service.summary.text)?;
    writeln!(output, "definition: {:?}", service.definition.as_ref().map(|definition| &definition.text))?;
    for mission in &service.missions {
        writeln!(
            output,
            "{}. {}: {:?}",
            mission.position,
            mission.title,
            mission.description.fill_placeholders(&SampleResolver).text
        )?;
    }
    writeln!(output, "logo {:?}", service.logo.as_ref().map(|logo| &logo.src))
}
