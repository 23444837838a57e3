//! Categories under the keys that they are known by.
//!
//! A category is the same when its path and title are; else when its title is, at the same level; else when its path is.
//! One that is gone comes back under its own key when its path and title do.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use passerelle_model::key::{CategoryKey, PlanKey};
use passerelle_model::plan::{Category, CategoryPath};
use passerelle_model::served::ServedCategory;
use passerelle_text::fold::fold;

use super::{free_name, position};

/// Gives categories the keys and places that they are known by, or new ones.
pub(super) fn identify(
    categories: Vec<Category>,
    plan: &PlanKey,
    before: &[ServedCategory],
    past: &[ServedCategory],
) -> Vec<ServedCategory> {
    let found = recognise(&categories, before);
    let positions = position::arrange(found.iter().map(|known| known.map(|known| known.position)));
    let taken: HashSet<&str> = before.iter().chain(past).map(|known| known.key.as_str()).collect();
    let gone: HashMap<(&CategoryPath, String), &CategoryKey> =
        past.iter().map(|gone| ((&gone.path, fold(&gone.title)), &gone.key)).collect();
    let keys: HashMap<CategoryPath, CategoryKey> = categories
        .iter()
        .zip(&found)
        .map(|(category, known)| {
            let fresh = || CategoryKey::new(free_name(format!("{plan}/{}", category.path.as_str()), &taken));
            let back = || gone.get(&(&category.path, fold(&category.title))).map(|key| (*key).clone());
            let key = known.map(|known| known.key.clone()).or_else(back).unwrap_or_else(fresh);
            (category.path.clone(), key)
        })
        .collect();
    categories
        .into_iter()
        .zip(positions)
        .filter_map(|(category, position)| {
            Some(ServedCategory {
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

/// For each category the one that it is, if it is served already.
fn recognise<'a>(categories: &[Category], before: &'a [ServedCategory]) -> Vec<Option<&'a ServedCategory>> {
    let mut found: Vec<Option<&ServedCategory>> = vec![None; categories.len()];
    let path_and_title = |path: &CategoryPath, title: &str| (path.clone(), fold(title));
    pair(
        &mut found,
        before,
        categories.iter().map(|category| path_and_title(&category.path, &category.title)),
        |known| path_and_title(&known.path, &known.title),
    );
    pair(
        &mut found,
        before,
        categories.iter().map(|category| (category.level, fold(&category.title))),
        |known| (known.level, fold(&known.title)),
    );
    pair(&mut found, before, categories.iter().map(|category| category.path.clone()), |known| {
        known.path.clone()
    });
    found
}

/// Pairs those that are not paired yet and have one key, if no other has it.
fn pair<'a, K: Hash + Eq>(
    found: &mut [Option<&'a ServedCategory>],
    before: &'a [ServedCategory],
    keys: impl Iterator<Item = K>,
    key_of: impl Fn(&ServedCategory) -> K,
) {
    let paired: HashSet<&CategoryKey> = found.iter().flatten().map(|known| &known.key).collect();
    let mut free: HashMap<K, Option<&ServedCategory>> = HashMap::new();
    for known in before.iter().filter(|known| !paired.contains(&known.key)) {
        free.entry(key_of(known)).and_modify(|only| *only = None).or_insert(Some(known));
    }
    for (found, key) in found.iter_mut().zip(keys) {
        if found.is_none() {
            *found = free.get_mut(&key).and_then(Option::take);
        }
    }
}
