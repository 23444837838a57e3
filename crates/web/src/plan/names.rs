//! Names of plans in addresses.

use std::borrow::Borrow;

use passerelle_model::language::Language;
use passerelle_model::published::PublishedPlan;
use passerelle_storage::{PlanAddress, plans_named};

/// Published plans and their names.
///
/// The newest edition of a plan in a language has the name of its slug. An older edition has the slug and
/// the year.
pub(crate) struct PlanNames<'p, P>(&'p [P]);

impl<'p, P: Borrow<PublishedPlan>> PlanNames<'p, P> {
    /// `plans` are ordered by year, newest first.
    pub(crate) fn of(plans: &'p [P]) -> Self {
        Self(plans)
    }

    /// Returns the name of a plan.
    pub(crate) fn name(&self, plan: &PublishedPlan) -> String {
        let (slug, lang) = (plan.heading.slug.as_str(), plan.heading.lang);
        let newest = plans_named(self.0, Some(slug), Some(lang)).into_iter().next();
        let is_newest = newest.is_some_and(|newest| newest.borrow().key == plan.key);
        if is_newest { slug.to_owned() } else { PlanAddress::from(plan).edition() }
    }

    /// Returns true if a plan in another language has the same name.
    pub(crate) fn needs_language(&self, plan: &PublishedPlan) -> bool {
        plans_named(self.0, Some(&self.name(plan)), None)
            .into_iter()
            .any(|other| other.borrow().heading.lang != plan.heading.lang)
    }

    /// Returns the plan with a name, in a language if it exists in that.
    pub(crate) fn find(&self, name: &str, lang: Option<Language>) -> Option<&'p P> {
        let found = plans_named(self.0, Some(name), None);
        let in_language = found.iter().find(|plan| Some((**plan).borrow().heading.lang) == lang);
        in_language.or(found.first()).copied()
    }

    /// Returns the translation of a plan in a language. The plan itself for its own language.
    pub(crate) fn translation(&self, plan: &PublishedPlan, lang: Language) -> Option<&'p P> {
        let is_wanted = |other: &&P| {
            let other: &PublishedPlan = (*other).borrow();
            other.heading.lang == lang && (plan.heading.lang == lang || other.is_translation_of(plan))
        };
        if plan.heading.lang == lang {
            return self.0.iter().find(|other| (*other).borrow().key == plan.key);
        }
        self.0.iter().find(is_wanted)
    }

    /// Returns the editions of a plan in its language, newest first.
    pub(crate) fn editions(&self, plan: &PublishedPlan) -> Vec<&'p P> {
        plans_named(self.0, Some(plan.heading.slug.as_str()), Some(plan.heading.lang))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::key::{DocumentKey, PlanKey, Slug};
    use passerelle_model::plan::PlanHeading;
    use passerelle_model::timestamp::Timestamp;

    fn plan(slug: &str, year: i32, lang: Language) -> PublishedPlan {
        let key = format!("{slug}-{year}-{lang}");
        let heading = PlanHeading {
            slug: Slug::parse(slug).unwrap(),
            title: key.clone(),
            lang,
            year: Some(year),
            translation_key: None,
            footnotes: Vec::new(),
            notes: Vec::new(),
        };
        let (key, document) = (PlanKey::new(key.as_str()), DocumentKey::new(key.as_str()));
        PublishedPlan { key, document, heading, stem: None, outline: None, updated_at: Timestamp::default() }
    }

    #[test]
    fn the_newest_edition_has_the_slug_and_others_the_year_too() {
        let plans =
            [plan("a", 2026, Language::Fr), plan("a", 2026, Language::Nl), plan("a", 2025, Language::Fr)];
        let names = PlanNames::of(&plans);
        assert_eq!(plans.each_ref().map(|plan| names.name(plan)), ["a", "a", "a-2025"]);
        assert_eq!(plans.each_ref().map(|plan| names.needs_language(plan)), [true, true, false]);
        assert_eq!(names.find("a", Some(Language::Nl)), Some(&plans[1]));
        assert_eq!(names.find("a", Some(Language::De)), Some(&plans[0]));
        assert_eq!(names.find("a-2025", None), Some(&plans[2]));
        assert_eq!(names.find("b", None), None);
        assert_eq!(names.translation(&plans[0], Language::Nl), Some(&plans[1]));
        assert_eq!(names.translation(&plans[2], Language::Nl), None);
        assert_eq!(names.editions(&plans[2]), [&plans[0], &plans[2]]);
    }
}
