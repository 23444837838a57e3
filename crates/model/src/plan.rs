//! A plan: a tree of categories, and numbered measures, each with a status.
//!
//! The terms are those of Kausal Watch (category, measure, status) and of the plans themselves (axis, objective).

mod details;
mod progress;
mod status;

use serde::{Deserialize, Serialize};

use crate::key::Slug;
use crate::language::Language;
use crate::rich_text::RichText;
pub use details::{Attribute, MeasureDetails, Money, Percentage, PercentageOutOfRange};
pub use progress::{Progress, ProgressCounter, StatusCount};
pub use status::MeasureStatus;

/// A plan as its document says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Title, language and other metadata of the plan.
    pub heading: PlanHeading,
    /// Every category, in document order: a parent before its children.
    pub categories: Vec<Category>,
    /// Every measure, in document order.
    pub measures: Vec<Measure>,
}

/// A plan without what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanHeading {
    /// Its name in a URL: without the year, which tells the editions of a plan apart.
    pub slug: Slug,
    /// Its title, as the document's first heading has it.
    pub title: String,
    /// Its language.
    pub lang: Language,
    /// The year in its title or front matter.
    pub year: Option<i32>,
    /// Key that the plan shares with its translations. `None` if it has no translations.
    pub translation_key: Option<String>,
    /// The name of its file without language and ending: `plan.nl.txt` and `plan.txt` have one. Given when it is published.
    pub stem: String,
    /// The identity of its numbers and of the categories that they stand in, the same in every language.
    pub outline: String,
    /// The footnotes that are defined, by number.
    pub footnotes: Vec<Footnote>,
    /// Explanations of marks such as the asterisk.
    pub notes: Vec<RichText>,
}

impl PlanHeading {
    /// Whether one is the other in another language: of one year, and with a translation key, slug or file name in common;
    /// or with the same numbers in the same categories.
    pub fn is_translation_of(&self, other: &Self) -> bool {
        let is_same = match (&self.translation_key, &other.translation_key) {
            (Some(own), Some(other)) => own == other,
            _ => {
                let has_stem = !self.stem.is_empty() && self.stem == other.stem;
                let has_outline = !self.outline.is_empty() && self.outline == other.outline;
                self.slug == other.slug || has_stem || has_outline
            }
        };
        is_same && self.year == other.year
    }
}

/// The levels of the tree, from the trunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum CategoryLevel {
    /// `AXE 2: …`
    Axis,
    /// `3. …`
    Objective,
    /// `b. …`
    Section,
    /// A row that is all bold.
    Group,
}

impl CategoryLevel {
    /// Every level, from the trunk.
    pub const ALL: [Self; 4] = [Self::Axis, Self::Objective, Self::Section, Self::Group];

    /// The name in upper case, as it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Axis => "AXIS",
            Self::Objective => "OBJECTIVE",
            Self::Section => "SECTION",
            Self::Group => "GROUP",
        }
    }

    /// The level of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// The labels from the axis down, joined by dots: `2`, `2.6`, `2.6.b`. A group counts from 1 in its place:
/// `2.6.b.g1`. Unique in a plan.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CategoryPath(String);

impl CategoryPath {
    /// The path of this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path of a category with this label below a parent.
    #[must_use]
    pub fn child(parent: Option<&Self>, label: &str) -> Self {
        parent.map_or_else(|| Self(label.to_owned()), |parent| Self(format!("{}.{label}", parent.0)))
    }
}

/// An axis, objective, section or group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Category {
    /// Level in the tree.
    pub level: CategoryLevel,
    /// The label as written: `2`, `b`. A group has none.
    pub label: Option<String>,
    /// Path in the tree, for example `2.6.b`.
    pub path: CategoryPath,
    /// Path of the parent category. `None` for an axis.
    pub parent: Option<CategoryPath>,
    /// The title without label, marks and footnote references.
    pub title: String,
    /// Numbers of the footnotes that its heading references.
    pub footnotes: Vec<u32>,
    /// The line of its heading, from 1.
    pub line: u32,
}

/// A measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Measure {
    /// The label if it is a whole number that is unique in the plan, else the position in the plan, from 1. Unique in
    /// the plan.
    pub number: u32,
    /// The label as written, without the word for `measure` and punctuation: `12`, `1.1.3`, `A1`, `Action 4.2`. By
    /// order if the document gives none. Unique in its category.
    pub label: String,
    /// Number of the measure that this one is a part of. `None` for a measure of the first level.
    pub parent: Option<u32>,
    /// The title without asterisk and footnote references.
    pub title: RichText,
    /// The status as every plan has it.
    pub status: MeasureStatus,
    /// The status as written, with normalised spaces. Empty if the document states none.
    pub status_text: String,
    /// The programme that the status names: `PPS`.
    pub programme: Option<String>,
    /// Marked as taken up under other axes.
    pub is_repeated: bool,
    /// The number of the first row of those that say the same thing, this one included; none where no other does.
    pub repeat_group: Option<u32>,
    /// The footnotes that its title or status call.
    pub footnotes: Vec<u32>,
    /// The innermost category that it stands in.
    pub category: CategoryPath,
    /// Responsible bodies, dates, budget and other fields.
    pub details: MeasureDetails,
    /// Its line, from 1.
    pub line: u32,
}

/// A footnote of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footnote {
    /// Its number.
    pub number: u32,
    /// Text of the footnote.
    pub text: RichText,
}
