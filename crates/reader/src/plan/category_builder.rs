//! Builds the tree of categories of a plan from its headings.

use std::collections::HashMap;

use passerelle_model::diagnostic::{DiagnosticKind, Finding};
use passerelle_model::plan::{Category, CategoryLevel, CategoryPath};
use passerelle_model::position::Position;
use passerelle_text::fold::fold;

use super::label::LabelledHeading;
use super::table_of_contents::TableOfContents;
use super::title;

/// Label of the axis for measures without an axis.
const UNNUMBERED_AXIS_LABEL: &str = "0";

/// Builder of the categories. A category is open while its measures are being read.
#[derive(Debug, Default)]
pub(super) struct CategoryBuilder {
    /// The title of the plan.
    pub(super) title: Option<String>,
    /// Every category, in document order.
    pub(super) categories: Vec<Category>,
    /// Titles from the table of contents.
    pub(super) contents: TableOfContents,
    /// Diagnostics so far.
    pub(super) findings: Vec<Finding>,
    /// True if the levels of headings mean nothing: those without a label are below the axis before them.
    pub(super) is_flat: bool,
    /// Index of each category by path.
    by_path: HashMap<CategoryPath, usize>,
    /// Number of categories without a label below each category.
    unlabelled: HashMap<Option<CategoryPath>, u32>,
    /// Number of variants per path.
    counts: HashMap<CategoryPath, u32>,
    /// Index of each category without a label that a heading opened, by its parent and its folded title.
    by_heading: HashMap<(Option<CategoryPath>, String), usize>,
    /// The open category of each level, from the axis down.
    open: [Option<usize>; 4],
    /// The level of the Markdown heading that opened each of them.
    heading_levels: [u8; 4],
}

/// Level of the headings in a text without `#`: they are below all other headings.
pub(super) const PARAGRAPH_LEVEL: u8 = 7;

impl CategoryBuilder {
    /// Opens an axis, objective or section. `level` is that of its Markdown heading.
    pub(super) fn open_category(&mut self, heading: LabelledHeading, level: u8, line: u32) {
        // Every heading is below an axis that is a paragraph.
        let is_axis_in_text = heading.level == CategoryLevel::Axis && level == PARAGRAPH_LEVEL;
        let level = if is_axis_in_text { 0 } else { level };
        if heading.level != CategoryLevel::Axis && self.open[0].is_none() {
            self.open_unnumbered_axis(line);
        }
        let depth = heading.level as usize;
        let parent = self.open[..depth].iter().rev().find_map(|open| *open);
        let parent = parent.map(|index| self.categories[index].path.clone());
        let mut path = CategoryPath::child(parent.as_ref(), &heading.label);
        if let Some(index) = self.by_path.get(&path).copied() {
            // A heading that is repeated after a page break continues its category.
            if fold(&self.categories[index].title) == fold(&heading.title) {
                self.set_open(depth, index, level);
                return;
            }
            let kind = DiagnosticKind::DuplicateCategory { path: path.as_str().to_owned() };
            self.findings.push(Finding::at(Position::line(line), kind));
            path = self.unused_path(&path);
        }
        if let Some(entry) = self.contents.find_mismatch(heading.level, path.as_str(), &heading.title) {
            let kind = DiagnosticKind::TableOfContentsMismatch {
                heading: heading.title.clone(),
                entry: entry.to_owned(),
            };
            self.findings.push(Finding::at(Position::line(line), kind));
        }
        let label = Some(heading.label);
        let category = Category {
            level: heading.level,
            label,
            path,
            parent,
            title: heading.title,
            footnotes: heading.footnote_refs,
            line,
        };
        self.push_category(depth, category, level);
    }

    /// Opens the category of a heading without a label, below the last category with a higher heading, and at
    /// most at a depth.
    ///
    /// A heading that is repeated after a page break continues its category.
    pub(super) fn open_heading(&mut self, title: &str, level: u8, line: u32, deepest: usize) {
        let (title, footnotes) = title::extract_footnote_refs(title);
        let title = title::remove_emphasis_markers(&title);
        let is_above = |depth: &usize| self.open[*depth].is_some() && self.heading_levels[*depth] < level;
        let depth = (0..=deepest).rev().find(is_above).map_or(0, |above| (above + 1).min(deepest));
        let depth = depth.max(usize::from((self.is_flat || deepest == 0) && self.open[0].is_some()));
        let parent = self.open[..depth].iter().rev().find_map(|open| *open);
        let parent = parent.map(|index| self.categories[index].path.clone());
        let key = (parent.clone(), fold(&title));
        if let Some(index) = self.by_heading.get(&key).copied() {
            self.set_open(depth, index, level);
            return;
        }
        let path = self.path_without_label(parent.as_ref());
        self.by_heading.insert(key, self.categories.len());
        let category =
            Category { level: CategoryLevel::ALL[depth], label: None, path, parent, title, footnotes, line };
        self.push_category(depth, category, level);
    }

    /// The next path below a category, or at the top. No label looks like its last part, so it is never the
    /// path of a category with a label.
    fn path_without_label(&mut self, parent: Option<&CategoryPath>) -> CategoryPath {
        let count = self.unlabelled.entry(parent.cloned()).or_default();
        *count += 1;
        CategoryPath::child(parent, &format!("g{count}"))
    }

    /// Opens a group.
    pub(super) fn open_group(&mut self, title: &str, line: u32) {
        let (title, footnote_refs) = title::extract_footnote_refs(title);
        if self.open[0].is_none() {
            self.open_unnumbered_axis(line);
        }
        let parent = self.open[..3]
            .iter()
            .rev()
            .find_map(|open| *open)
            .map(|index| self.categories[index].path.clone());
        let path = self.path_without_label(parent.as_ref());
        let level = CategoryLevel::Group;
        let category = Category {
            level,
            label: None,
            path,
            parent,
            title: title::remove_emphasis_markers(&title),
            footnotes: footnote_refs,
            line,
        };
        self.push_category(3, category, PARAGRAPH_LEVEL);
    }

    fn open_unnumbered_axis(&mut self, line: u32) {
        self.findings.push(Finding::at(Position::line(line), DiagnosticKind::MeasureWithoutAxis));
        let title = self.title.clone().unwrap_or_else(|| "—".to_owned());
        let path = CategoryPath::child(None, UNNUMBERED_AXIS_LABEL);
        let category = Category {
            level: CategoryLevel::Axis,
            label: None,
            path,
            parent: None,
            title,
            footnotes: Vec::new(),
            line,
        };
        self.push_category(0, category, 0);
    }

    fn push_category(&mut self, depth: usize, category: Category, level: u8) {
        self.by_path.insert(category.path.clone(), self.categories.len());
        self.categories.push(category);
        self.set_open(depth, self.categories.len() - 1, level);
    }

    fn set_open(&mut self, depth: usize, index: usize, level: u8) {
        self.open[depth] = Some(index);
        self.heading_levels[depth] = level;
        self.open[depth + 1..].fill(None);
    }

    fn unused_path(&mut self, path: &CategoryPath) -> CategoryPath {
        loop {
            let count = self.counts.entry(path.clone()).or_insert(1);
            *count += 1;
            let candidate = path.variant(*count);
            if !self.by_path.contains_key(&candidate) {
                return candidate;
            }
        }
    }

    /// The innermost open category.
    pub(super) fn current_path(&mut self, line: u32) -> CategoryPath {
        if self.open[0].is_none() {
            self.open_unnumbered_axis(line);
        }
        let index = self.open.iter().rev().find_map(|open| *open).unwrap_or(0);
        self.categories[index].path.clone()
    }
}
