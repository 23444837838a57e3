//! Which plans a name means.

use std::borrow::Borrow;

use passerelle_model::language::Language;
use passerelle_model::plan::PlanHeading;
use passerelle_model::served::ServedPlan;

/// The plans of a name and a language, in the order in which they are given; without a name all of that language. A name
/// is a slug or, where no plan has that slug, a slug with `-` and a year behind it: that edition.
pub fn plans_named<'p, P: Borrow<ServedPlan>>(
    plans: &'p [P],
    name: Option<&str>,
    lang: Option<Language>,
) -> Vec<&'p P> {
    let is_meant = |plan: &&P| lang.is_none_or(|lang| heading(*plan).lang == lang);
    let in_language: Vec<&P> = plans.iter().filter(is_meant).collect();
    let Some(name) = name else { return in_language };
    let of_slug = |plan: &&P| heading(*plan).slug.as_str() == name;
    let of_edition = |plan: &&P| {
        let heading = heading(*plan);
        heading.year.is_some_and(|year| format!("{}-{year}", heading.slug) == name)
    };
    let found: Vec<&P> = in_language.iter().copied().filter(of_slug).collect();
    if found.is_empty() { in_language.into_iter().filter(of_edition).collect() } else { found }
}

fn heading<P: Borrow<ServedPlan>>(plan: &P) -> &PlanHeading {
    &plan.borrow().heading
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::key::{DocumentKey, PlanKey, Slug};
    use passerelle_model::timestamp::Timestamp;

    fn plan(slug: &str, year: i32, lang: Language) -> ServedPlan {
        let heading = PlanHeading {
            slug: Slug::new(slug),
            title: String::new(),
            lang,
            year: Some(year),
            translation_key: None,
            stem: String::new(),
            outline: String::new(),
            footnotes: Vec::new(),
            notes: Vec::new(),
        };
        let (key, document) = (PlanKey::new(slug), DocumentKey::new(slug));
        ServedPlan { key, document, heading, updated_at: Timestamp::default() }
    }

    #[test]
    fn a_name_is_a_slug_or_an_edition() {
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
        // A slug goes before an edition; the language is chosen before either.
        assert_eq!(years(Some("climat-2025"), None), [2020]);
        assert_eq!(years(Some("climat-2025"), Some(Language::Nl)), [2025]);
        assert!(years(Some("eau"), None).is_empty());
    }
}
