//! Arguments for the addresses of objects and files.

use clap::Args;
use passerelle_api::{InvalidUrlPattern, SiteUrls, UrlKind, UrlPatterns};
use passerelle_model::public_url::PublicUrl;
use passerelle_model::rendition::ImageWidths;

/// Arguments for the addresses of objects and files.
#[derive(Args, Debug)]
#[command(next_help_heading = "Addresses on the website")]
pub(crate) struct UrlArgs {
    /// Addresses of pages: `/{lang}/{slug}`, or one pattern per language and per page:
    /// `fr=/{slug},nl=/nl/{slug},fr:accueil=/`
    #[arg(
        long,
        env = "PASSERELLE_PAGE_URL",
        default_value = SiteUrls::default_pattern(UrlKind::Page),
        value_name = "PATTERN",
        value_parser = page_patterns
    )]
    page_url: UrlPatterns,

    /// Addresses of plans, with `{slug}` or `{edition}` (the slug with the year), `{year}` and `{lang}`
    #[arg(
        long,
        env = "PASSERELLE_PLAN_URL",
        default_value = SiteUrls::default_pattern(UrlKind::Plan),
        value_name = "PATTERN",
        value_parser = plan_patterns
    )]
    plan_url: UrlPatterns,

    /// Addresses of categories, with the placeholders of a plan and `{path}`
    #[arg(
        long,
        env = "PASSERELLE_CATEGORY_URL",
        default_value = SiteUrls::default_pattern(UrlKind::Category),
        value_name = "PATTERN",
        value_parser = category_patterns
    )]
    category_url: UrlPatterns,

    /// Addresses of measures, with the placeholders of a plan and `{number}`
    #[arg(
        long,
        env = "PASSERELLE_MEASURE_URL",
        default_value = SiteUrls::default_pattern(UrlKind::Measure),
        value_name = "PATTERN",
        value_parser = measure_patterns
    )]
    measure_url: UrlPatterns,

    /// Address of this service as browsers see it, for example `https://api.example.org`. Makes the addresses
    /// of images and files, and those in the feed, absolute, and links to this address links to pages
    #[arg(long, env = "PASSERELLE_PUBLIC_URL", value_name = "URL", value_parser = PublicUrl::parse)]
    public_url: Option<PublicUrl>,

    /// Address before the paths of images and files, for example of a CDN. Default: the public URL
    #[arg(long, env = "PASSERELLE_ASSET_URL", value_name = "URL", value_parser = PublicUrl::parse)]
    asset_url: Option<PublicUrl>,

    /// Widths and heights of scaled images in pixels, separated by commas
    #[arg(long, env = "PASSERELLE_IMAGE_WIDTHS", default_value_t = ImageWidths::default(), value_name = "PIXELS")]
    image_widths: ImageWidths,
}

impl UrlArgs {
    /// Returns the public address of the site. `None` if it is not given.
    pub(crate) fn public_url(&self) -> Option<&PublicUrl> {
        self.public_url.as_ref()
    }

    /// Returns the patterns for all kinds of objects.
    pub(crate) fn site_urls(self) -> SiteUrls {
        let asset_base = self.asset_url.or_else(|| self.public_url.clone());
        SiteUrls::default()
            .with(UrlKind::Page, self.page_url)
            .with(UrlKind::Plan, self.plan_url)
            .with(UrlKind::Category, self.category_url)
            .with(UrlKind::Measure, self.measure_url)
            .with_public_base(self.public_url)
            .with_asset_base(asset_base)
            .with_image_widths(self.image_widths)
    }
}

fn page_patterns(text: &str) -> Result<UrlPatterns, InvalidUrlPattern> {
    SiteUrls::parse_patterns(UrlKind::Page, text)
}

fn plan_patterns(text: &str) -> Result<UrlPatterns, InvalidUrlPattern> {
    SiteUrls::parse_patterns(UrlKind::Plan, text)
}

fn category_patterns(text: &str) -> Result<UrlPatterns, InvalidUrlPattern> {
    SiteUrls::parse_patterns(UrlKind::Category, text)
}

fn measure_patterns(text: &str) -> Result<UrlPatterns, InvalidUrlPattern> {
    SiteUrls::parse_patterns(UrlKind::Measure, text)
}
