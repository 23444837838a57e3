//! Addresses of objects in front ends.

mod matching;

use std::fmt;

use passerelle_model::key::Slug;
use passerelle_model::language::Language;
use passerelle_model::plan::CategoryPath;
use passerelle_model::public_url::PublicUrl;
use passerelle_model::rendition::ImageWidths;
use passerelle_storage::{ObjectAddress, PlanAddress};

pub(crate) use matching::{NamedObject, PlanPart};

/// Kind of object that a pattern is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlKind {
    /// Pages and support services.
    Page,
    /// Plans.
    Plan,
    /// Categories.
    Category,
    /// Measures.
    Measure,
}

impl UrlKind {
    /// Placeholders of which a pattern must contain at least one from each list. Without them, two objects
    /// share an address.
    fn required(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Page => &[&["{slug}"]],
            Self::Plan => &[&["{slug}", "{edition}"]],
            Self::Category => &[&["{slug}", "{edition}"], &["{path}"]],
            Self::Measure => &[&["{slug}", "{edition}"], &["{number}"]],
        }
    }
}

/// Patterns for the addresses of one kind of object.
///
/// As text: patterns by language, separated by commas, for example `fr=/{slug},nl=/nl/{slug}`. A pattern
/// without a language is for all other languages. `fr:accueil=/` gives one page an address of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlPatterns {
    text: String,
    default: String,
    by_language: Vec<(Language, String)>,
    by_page: Vec<(Language, String, String)>,
}

/// The text is not a list of URL patterns.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{entry:?} is not a URL pattern: it must start with /, http:// or https:// and contain {required}")]
pub struct InvalidUrlPattern {
    entry: String,
    required: String,
}

impl UrlPatterns {
    /// Parses patterns for a kind of object. Languages without a pattern use `default`.
    fn parse(kind: UrlKind, text: &str, default: &str) -> Result<Self, InvalidUrlPattern> {
        let mut patterns = Self {
            text: text.to_owned(),
            default: default.to_owned(),
            by_language: Vec::new(),
            by_page: Vec::new(),
        };
        for entry in text.split(',').map(str::trim) {
            let invalid = || {
                let alternatives = kind.required().iter().map(|any| any.join(" or "));
                InvalidUrlPattern {
                    entry: entry.to_owned(),
                    required: alternatives.collect::<Vec<_>>().join(" and "),
                }
            };
            let (language, pattern) = match entry.split_once('=') {
                Some((key, pattern)) if !is_url(entry) => (Some(key), pattern),
                _ => (None, entry),
            };
            if !is_url(pattern) {
                return Err(invalid());
            }
            if let Some((language, slug)) = language.and_then(|key| key.split_once(':')) {
                let language = language_of(language).ok_or_else(invalid)?;
                patterns.by_page.push((language, slug.to_owned(), pattern.to_owned()));
                continue;
            }
            if !kind.required().iter().all(|any| any.iter().any(|name| pattern.contains(name))) {
                return Err(invalid());
            }
            match language {
                None => pattern.clone_into(&mut patterns.default),
                Some(code) => {
                    let language = language_of(code).ok_or_else(invalid)?;
                    patterns.by_language.push((language, pattern.to_owned()));
                }
            }
        }
        Ok(patterns)
    }

    fn pattern(&self, slug: &Slug, lang: Language) -> &str {
        let own = self.by_page.iter().find(|(language, page, _)| *language == lang && page == slug.as_str());
        let own = own.map(|(_, _, pattern)| pattern);
        let of_language = || self.by_language.iter().find(|(language, _)| *language == lang);
        own.or_else(|| of_language().map(|(_, pattern)| pattern)).unwrap_or(&self.default)
    }
}

/// Reads a language from its code in lower case, for example `fr`.
fn language_of(code: &str) -> Option<Language> {
    Language::ALL.into_iter().find(|language| language.code() == code)
}

fn is_url(pattern: &str) -> bool {
    ["/", "http://", "https://"].iter().any(|start| pattern.starts_with(start))
}

/// Patterns for the addresses of all objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteUrls {
    page: UrlPatterns,
    plan: UrlPatterns,
    category: UrlPatterns,
    measure: UrlPatterns,
    /// Address of this service. `None` if it is not known.
    public_base: Option<PublicUrl>,
    /// Address before the paths of images and files. `None` for paths only.
    asset_base: Option<PublicUrl>,
    image_widths: ImageWidths,
}

/// Returns the start of absolute addresses. Empty without one.
fn text_of(base: Option<&PublicUrl>) -> &str {
    base.map_or("", PublicUrl::as_str)
}

impl SiteUrls {
    /// Patterns that an operator can leave out, by kind.
    pub fn default_pattern(kind: UrlKind) -> &'static str {
        match kind {
            UrlKind::Page => "/{lang}/{slug}",
            UrlKind::Plan => "/{lang}/plans/{edition}",
            UrlKind::Category => "/{lang}/plans/{edition}/categories/{path}",
            UrlKind::Measure => "/{lang}/plans/{edition}/measures/{number}",
        }
    }

    /// Parses the patterns of a kind.
    pub fn parse_patterns(kind: UrlKind, text: &str) -> Result<UrlPatterns, InvalidUrlPattern> {
        UrlPatterns::parse(kind, text, Self::default_pattern(kind))
    }

    /// Replaces the patterns of a kind.
    #[must_use]
    pub fn with(mut self, kind: UrlKind, patterns: UrlPatterns) -> Self {
        *match kind {
            UrlKind::Page => &mut self.page,
            UrlKind::Plan => &mut self.plan,
            UrlKind::Category => &mut self.category,
            UrlKind::Measure => &mut self.measure,
        } = patterns;
        self
    }

    /// Sets the public address of this service, for example `https://api.example.org`.
    #[must_use]
    pub fn with_public_base(mut self, base: Option<PublicUrl>) -> Self {
        self.public_base = base;
        self
    }

    /// Sets the address before the paths of images and files, for example `https://cdn.example.org`.
    #[must_use]
    pub fn with_asset_base(mut self, base: Option<PublicUrl>) -> Self {
        self.asset_base = base;
        self
    }

    /// Sets the widths and heights of renditions.
    #[must_use]
    pub fn with_image_widths(mut self, widths: ImageWidths) -> Self {
        self.image_widths = widths;
        self
    }

    /// Returns the widths and heights that renditions may have.
    pub fn image_widths(&self) -> &ImageWidths {
        &self.image_widths
    }

    /// Returns the address of a page.
    pub fn for_page(&self, slug: &Slug, lang: Language) -> String {
        fill(self.page.pattern(slug, lang), &[("{lang}", lang.code()), ("{slug}", slug.as_str())])
    }

    /// Returns the address of a plan.
    pub fn for_plan(&self, plan: &PlanAddress) -> String {
        fill_plan(self.plan.pattern(&plan.slug, plan.lang), plan, ("", ""))
    }

    /// Returns the address of a category.
    pub fn for_category(&self, plan: &PlanAddress, path: &CategoryPath) -> String {
        fill_plan(self.category.pattern(&plan.slug, plan.lang), plan, ("{path}", path.as_str()))
    }

    /// Returns the address of a measure.
    pub fn for_measure(&self, plan: &PlanAddress, number: u32) -> String {
        fill_plan(self.measure.pattern(&plan.slug, plan.lang), plan, ("{number}", &number.to_string()))
    }

    /// Returns the address of any object.
    pub fn for_object(&self, address: &ObjectAddress) -> String {
        match address {
            ObjectAddress::Page { slug, lang } | ObjectAddress::SupportService { slug, lang } => {
                self.for_page(slug, *lang)
            }
            ObjectAddress::Plan(plan) => self.for_plan(plan),
            ObjectAddress::Category { plan, path } => self.for_category(plan, path),
            ObjectAddress::Measure { plan, number } => self.for_measure(plan, *number),
        }
    }

    /// Makes an address absolute, for documents that are read elsewhere. It stays as it is without a public
    /// address.
    pub fn absolute(&self, url: &str) -> String {
        if url.starts_with('/') {
            format!("{}{url}", text_of(self.public_base.as_ref()))
        } else {
            url.to_owned()
        }
    }

    /// Returns the address of an image or a file from its path on this service.
    pub fn for_asset(&self, path: &str) -> String {
        format!("{}{path}", text_of(self.asset_base.as_ref()))
    }
}

/// Bytes that the values of a pattern usually have together.
const VALUE_BYTES: usize = 48;

/// Replaces the placeholders of a pattern in one pass. A value that looks like a placeholder stays as it is.
fn fill(pattern: &str, values: &[(&str, &str)]) -> String {
    let mut url = String::with_capacity(pattern.len() + VALUE_BYTES);
    let mut rest = pattern;
    while let Some(start) = rest.find('{') {
        let (text, placeholder) = rest.split_at(start);
        url.push_str(text);
        let found = values.iter().find_map(|(name, value)| Some((value, placeholder.strip_prefix(name)?)));
        let (value, after) = found.map_or(("{", &placeholder[1..]), |(value, after)| (*value, after));
        url.push_str(value);
        rest = after;
    }
    url.push_str(rest);
    url
}

fn fill_plan(pattern: &str, plan: &PlanAddress, part: (&str, &str)) -> String {
    let year = plan.year.map(|year| year.to_string()).unwrap_or_default();
    let edition = plan.edition();
    let values = [
        ("{lang}", plan.lang.code()),
        ("{slug}", plan.slug.as_str()),
        ("{edition}", &edition),
        ("{year}", &year),
        part,
    ];
    // A plan has no part. An empty name would match everywhere.
    let count = values.len() - usize::from(part.0.is_empty());
    fill(pattern, &values[..count])
}

impl Default for SiteUrls {
    fn default() -> Self {
        let patterns = |kind| UrlPatterns {
            text: Self::default_pattern(kind).to_owned(),
            default: Self::default_pattern(kind).to_owned(),
            by_language: Vec::new(),
            by_page: Vec::new(),
        };
        Self {
            page: patterns(UrlKind::Page),
            plan: patterns(UrlKind::Plan),
            category: patterns(UrlKind::Category),
            measure: patterns(UrlKind::Measure),
            public_base: None,
            asset_base: None,
            image_widths: ImageWidths::default(),
        }
    }
}

impl fmt::Display for UrlPatterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for SiteUrls {
    /// Writes all patterns. Two settings with the same text give the same addresses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { page, plan, category, measure, public_base, asset_base, image_widths } = self;
        let (public_base, asset_base) = (text_of(public_base.as_ref()), text_of(asset_base.as_ref()));
        write!(f, "{page} {plan} {category} {measure} {public_base} {asset_base} {image_widths}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> PlanAddress {
        PlanAddress { slug: Slug::parse("climat").unwrap(), lang: Language::Fr, year: Some(2025) }
    }

    fn page_url(patterns: &str, slug: &str, lang: Language) -> Result<String, InvalidUrlPattern> {
        let patterns = SiteUrls::parse_patterns(UrlKind::Page, patterns)?;
        Ok(SiteUrls::default().with(UrlKind::Page, patterns).for_page(&Slug::parse(slug).unwrap(), lang))
    }

    #[test]
    fn page_pattern_depends_on_language_and_page() {
        let patterns = "fr=/{slug},nl=/nl/{slug}, fr:accueil=/";
        for (slug, lang, url) in [
            ("mare", Language::Fr, "/mare"),
            ("mare", Language::Nl, "/nl/mare"),
            ("mare", Language::De, "/de/mare"),
            ("accueil", Language::Fr, "/"),
        ] {
            assert_eq!(page_url(patterns, slug, lang).as_deref(), Ok(url));
        }
        assert_eq!(
            page_url("https://a.example/{slug}?a=b", "mare", Language::Fr).unwrap(),
            "https://a.example/mare?a=b"
        );
    }

    #[test]
    fn pattern_without_a_required_placeholder_is_rejected() {
        for patterns in ["/page", "javascript:{slug}", "xx=/{slug}", "fr=/page", "", "fr={slug}"] {
            assert!(page_url(patterns, "mare", Language::Fr).is_err(), "{patterns}");
        }
        assert!(SiteUrls::parse_patterns(UrlKind::Measure, "/plans/{slug}").is_err());
        let error = SiteUrls::parse_patterns(UrlKind::Category, "/plans/{slug}").unwrap_err();
        assert!(error.to_string().contains("{slug} or {edition} and {path}"), "{error}");
    }

    #[test]
    fn only_paths_are_made_absolute() {
        let urls = SiteUrls::default().with_public_base(PublicUrl::parse("https://a.example/").ok());
        assert_eq!(urls.absolute("/fr/mare"), "https://a.example/fr/mare");
        assert_eq!(urls.absolute("https://b.example/mare"), "https://b.example/mare");
        assert_eq!(SiteUrls::default().absolute("/fr/mare"), "/fr/mare");
    }

    #[test]
    fn plan_patterns_contain_slug_year_and_number() {
        let urls = SiteUrls::default();
        assert_eq!(urls.for_measure(&plan(), 12), "/fr/plans/climat-2025/measures/12");
        assert_eq!(
            urls.for_category(&plan(), &CategoryPath::parse("2.6").unwrap()),
            "/fr/plans/climat-2025/categories/2.6"
        );
        let patterns = SiteUrls::parse_patterns(UrlKind::Measure, "/{year}/{slug}/{number}").unwrap();
        assert_eq!(urls.with(UrlKind::Measure, patterns).for_measure(&plan(), 12), "/2025/climat/12");
    }
}
