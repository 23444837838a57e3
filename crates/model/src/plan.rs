//! A plan: a tree of categories, and numbered measures, each with a status.
//!
//! The terms are those of Kausal Watch (category, measure, status) and of the plans themselves (axis,
//! objective).

mod details;
mod progress;
mod status;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::checksum::Checksum;
use crate::key::{Slug, TranslationKey};
use crate::language::Language;
use crate::path::DocumentPath;
use crate::rich_text::RichText;
pub use details::{Attribute, MeasureDetails, Money, Percentage, PercentageOutOfRange};
pub use progress::{Progress, ProgressCounter, StatusCount};
pub use status::MeasureStatus;

/// A parsed plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Title, language and other metadata of the plan.
    pub heading: PlanHeading,
    /// All categories in document order, each parent before its children.
    pub categories: Vec<Category>,
    /// All measures in document order.
    pub measures: Vec<Measure>,
}

/// Metadata of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanHeading {
    /// URL name. It excludes the year, so all editions of a plan share it.
    pub slug: Slug,
    /// Text of the first heading.
    pub title: String,
    /// Language of the document.
    pub lang: Language,
    /// Year from the title or the front matter. `None` if neither has one.
    pub year: Option<i32>,
    /// Key that the plan shares with its translations. `None` if it has no translations.
    pub translation_key: Option<TranslationKey>,
    /// Defined footnotes, ordered by number.
    pub footnotes: Vec<Footnote>,
    /// Explanations of marks, for example of the asterisk.
    pub notes: Vec<RichText>,
}

impl Plan {
    /// Returns a checksum of the measure labels and their categories. It is equal for all translations of a
    /// plan.
    pub fn outline(&self) -> Checksum {
        let mut outline = String::new();
        for measure in &self.measures {
            outline.push_str(measure.category.as_str());
            outline.push('#');
            outline.push_str(&measure.label);
            outline.push('\n');
        }
        Checksum::of(outline.as_bytes())
    }
}

/// Name of a plan's file without language and extension, the same for `plan.nl.txt` and `plan.txt`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlanStem(String);

impl PlanStem {
    /// Returns the stem of a file: `plan` for `fr/plan.nl.txt`. `None` if nothing is before the language.
    pub fn of(path: &DocumentPath) -> Option<Self> {
        let stem = path.stem();
        let named = stem
            .rsplit_once(['.', '_', '-'])
            .filter(|(_, tag)| tag.len() == 2 && Language::from_tag(tag).is_some());
        Self::from_stored(named.map_or(stem, |(stem, _)| stem))
    }

    /// Returns the stem that [`PlanStem::as_str`] gave. `None` for an empty text.
    pub fn from_stored(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// Returns the stem as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Level of a category, the axis at the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum CategoryLevel {
    /// Top level, for example the heading `AXE 2: …`.
    Axis,
    /// Second level, for example the heading `3. …`.
    Objective,
    /// Third level, for example the heading `b. …`.
    Section,
    /// Lowest level: measures below a heading without a label.
    Group,
}

impl CategoryLevel {
    /// Every level, from the top down.
    pub const ALL: [Self; 4] = [Self::Axis, Self::Objective, Self::Section, Self::Group];

    /// Returns the upper-case name that the database and the API use, for example `AXIS`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Axis => "AXIS",
            Self::Objective => "OBJECTIVE",
            Self::Section => "SECTION",
            Self::Group => "GROUP",
        }
    }

    /// Inverse of [`CategoryLevel::name`]. Returns `None` for an unknown name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// Labels from the axis down, joined by dots: `2`, `2.6`, `2.6.b`. Groups are numbered from 1 in their
/// parent: `2.6.b.g1`. Unique in a plan.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CategoryPath(String);

/// The text is not a path of labels: a label is empty.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is not a path of labels with dots between them")]
pub struct InvalidCategoryPath(String);

impl CategoryPath {
    /// Parses labels with dots between them.
    pub fn parse(text: &str) -> Result<Self, InvalidCategoryPath> {
        if text.split('.').any(str::is_empty) {
            return Err(InvalidCategoryPath(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns the path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Appends a label to the path of the parent. Without a parent, the path is the label. A dot in the label
    /// becomes `-`, and so does an empty label.
    #[must_use]
    pub fn child(parent: Option<&Self>, label: &str) -> Self {
        let label = if label.is_empty() { "-".to_owned() } else { label.replace('.', "-") };
        parent.map_or_else(|| Self(label.clone()), |parent| Self(format!("{}.{label}", parent.0)))
    }

    /// Returns the path of a further category with the same labels, for example `2.6-2`.
    #[must_use]
    pub fn variant(&self, count: u32) -> Self {
        Self(format!("{}-{count}", self.0))
    }
}

impl TryFrom<String> for CategoryPath {
    type Error = InvalidCategoryPath;

    fn try_from(text: String) -> Result<Self, InvalidCategoryPath> {
        Self::parse(&text)
    }
}

impl From<CategoryPath> for String {
    fn from(path: CategoryPath) -> Self {
        path.0
    }
}

/// An axis, objective, section or group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Category {
    /// Level in the tree.
    pub level: CategoryLevel,
    /// Label as written, for example `2` or `b`. `None` for a group.
    pub label: Option<String>,
    /// Path in the tree, for example `2.6.b`.
    pub path: CategoryPath,
    /// Path of the parent category. `None` for an axis.
    pub parent: Option<CategoryPath>,
    /// Title without label, marks and footnote references.
    pub title: String,
    /// Numbers of the footnotes that the heading references.
    pub footnotes: Vec<u32>,
    /// Line of the heading, from 1.
    pub line: u32,
}

/// A measure of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Measure {
    /// Number of the measure, unique in the plan. It is the label if that is a unique whole number, else
    /// the position in the plan, from 1.
    pub number: u32,
    /// Label as written, without the word for `measure` and punctuation: `12`, `1.1.3`, `A1`, `Action 4.2`.
    /// If the document gives none, the position in the category. Unique in its category.
    pub label: String,
    /// Number of the measure that this measure belongs to. `None` at the first level.
    pub parent: Option<u32>,
    /// Title without asterisk and footnote references.
    pub title: RichText,
    /// Normalized status.
    pub status: MeasureStatus,
    /// Status as written, with normalized spaces. Empty if the document states none.
    pub status_text: String,
    /// Programme that the status names, for example `PPS`. `None` if it names none.
    pub programme: Option<String>,
    /// True if an asterisk marks the measure as repeated under other axes.
    pub is_repeated: bool,
    /// Number of the first measure with the same text. `None` if no other measure has this text.
    pub repeat_group: Option<u32>,
    /// Numbers of the footnotes that the title or the status references.
    pub footnotes: Vec<u32>,
    /// Path of the innermost category.
    pub category: CategoryPath,
    /// Responsible bodies, dates, budget and other fields.
    pub details: MeasureDetails,
    /// Line in the document, from 1.
    pub line: u32,
}

/// A footnote of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footnote {
    /// Number of the footnote.
    pub number: u32,
    /// Text of the footnote.
    pub text: RichText,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn category_paths_are_labels_with_dots_between_them() {
        for text in ["2", "2.6", "2.6.b.g1", "0-2"] {
            assert_eq!(CategoryPath::parse(text).map(String::from).as_deref(), Ok(text));
        }
        for text in ["", ".", "..", "2.", ".6", "2..b"] {
            assert!(CategoryPath::parse(text).is_err(), "{text:?}");
            assert!(serde_json::from_value::<CategoryPath>(text.into()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn every_label_gives_a_category_path() {
        let axis = CategoryPath::child(None, "2");
        for label in ["6", "b", "6.1", "", "."] {
            let path = CategoryPath::child(Some(&axis), label);
            assert_eq!(path.as_str().split('.').count(), 2, "{label:?}");
            assert_eq!(CategoryPath::parse(path.variant(2).as_str()), Ok(path.variant(2)));
        }
    }
}
