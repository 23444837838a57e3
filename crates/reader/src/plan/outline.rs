//! The tree of a plan, as its headings open it.

use std::collections::HashMap;

use passerelle_model::diagnostic::{Fault, Finding};
use passerelle_model::plan::{Category, CategoryLevel, CategoryPath};
use passerelle_model::position::Position;
use passerelle_text::fold::fold;

use super::contents::Contents;
use super::label::LabelledTitle;
use super::title;

/// The label of the axis that a measure without one is put under.
const NO_AXIS: &str = "0";

/// The categories so far, and which of them are open.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// The title of the plan.
    pub(super) title: Option<String>,
    /// Every category, in document order.
    pub(super) categories: Vec<Category>,
    /// What the table of contents says of them.
    pub(super) contents: Contents,
    /// What was not understood.
    pub(super) findings: Vec<Finding>,
    /// Where each path stands among the categories.
    taken: HashMap<CategoryPath, usize>,
    /// How many groups a place has, and how many variants a path.
    counts: HashMap<CategoryPath, u32>,
    /// The open category of each level, from the axis down.
    open: [Option<usize>; 4],
}

impl Outline {
    /// Opens an axis, objective or section.
    pub(super) fn open_category(&mut self, heading: LabelledTitle, line: u32) {
        if heading.level != CategoryLevel::Axis && self.open[0].is_none() {
            self.open_axis_without_number(line);
        }
        let depth = heading.level as usize;
        let parent = self.open[..depth].iter().rev().find_map(|open| *open);
        let parent = parent.map(|index| self.categories[index].path.clone());
        let mut path = CategoryPath::child(parent.as_ref(), &heading.label);
        if let Some(index) = self.taken.get(&path).copied() {
            // The same heading again after a page break goes on where it was.
            if fold(&self.categories[index].title) == fold(&heading.title) {
                self.open_at(depth, index);
                return;
            }
            let fault = Fault::DuplicateCategory { path: path.as_str().to_owned() };
            self.findings.push(Finding::at(Position::line(line), fault));
            path = self.free_path(&path);
        }
        if let Some(entry) = self.contents.differing(heading.level, path.as_str(), &heading.title) {
            let fault = Fault::ContentsDiffer { heading: heading.title.clone(), entry: entry.to_owned() };
            self.findings.push(Finding::at(Position::line(line), fault));
        }
        let label = Some(heading.label);
        let category = Category {
            level: heading.level,
            label,
            path,
            parent,
            title: heading.title,
            footnotes: heading.calls,
            line,
        };
        self.push_category(depth, category);
    }

    /// Opens a group.
    pub(super) fn open_group(&mut self, title: &str, line: u32) {
        let (title, calls) = title::take_calls(title);
        if self.open[0].is_none() {
            self.open_axis_without_number(line);
        }
        let parent = self.open[..3]
            .iter()
            .rev()
            .find_map(|open| *open)
            .map(|index| self.categories[index].path.clone());
        // No label looks like this: a group can stand beside categories that have one.
        let place = parent.clone().unwrap_or_else(|| CategoryPath::new(NO_AXIS));
        let count = self.counts.entry(place).or_default();
        *count += 1;
        let path = CategoryPath::child(parent.as_ref(), &format!("g{count}"));
        let level = CategoryLevel::Group;
        let category = Category {
            level,
            label: None,
            path,
            parent,
            title: title::without_emphasis(&title),
            footnotes: calls,
            line,
        };
        self.push_category(3, category);
    }

    fn open_axis_without_number(&mut self, line: u32) {
        self.findings.push(Finding::at(Position::line(line), Fault::NoAxis));
        let title = self.title.clone().unwrap_or_else(|| "—".to_owned());
        let path = CategoryPath::new(NO_AXIS);
        let category = Category {
            level: CategoryLevel::Axis,
            label: None,
            path,
            parent: None,
            title,
            footnotes: Vec::new(),
            line,
        };
        self.push_category(0, category);
    }

    fn push_category(&mut self, depth: usize, category: Category) {
        self.taken.insert(category.path.clone(), self.categories.len());
        self.categories.push(category);
        self.open_at(depth, self.categories.len() - 1);
    }

    fn open_at(&mut self, depth: usize, index: usize) {
        self.open[depth] = Some(index);
        self.open[depth + 1..].fill(None);
    }

    fn free_path(&mut self, path: &CategoryPath) -> CategoryPath {
        loop {
            let variants = CategoryPath::new(format!("{}-", path.as_str()));
            let count = self.counts.entry(variants).or_insert(1);
            *count += 1;
            let free = CategoryPath::new(format!("{}-{count}", path.as_str()));
            if !self.taken.contains_key(&free) {
                return free;
            }
        }
    }

    /// The innermost open category.
    pub(super) fn innermost(&mut self, line: u32) -> CategoryPath {
        if self.open[0].is_none() {
            self.open_axis_without_number(line);
        }
        let index = self.open.iter().rev().find_map(|open| *open).unwrap_or(0);
        self.categories[index].path.clone()
    }
}
