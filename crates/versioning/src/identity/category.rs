//! Assigns keys to categories.
//!
//! A category is matched by path and title, then by title within a level, then by path. A removed category
//! gets its old key back if it returns with the same path and title.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use passerelle_model::key::{CategoryKey, PlanKey};
use passerelle_model::plan::{Category, CategoryPath};
use passerelle_model::published::PublishedCategory;
use passerelle_text::fold::fold;

use super::positions;
use super::unused_key::unused_key;

/// Assigns the keys and positions of the published categories, or new ones.
pub(super) fn assign_keys(
    categories: Vec<Category>,
    plan: &PlanKey,
    before: &[PublishedCategory],
    removed: &[PublishedCategory],
) -> Vec<PublishedCategory> {
    let matched = match_categories(&categories, before);
    let positions =
        positions::assign_positions(matched.iter().map(|known| known.map(|known| known.position)));
    let taken: HashSet<&str> = before.iter().chain(removed).map(|known| known.key.as_str()).collect();
    let removed_keys: HashMap<(&CategoryPath, String), &CategoryKey> =
        removed.iter().map(|category| ((&category.path, fold(&category.title)), &category.key)).collect();
    let keys: HashMap<CategoryPath, CategoryKey> = categories
        .iter()
        .zip(&matched)
        .map(|(category, known)| {
            let new_key =
                || CategoryKey::new(unused_key(format!("{plan}/{}", category.path.as_str()), &taken));
            let restored_key =
                || removed_keys.get(&(&category.path, fold(&category.title))).map(|key| (*key).clone());
            let key = known.map(|known| known.key.clone()).or_else(restored_key).unwrap_or_else(new_key);
            (category.path.clone(), key)
        })
        .collect();
    categories
        .into_iter()
        .zip(positions)
        .filter_map(|(category, position)| {
            Some(PublishedCategory {
                key: keys.get(&category.path)?.clone(),
                plan: plan.clone(),
                parent: category.parent.as_ref().and_then(|parent| keys.get(parent)).cloned(),
                level: category.level,
                label: category.label,
                path: category.path,
                title: category.title,
                footnotes: category.footnotes,
                position,
            })
        })
        .collect()
}

/// Returns the matching published category for each new category.
fn match_categories<'a>(
    categories: &[Category],
    before: &'a [PublishedCategory],
) -> Vec<Option<&'a PublishedCategory>> {
    let mut matched: Vec<Option<&PublishedCategory>> = vec![None; categories.len()];
    let path_and_title = |path: &CategoryPath, title: &str| (path.clone(), fold(title));
    pair_unique(
        &mut matched,
        before,
        categories.iter().map(|category| path_and_title(&category.path, &category.title)),
        |known| path_and_title(&known.path, &known.title),
    );
    pair_unique(
        &mut matched,
        before,
        categories.iter().map(|category| (category.level, fold(&category.title))),
        |known| (known.level, fold(&known.title)),
    );
    pair_unique(&mut matched, before, categories.iter().map(|category| category.path.clone()), |known| {
        known.path.clone()
    });
    matched
}

/// Pairs unmatched categories with equal keys. Skips a key that several published categories share.
fn pair_unique<'a, K: Hash + Eq>(
    matched: &mut [Option<&'a PublishedCategory>],
    before: &'a [PublishedCategory],
    keys: impl Iterator<Item = K>,
    key_of: impl Fn(&PublishedCategory) -> K,
) {
    let paired: HashSet<&CategoryKey> = matched.iter().flatten().map(|known| &known.key).collect();
    let mut free: HashMap<K, Option<&PublishedCategory>> = HashMap::new();
    for known in before.iter().filter(|known| !paired.contains(&known.key)) {
        free.entry(key_of(known)).and_modify(|only| *only = None).or_insert(Some(known));
    }
    for (matched, key) in matched.iter_mut().zip(keys) {
        if matched.is_none() {
            *matched = free.get_mut(&key).and_then(Option::take);
        }
    }
}
