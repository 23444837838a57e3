//! Selection of plans by slug, or by slug and year.

use std::borrow::Borrow;

use passerelle_model::language::Language;
use passerelle_model::plan::PlanHeading;
use passerelle_model::published::PublishedPlan;

/// Selects the plans with a name and a language, in the order of `plans`.
///
/// The name is a slug, for example `plan-climat`. If no plan has this slug, the name can be a slug with a
/// year, for example `plan-climat-2025`. Without a name, all plans in the language are selected.
pub fn plans_named<'p, P: Borrow<PublishedPlan>>(
    plans: &'p [P],
    name: Option<&str>,
    lang: Option<Language>,
) -> Vec<&'p P> {
    let has_language = |plan: &&P| lang.is_none_or(|lang| heading(*plan).lang == lang);
    let in_language: Vec<&P> = plans.iter().filter(has_language).collect();
    let Some(name) = name else { return in_language };
    let has_slug = |plan: &&P| heading(*plan).slug.as_str() == name;
    let has_slug_and_year = |plan: &&P| {
        let heading = heading(*plan);
        heading.year.is_some_and(|year| format!("{}-{year}", heading.slug) == name)
    };
    let found: Vec<&P> = in_language.iter().copied().filter(has_slug).collect();
    if found.is_empty() { in_language.into_iter().filter(has_slug_and_year).collect() } else { found }
}

fn heading<P: Borrow<PublishedPlan>>(plan: &P) -> &PlanHeading {
    &plan.borrow().heading
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::key::{DocumentKey, PlanKey, Slug};
    use passerelle_model::timestamp::Timestamp;

    fn plan(slug: &str, year: i32, lang: Language) -> PublishedPlan {
        let heading = PlanHeading {
            slug: Slug::parse(slug).unwrap(),
            title: String::new(),
            lang,
            year: Some(year),
            translation_key: None,
            footnotes: Vec::new(),
            notes: Vec::new(),
        };
        let (key, document) = (PlanKey::new(slug), DocumentKey::new(slug));
        PublishedPlan { key, document, heading, stem: None, outline: None, updated_at: Timestamp::default() }
    }

    #[test]
    fn name_is_a_slug_or_a_slug_with_a_year() {
        let plans = [
            plan("climat", 2026, Language::Fr),
            plan("climat", 2025, Language::Fr),
            plan("climat", 2025, Language::Nl),
            plan("climat-2025", 2020, Language::De),
        ];
        let years = |name: Option<&str>, lang: Option<Language>| -> Vec<i32> {
            plans_named(&plans, name, lang).iter().filter_map(|plan| plan.heading.year).collect()
        };
        assert_eq!(years(None, None), [2026, 2025, 2025, 2020]);
        assert_eq!(years(Some("climat"), None), [2026, 2025, 2025]);
        assert_eq!(years(Some("climat-2026"), None), [2026]);
        // A slug takes precedence over a slug with a year. Both are matched among the plans in the language.
        assert_eq!(years(Some("climat-2025"), None), [2020]);
        assert_eq!(years(Some("climat-2025"), Some(Language::Nl)), [2025]);
        assert!(years(Some("eau"), None).is_empty());
    }
}
