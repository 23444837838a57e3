//! Published objects: parsed content with stable keys.

use crate::checksum::Checksum;
use crate::key::{CategoryKey, DocumentKey, MeasureKey, PageKey, PlanKey, ServiceKey};
use crate::page::Page;
use crate::path::{DocumentPath, FolderPath};
use crate::plan::{CategoryLevel, CategoryPath, MeasureDetails, MeasureStatus, PlanHeading, PlanStem};
use crate::rich_text::RichText;
use crate::service::SupportService;
use crate::timestamp::Timestamp;

/// A plan with its keys, without categories and measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedPlan {
    /// Stable key of the plan.
    pub key: PlanKey,
    /// Document that contains the plan.
    pub document: DocumentKey,
    /// Title, language and other metadata of the plan.
    pub heading: PlanHeading,
    /// Stem of the file. `None` if it has no name before its language.
    pub stem: Option<PlanStem>,
    /// Checksum of the outline, see [`Plan::outline`](crate::plan::Plan::outline). `None` for a plan that was
    /// stored without one.
    pub outline: Option<Checksum>,
    /// Time of the last change of the metadata. For a plan that never changed, the time of its file.
    pub updated_at: Timestamp,
}

impl PublishedPlan {
    /// Returns true if both plans are translations of each other.
    ///
    /// The year must be equal. If both have a translation key, the keys decide. Otherwise the slug, the
    /// file name or the outline must be equal.
    pub fn is_translation_of(&self, other: &Self) -> bool {
        let (own, others) = (&self.heading, &other.heading);
        let is_same = match (&own.translation_key, &others.translation_key) {
            (Some(own), Some(other)) => own == other,
            _ => {
                let has_stem = self.stem.is_some() && self.stem == other.stem;
                let has_outline = self.outline.is_some() && self.outline == other.outline;
                own.slug == others.slug || has_stem || has_outline
            }
        };
        is_same && own.year == others.year
    }
}

/// A category with its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedCategory {
    /// Stable key of the category.
    pub key: CategoryKey,
    /// Plan that contains the category.
    pub plan: PlanKey,
    /// Parent category. `None` for an axis.
    pub parent: Option<CategoryKey>,
    /// Level in the tree.
    pub level: CategoryLevel,
    /// Label as written, for example `2` or `b`. `None` for a group.
    pub label: Option<String>,
    /// Path in the tree, for example `2.6.b`.
    pub path: CategoryPath,
    /// Title without the label.
    pub title: String,
    /// Numbers of the footnotes that the heading references.
    pub footnotes: Vec<u32>,
    /// Sort key in document order. It increases with gaps.
    pub position: i64,
}

/// Ancestor categories of a measure, at most one per level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lineage {
    /// Category of level `AXIS`.
    pub axis: CategoryKey,
    /// Category of level `OBJECTIVE`, if any.
    pub objective: Option<CategoryKey>,
    /// Category of level `SECTION`, if any.
    pub section: Option<CategoryKey>,
    /// Category of level `GROUP`, if any.
    pub group: Option<CategoryKey>,
}

/// A measure with its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedMeasure {
    /// Stable key of the measure.
    pub key: MeasureKey,
    /// Plan that contains the measure.
    pub plan: PlanKey,
    /// Innermost category.
    pub category: CategoryKey,
    /// Categories of all levels.
    pub lineage: Lineage,
    /// Number, unique in the plan.
    pub number: u32,
    /// Label as written, for example `1.1.3`. Unique in its category.
    pub label: String,
    /// Number of the measure that this measure belongs to. `None` at the first level.
    pub parent: Option<u32>,
    /// Sort key in document order. It increases with gaps.
    pub position: i64,
    /// Title without asterisk and footnote references.
    pub title: RichText,
    /// Normalized status.
    pub status: MeasureStatus,
    /// Status as written. Empty if the document states none.
    pub status_text: String,
    /// Programme that the status names, for example `PPS`. `None` if it names none.
    pub programme: Option<String>,
    /// True if an asterisk marks the measure as repeated under other axes.
    pub is_repeated: bool,
    /// Number of the first measure with the same text. `None` if no other measure has this text.
    pub repeat_group: Option<u32>,
    /// Numbers of the footnotes that the title or the status references.
    pub footnotes: Vec<u32>,
    /// Responsible bodies, dates, budget and other fields.
    pub details: MeasureDetails,
    /// Time of the last change of any field. For a measure that never changed, the time of its file.
    pub updated_at: Timestamp,
}

/// A page with its keys.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedPage {
    /// Stable key of the page.
    pub key: PageKey,
    /// Document that contains the page.
    pub document: DocumentKey,
    /// Support service that the page describes. `None` if it describes none.
    pub service: Option<ServiceKey>,
    /// Folder of the document.
    pub folder: FolderPath,
    /// Path of the document. `None` in rows of versions that did not store it.
    pub path: Option<DocumentPath>,
    /// Content of the page.
    pub page: Page,
    /// Time of the last change of the content. For a page that never changed, the time in its front matter or
    /// of its file.
    pub updated_at: Timestamp,
}

impl PublishedPage {
    /// Returns true if the content differs. Keywords are ignored, because they are derived from the content.
    /// So is the name of the file.
    pub fn content_differs(&self, other: &Self) -> bool {
        let with_same_terms = || {
            let mut page = self.clone();
            page.page.terms.clone_from(&other.page.terms);
            page.path.clone_from(&other.path);
            page
        };
        self != other && *other != with_same_terms()
    }
}

/// A support service with its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedService {
    /// Stable key of the support service.
    pub key: ServiceKey,
    /// Page that describes the support service.
    pub page: PageKey,
    /// Content of the support service.
    pub service: SupportService,
}
