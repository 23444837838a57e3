//! Reading of addresses: the inverse of the patterns.

use std::borrow::Cow;

use passerelle_model::key::Slug;
use passerelle_model::language::Language;
use passerelle_model::plan::CategoryPath;
use percent_encoding::percent_decode_str;

use super::{SiteUrls, UrlPatterns};

/// Maximum length of an address that is read, in bytes. A pattern with two free placeholders is tried at each
/// pair of positions.
pub(crate) const MAX_URL_BYTES: usize = 1_000;

/// Placeholders of all patterns.
const PLACEHOLDERS: [&str; 6] = ["{lang}", "{slug}", "{edition}", "{year}", "{path}", "{number}"];

/// Object that an address can name. Nothing says that it exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NamedObject {
    /// Page or support service.
    Page {
        /// Slug of the page.
        slug: Slug,
        /// Language of the page.
        lang: Language,
    },
    /// Plan or a part of it.
    Plan {
        /// Slug, or slug with the year.
        name: String,
        /// Language of the plan.
        lang: Language,
        /// The part that has the address.
        part: PlanPart,
    },
}

/// Part of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PlanPart {
    /// The plan itself.
    Whole,
    /// Category with this path.
    Category(CategoryPath),
    /// Measure with this number.
    Measure(u32),
}

/// Values of the placeholders of a pattern.
#[derive(Default)]
struct Values<'a>(Vec<(&'static str, &'a str)>);

impl<'a> Values<'a> {
    fn get(&self, placeholder: &str) -> Option<&'a str> {
        self.0.iter().find(|(name, _)| *name == placeholder).map(|(_, value)| *value)
    }
}

impl SiteUrls {
    /// Returns the objects that an address can name: measures first, then categories, plans and pages,
    /// because patterns of two kinds can fit one address. The query and the fragment are ignored. A full
    /// address is also read as a path.
    pub(crate) fn objects_at(&self, url: &str) -> Vec<NamedObject> {
        if url.len() > MAX_URL_BYTES {
            return Vec::new();
        }
        let mut found = Vec::new();
        for url in spellings(url) {
            for object in self.plan_parts_at(&url).into_iter().chain(self.pages_at(&url)) {
                if !found.contains(&object) {
                    found.push(object);
                }
            }
        }
        found
    }

    fn pages_at(&self, url: &str) -> Vec<NamedObject> {
        let in_language = |lang| {
            let own = self.page.by_page.iter().filter(move |(language, ..)| *language == lang);
            let own = own.filter_map(move |(_, slug, pattern)| {
                let values = values_of(pattern, url, lang)?;
                let has_slug = values.get("{slug}").is_none_or(|value| value == slug);
                Slug::parse(slug).ok().filter(|_| has_slug)
            });
            let usual = values_of(self.page.pattern_of_language(lang), url, lang)
                .and_then(|values| Slug::parse(values.get("{slug}")?).ok());
            own.chain(usual).map(move |slug| NamedObject::Page { slug, lang })
        };
        Language::ALL.into_iter().flat_map(in_language).collect()
    }

    fn plan_parts_at(&self, url: &str) -> Vec<NamedObject> {
        let mut found = Vec::new();
        for lang in Language::ALL {
            for patterns in [&self.measure, &self.category, &self.plan] {
                for values in patterns.values_at(url, lang) {
                    let part = match (values.get("{number}"), values.get("{path}")) {
                        (Some(number), _) => number.parse().ok().map(PlanPart::Measure),
                        (None, Some(path)) => CategoryPath::parse(path).ok().map(PlanPart::Category),
                        (None, None) => Some(PlanPart::Whole),
                    };
                    if let (Some(part), Some(name)) = (part, name_of_plan(&values)) {
                        found.push(NamedObject::Plan { name, lang, part });
                    }
                }
            }
        }
        found
    }
}

impl UrlPatterns {
    /// Returns the pattern of objects without one of their own.
    fn pattern_of_language(&self, lang: Language) -> &str {
        let of_language = self.by_language.iter().find(|(language, _)| *language == lang);
        of_language.map_or(&self.default, |(_, pattern)| pattern)
    }

    /// Returns the values of the placeholders for each pattern of a language that fits.
    fn values_at<'a>(&self, url: &'a str, lang: Language) -> Vec<Values<'a>> {
        let own = self.by_page.iter().filter(|(language, ..)| *language == lang).map(|(.., pattern)| pattern);
        own.map(String::as_str)
            .chain([self.pattern_of_language(lang)])
            .filter_map(|pattern| values_of(pattern, url, lang))
            .collect()
    }
}

/// Returns the ways to read an address: decoded, without query, fragment and final slash, and as a path.
fn spellings(url: &str) -> Vec<Cow<'_, str>> {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let Ok(decoded) = percent_decode_str(&url[..end]).decode_utf8() else { return Vec::new() };
    let trimmed = match decoded.trim_end_matches('/') {
        "" => "/".to_owned(),
        trimmed => trimmed.to_owned(),
    };
    let host = trimmed.strip_prefix("https://").or_else(|| trimmed.strip_prefix("http://"));
    let path = host.map(|host| host.find('/').map_or("/", |slash| &host[slash..]).to_owned());
    std::iter::once(trimmed).chain(path).map(Cow::Owned).collect()
}

/// Returns the slug, or the slug with the year.
fn name_of_plan(values: &Values<'_>) -> Option<String> {
    if let Some(edition) = values.get("{edition}") {
        return Some(edition.to_owned());
    }
    let slug = values.get("{slug}")?;
    Some(values.get("{year}").map_or_else(|| slug.to_owned(), |year| format!("{slug}-{year}")))
}

/// Returns the values of the placeholders, if the pattern fits an address in a language.
fn values_of<'a>(pattern: &str, url: &'a str, lang: Language) -> Option<Values<'a>> {
    let mut values = Values::default();
    (fits(pattern, url, &mut values) && values.get("{lang}").is_none_or(|code| code == lang.code()))
        .then_some(values)
}

/// Tries the rest of a pattern on the rest of an address. A value is as long as possible.
fn fits<'a>(pattern: &str, url: &'a str, values: &mut Values<'a>) -> bool {
    let Some(start) = pattern.find('{') else { return pattern == url };
    let (text, rest) = pattern.split_at(start);
    let Some(url) = url.strip_prefix(text) else { return false };
    let Some(placeholder) = PLACEHOLDERS.into_iter().find(|name| rest.starts_with(name)) else {
        // A brace that is no placeholder.
        return url.strip_prefix('{').is_some_and(|url| fits(&rest[1..], url, values));
    };
    let longest = url.find(|letter| !accepts(placeholder, letter)).unwrap_or(url.len());
    let ends = url.char_indices().map(|(start, letter)| start + letter.len_utf8());
    for end in ends.take_while(|end| *end <= longest).collect::<Vec<_>>().into_iter().rev() {
        let (value, remaining) = url.split_at(end);
        values.0.push((placeholder, value));
        if fits(&rest[placeholder.len()..], remaining, values) {
            return true;
        }
        values.0.pop();
    }
    false
}

/// Returns true if a value can contain a letter.
fn accepts(placeholder: &str, letter: char) -> bool {
    match placeholder {
        "{slug}" => letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-',
        "{number}" | "{year}" => letter.is_ascii_digit(),
        "{lang}" => letter.is_ascii_lowercase(),
        _ => letter != '/',
    }
}

#[cfg(test)]
mod tests {
    use super::super::UrlKind;
    use super::*;

    fn page(slug: &str, lang: Language) -> NamedObject {
        NamedObject::Page { slug: Slug::parse(slug).unwrap(), lang }
    }

    fn plan(name: &str, part: PlanPart) -> NamedObject {
        NamedObject::Plan { name: name.to_owned(), lang: Language::Fr, part }
    }

    #[test]
    fn address_is_read_with_the_patterns_that_write_it() {
        let urls = SiteUrls::default();
        let measure = plan("climat-2025", PlanPart::Measure(12));
        for url in [
            "/fr/plans/climat-2025/measures/12",
            "/fr/plans/climat-2025/measures/12/?a=b#c",
            "https://www.example.org/fr/plans/climat-2025/measures/12",
        ] {
            assert_eq!(urls.objects_at(url).first(), Some(&measure), "{url}");
        }
        let category = plan("climat-2025", PlanPart::Category(CategoryPath::parse("2.6.b").unwrap()));
        assert_eq!(urls.objects_at("/fr/plans/climat-2025/categories/2.6.b").first(), Some(&category));
        assert_eq!(urls.objects_at("/fr/plans/climat-2025"), [plan("climat-2025", PlanPart::Whole)]);
        assert_eq!(urls.objects_at("/nl/%6Dare"), [page("mare", Language::Nl)]);
        // No slug has a slash or an accent.
        for url in ["/xx/mare", "/fr", "", "/", "mare", "/fr/%FF", "/fr/a/b", "/nl/%C3%A9tang"] {
            assert_eq!(urls.objects_at(url), [], "{url}");
        }
    }

    #[test]
    fn address_depends_on_language_and_page() {
        let patterns =
            SiteUrls::parse_patterns(UrlKind::Page, "fr=/{slug},nl=/nl/{slug},fr:accueil=/").unwrap();
        let urls = SiteUrls::default().with(UrlKind::Page, patterns);
        assert_eq!(urls.objects_at("/"), [page("accueil", Language::Fr)]);
        assert_eq!(urls.objects_at("/mare"), [page("mare", Language::Fr)]);
        assert_eq!(urls.objects_at("/nl/mare"), [page("mare", Language::Nl)]);
        let patterns = SiteUrls::parse_patterns(UrlKind::Plan, "https://a.example/{year}-{slug}").unwrap();
        let urls = urls.with(UrlKind::Plan, patterns);
        let found = urls.objects_at("https://a.example/2025-climat");
        assert_eq!(found.first(), Some(&plan("climat-2025", PlanPart::Whole)));
    }

    #[test]
    fn long_address_names_nothing() {
        let url = format!("/fr/{}", "a".repeat(MAX_URL_BYTES));
        assert_eq!(SiteUrls::default().objects_at(&url), []);
    }
}
