//! Entry of the search index.

use passerelle_model::key::{CategoryKey, MeasureKey, PageKey, PlanKey};
use passerelle_model::language::Language;
use passerelle_model::page::Heading;
use passerelle_model::plan::{CategoryLevel, CategoryPath, MeasureDetails};
use passerelle_model::published::PublishedService;

use crate::row_id::RowId;

/// Types of searchable objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SearchKind {
    /// A measure of a plan.
    Measure,
    /// A category of a plan.
    Category,
    /// A page.
    Page,
    /// A support service.
    SupportService,
}

impl SearchKind {
    /// Every kind, in the order of the facet counts.
    pub const ALL: [Self; 4] = [Self::Measure, Self::Category, Self::Page, Self::SupportService];
}

/// A searchable object and its row. The content of a row never changes.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchEntry {
    /// Id of the row.
    pub row_id: RowId,
    /// Language of the text.
    pub lang: Language,
    /// Text and metadata of the entry.
    pub content: SearchContent,
}

/// Text and metadata of a search entry.
#[derive(Clone, Debug, PartialEq)]
pub enum SearchContent {
    /// A measure.
    Measure {
        /// Key of the measure.
        key: MeasureKey,
        /// Plan that contains the measure.
        plan: PlanKey,
        /// Number of the measure.
        number: u32,
        /// Label as written. It is the number for most plans.
        label: String,
        /// Title of the measure.
        title: String,
        /// Programme that the status names. `None` if it names none.
        programme: Option<String>,
        /// Bodies, description and other columns.
        details: Box<MeasureDetails>,
    },
    /// A category.
    Category {
        /// Key of the category.
        key: CategoryKey,
        /// Plan that contains the category.
        plan: PlanKey,
        /// Level in the tree.
        level: CategoryLevel,
        /// Path in the tree.
        path: CategoryPath,
        /// Title of the category.
        title: String,
    },
    /// A page.
    Page {
        /// Key of the page.
        key: PageKey,
        /// Title of the page.
        title: String,
        /// Short name from the front matter. `None` if it has none.
        name: Option<String>,
        /// Tags from the front matter.
        tags: Vec<String>,
        /// Headings as a tree.
        headings: Vec<Heading>,
        /// Plain text of the body.
        text: String,
    },
    /// A support service.
    SupportService(Box<PublishedService>),
}

impl SearchContent {
    /// Returns the kind of the object.
    pub fn kind(&self) -> SearchKind {
        match self {
            Self::Measure { .. } => SearchKind::Measure,
            Self::Category { .. } => SearchKind::Category,
            Self::Page { .. } => SearchKind::Page,
            Self::SupportService(_) => SearchKind::SupportService,
        }
    }
}
