//! Cache of the measures that match a text, for one snapshot.
//!
//! A response often filters many lists by the same text, for example the measures of each category. The text
//! is searched for once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use passerelle_model::key::PlanKey;

use crate::query::request::MeasureMatches;

/// Maximum number of scores in the cache, about 5 MB. The cache is emptied when it is full.
const MAX_SCORES: usize = 200_000;
/// Maximum number of texts in the cache. A text may match nothing and still uses memory.
const MAX_TEXTS: usize = 1_000;

/// Cache of matches by plan and text.
#[derive(Default)]
pub(crate) struct MatchCache {
    /// Not the async mutex: it is held for one lookup or one insertion.
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    by_text: HashMap<(PlanKey, String), Arc<MeasureMatches>>,
    scores: usize,
}

impl MatchCache {
    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self, plan: &PlanKey, text: &str) -> Option<Arc<MeasureMatches>> {
        self.entries().by_text.get(&(plan.clone(), text.to_owned())).cloned()
    }

    pub(crate) fn insert(&self, plan: &PlanKey, text: &str, matches: &Arc<MeasureMatches>) {
        let mut entries = self.entries();
        let scores = matches.scores.len();
        if entries.scores + scores > MAX_SCORES || entries.by_text.len() >= MAX_TEXTS {
            *entries = Entries::default();
        }
        if scores <= MAX_SCORES {
            entries.scores += scores;
            entries.by_text.insert((plan.clone(), text.to_owned()), Arc::clone(matches));
        }
    }
}

#[cfg(test)]
mod tests {
    use passerelle_storage::RowId;

    use super::*;

    #[test]
    fn the_cache_is_emptied_when_it_has_too_many_scores_or_texts() {
        let (cache, plan) = (MatchCache::default(), PlanKey::new("plan"));
        let matches = |count: i64| {
            Arc::new(MeasureMatches { scores: (0..count).map(|id| (RowId::new(id), 1.0)).collect() })
        };
        cache.insert(&plan, "a", &matches(150_000));
        assert!(cache.get(&plan, "a").is_some());
        cache.insert(&plan, "b", &matches(150_000));
        assert!(cache.get(&plan, "a").is_none() && cache.get(&plan, "b").is_some());
        for number in 0..MAX_TEXTS * 2 {
            cache.insert(&plan, &number.to_string(), &matches(0));
            assert!(cache.entries().by_text.len() <= MAX_TEXTS);
        }
    }
}
