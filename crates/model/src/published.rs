//! Things as they are served: what a document says, under the keys that it is known by.

use crate::key::{CategoryKey, DocumentKey, MeasureKey, PageKey, PlanKey, ServiceKey};
use crate::page::Page;
use crate::plan::{CategoryLevel, CategoryPath, MeasureStatus, PlanHeading};
use crate::rich_text::RichText;
use crate::service::SupportService;
use crate::timestamp::Timestamp;

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedPlan {
    /// Its key.
    pub key: PlanKey,
    /// The document that it comes from.
    pub document: DocumentKey,
    /// Title, language and other metadata of the plan.
    pub heading: PlanHeading,
    /// Time of the last change of the metadata.
    pub updated_at: Timestamp,
}

/// A category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedCategory {
    /// Its key.
    pub key: CategoryKey,
    /// Its plan.
    pub plan: PlanKey,
    /// Parent category. `None` for an axis.
    pub parent: Option<CategoryKey>,
    /// Level in the tree.
    pub level: CategoryLevel,
    /// The label as written. None for a group.
    pub label: Option<String>,
    /// Path in the tree, for example `2.6.b`.
    pub path: CategoryPath,
    /// Its title.
    pub title: String,
    /// The footnotes that it calls.
    pub footnotes: Vec<u32>,
    /// Its place in document order: larger is later; gaps mean nothing.
    pub position: i64,
}

/// The categories that a measure stands in, one a level at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lineage {
    /// The axis.
    pub axis: CategoryKey,
    /// The objective.
    pub objective: Option<CategoryKey>,
    /// The section.
    pub section: Option<CategoryKey>,
    /// The group.
    pub group: Option<CategoryKey>,
}

/// A measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedMeasure {
    /// Its key.
    pub key: MeasureKey,
    /// Its plan.
    pub plan: PlanKey,
    /// The innermost category that it stands in.
    pub category: CategoryKey,
    /// All of them.
    pub lineage: Lineage,
    /// Its number.
    pub number: u32,
    /// Its place in document order: larger is later; gaps mean nothing.
    pub position: i64,
    /// Its title.
    pub title: RichText,
    /// Its status.
    pub status: MeasureStatus,
    /// Its status as written.
    pub status_text: String,
    /// The programme that its status names.
    pub programme: Option<String>,
    /// Marked as taken up under other axes.
    pub is_repeated: bool,
    /// The number of the first row of those that say the same thing, this one included; none where no other does.
    pub repeat_group: Option<u32>,
    /// The footnotes that it calls.
    pub footnotes: Vec<u32>,
    /// Time of the last change of any field.
    pub updated_at: Timestamp,
}

/// A page.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedPage {
    /// Its key.
    pub key: PageKey,
    /// The document that it comes from.
    pub document: DocumentKey,
    /// The service that it describes, if it describes one.
    pub service: Option<ServiceKey>,
    /// The folder of its document; empty at the top.
    pub folder: String,
    /// Content of the page.
    pub page: Page,
    /// Time of the last change of the content.
    pub updated_at: Timestamp,
}

impl PublishedPage {
    /// Whether a page says something else than another. How it is looked for in the words of measures is no part of that.
    pub fn content_differs(&self, other: &Self) -> bool {
        let with_same_terms = || {
            let mut page = self.clone();
            page.page.terms.clone_from(&other.page.terms);
            page
        };
        self != other && *other != with_same_terms()
    }
}

/// A support service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedService {
    /// Its key.
    pub key: ServiceKey,
    /// The page that describes it.
    pub page: PageKey,
    /// Content of the support service.
    pub service: SupportService,
}
