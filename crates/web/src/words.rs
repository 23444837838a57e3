//! Words of the pages. One catalogue per language, and one field per word.
//!
//! A missing word is a compile error. To add a language, add a file and an arm of [`Words::of`].

mod de;
mod en;
mod fr;
mod nl;

use passerelle_model::language::Language;

/// Singular and plural of a noun with which a number agrees.
pub(crate) type Noun = [&'static str; 2];

/// The words of one language.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) lang: Language,
    /// ISO 639-1 code, for the attribute `lang`.
    pub(crate) code: &'static str,
    /// Locale for Open Graph, for example `fr_BE`.
    pub(crate) locale: &'static str,
    /// Name of the language in itself.
    pub(crate) language_name: &'static str,
    /// Colon with the space that the language puts before it.
    pub(crate) colon: &'static str,
    /// Separator of groups of three digits.
    pub(crate) thousands: &'static str,
    /// Text between a number and the percent sign.
    pub(crate) percent_space: &'static str,
    /// True if 0 takes the singular.
    pub(crate) zero_is_singular: bool,
    pub(crate) months: [&'static str; 12],

    // The frame of every page.
    pub(crate) skip_to_content: &'static str,
    pub(crate) languages: &'static str,
    pub(crate) page_updated: &'static str,
    pub(crate) revision: &'static str,
    pub(crate) feed: &'static str,

    // The start page.
    pub(crate) home_title: &'static str,
    pub(crate) home_lead: &'static str,
    pub(crate) plans: &'static str,
    pub(crate) no_plan: &'static str,
    pub(crate) served: &'static str,
    pub(crate) pages: &'static str,
    pub(crate) services: &'static str,
    pub(crate) documents: &'static str,
    pub(crate) documents_with_errors: &'static str,
    pub(crate) documents_with_warnings: &'static str,
    pub(crate) last_sync: &'static str,
    pub(crate) never: &'static str,
    pub(crate) tools: &'static str,
    pub(crate) graphiql_detail: &'static str,
    pub(crate) schema_detail: &'static str,
    pub(crate) feed_detail: &'static str,
    pub(crate) csv_detail: &'static str,
    pub(crate) json_detail: &'static str,

    // A plan.
    pub(crate) editions: &'static str,
    /// Sentence with `{}` for the date.
    pub(crate) plan_at: &'static str,
    pub(crate) show_present: &'static str,
    pub(crate) progress: &'static str,
    /// Sentence with `{}` for the completed measures, `{}` for all, and `{}` for the percentage.
    pub(crate) completed_of: &'static str,
    /// Sentence with `{}` for the number of different measures and `{}` for the completed ones.
    pub(crate) distinct: &'static str,
    pub(crate) no_status: &'static str,
    pub(crate) by_axis: &'static str,
    pub(crate) objective_noun: Noun,
    pub(crate) measures: &'static str,
    pub(crate) measure: &'static str,
    pub(crate) measure_noun: Noun,
    pub(crate) number: &'static str,
    pub(crate) status: &'static str,
    pub(crate) category: &'static str,
    pub(crate) programme: &'static str,
    pub(crate) text: &'static str,
    pub(crate) at_date: &'static str,
    pub(crate) filter: &'static str,
    pub(crate) all: &'static str,
    pub(crate) show: &'static str,
    pub(crate) reset: &'static str,
    /// Sentence with `{}` for the number of all measures.
    pub(crate) of_all: &'static str,
    pub(crate) no_measure: &'static str,
    pub(crate) repeated: &'static str,
    pub(crate) disagrees: &'static str,
    pub(crate) pages_of_list: &'static str,
    pub(crate) download: &'static str,
    pub(crate) over_time: &'static str,
    pub(crate) show_chart: &'static str,
    pub(crate) no_curve: &'static str,
    pub(crate) as_table: &'static str,
    pub(crate) date: &'static str,
    pub(crate) total: &'static str,
    pub(crate) other_statuses: &'static str,
    /// Sentence with `{}` for the first date, `{}` for its share, `{}` for the last date and `{}` for its share.
    pub(crate) chart_text: &'static str,
    pub(crate) recent_changes: &'static str,
    pub(crate) no_changes: &'static str,
    pub(crate) plan_published: &'static str,
    pub(crate) plan_changed: &'static str,
    pub(crate) added: Noun,
    pub(crate) removed: Noun,
    pub(crate) changed: Noun,
    pub(crate) status_noun: Noun,
    /// Word before a count that is a lower bound.
    pub(crate) at_least: &'static str,
    pub(crate) plan_description: &'static str,

    // A measure.
    pub(crate) breadcrumbs: &'static str,
    pub(crate) status_as_written: &'static str,
    pub(crate) responsible: &'static str,
    pub(crate) partners: &'static str,
    pub(crate) schedule: &'static str,
    pub(crate) budget: &'static str,
    pub(crate) indicators: &'static str,
    pub(crate) completion: &'static str,
    pub(crate) priority: &'static str,
    pub(crate) last_change: &'static str,
    pub(crate) description: &'static str,
    pub(crate) history: &'static str,
    pub(crate) footnotes: &'static str,
    pub(crate) repeats: &'static str,
    pub(crate) parts: &'static str,
    pub(crate) related_pages: &'static str,
    pub(crate) related_services: &'static str,
    pub(crate) neighbours: &'static str,
    pub(crate) previous: &'static str,
    pub(crate) next: &'static str,
    pub(crate) event_added: &'static str,
    pub(crate) event_removed: &'static str,
    pub(crate) changed_event: &'static str,

    // Errors.
    pub(crate) not_found: &'static str,
    pub(crate) plan_not_found: &'static str,
    pub(crate) measure_not_found: &'static str,
    pub(crate) invalid_date: &'static str,
    pub(crate) before_first: &'static str,
    pub(crate) pruned: &'static str,
    pub(crate) unavailable: &'static str,
    pub(crate) unavailable_text: &'static str,
    pub(crate) too_many: &'static str,
    pub(crate) too_many_text: &'static str,
    pub(crate) invalid_request: &'static str,
    pub(crate) to_start: &'static str,
    pub(crate) to_plan: &'static str,

    // The desk.
    pub(crate) desk: &'static str,
    pub(crate) desk_lead: &'static str,
    pub(crate) desk_detail: &'static str,
    pub(crate) desk_login: &'static str,
    pub(crate) token: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) wrong_token: &'static str,
    pub(crate) document: &'static str,
    pub(crate) state: &'static str,
    pub(crate) problems: &'static str,
    pub(crate) read_at: &'static str,
    pub(crate) with_problems: &'static str,
    pub(crate) order: &'static str,
    pub(crate) order_urgency: &'static str,
    pub(crate) order_time: &'static str,
    pub(crate) order_path: &'static str,
    pub(crate) name_contains: &'static str,
    pub(crate) latest_saves: &'static str,
    pub(crate) held_title: &'static str,
    pub(crate) not_read_title: &'static str,
    pub(crate) line: &'static str,
    pub(crate) suggestion: &'static str,
    pub(crate) no_problem: &'static str,
    pub(crate) state_published: &'static str,
    pub(crate) state_rejected: &'static str,
    pub(crate) state_held: &'static str,
    pub(crate) state_draft: &'static str,
    pub(crate) try_title: &'static str,
    pub(crate) try_lead: &'static str,
    pub(crate) choose_file: &'static str,
    pub(crate) check: &'static str,
    pub(crate) would_be_published: &'static str,
    pub(crate) would_be_rejected: &'static str,
    pub(crate) would_be_held: &'static str,
    pub(crate) would_change: &'static str,
    pub(crate) would_change_nothing: &'static str,
    pub(crate) preview: &'static str,
    pub(crate) cut_list: &'static str,
    pub(crate) plan_removed: &'static str,
    pub(crate) desk_off: &'static str,
    pub(crate) foreign_origin: &'static str,
    pub(crate) no_document: &'static str,
    pub(crate) invalid_upload: &'static str,
    pub(crate) upload_too_large: &'static str,
    pub(crate) document_noun: Noun,
    pub(crate) page_noun: Noun,
    pub(crate) rejected_noun: Noun,
}

impl Words {
    /// Returns the catalogue of a language.
    pub(crate) fn of(lang: Language) -> &'static Self {
        match lang {
            Language::Fr => &fr::WORDS,
            Language::Nl => &nl::WORDS,
            Language::De => &de::WORDS,
            Language::En => &en::WORDS,
        }
    }

    /// Replaces each `{}` of a sentence with the next value.
    pub(crate) fn fill(sentence: &str, values: &[&str]) -> String {
        let mut values = values.iter();
        let mut parts = sentence.split("{}");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            filled.push_str(values.next().unwrap_or(&""));
            filled.push_str(part);
        }
        filled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_have_the_same_gaps_in_each_language() {
        for lang in Language::ALL {
            let words = Words::of(lang);
            assert_eq!((words.lang, words.code), (lang, lang.code()));
            let gaps = |sentence: &str| sentence.matches("{}").count();
            let found = [
                words.plan_at,
                words.completed_of,
                words.distinct,
                words.of_all,
                words.chart_text,
                words.plan_description,
                words.would_be_held,
                words.pruned,
            ];
            assert_eq!(found.map(gaps), [1, 3, 2, 1, 4, 1, 2, 1], "{lang}");
        }
    }

    #[test]
    fn each_gap_gets_its_value() {
        assert_eq!(Words::fill("{} of {}", &["2", "10"]), "2 of 10");
        assert_eq!(Words::fill("none", &["2"]), "none");
    }
}
