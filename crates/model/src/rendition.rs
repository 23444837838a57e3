//! Renditions: scaled and cropped versions of an image, with their parameters in an address.

use std::fmt;
use std::str::FromStr;

use crate::path::DocumentPath;

/// Maximum number of pixels of an image that renditions are made of. A camera with 24 megapixels is below it.
pub const MAX_PIXELS: u64 = 25_000_000;

/// Way in which an image fills a box with other proportions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Fit {
    /// Fills the box. The parts outside are cut off.
    #[default]
    Cover,
    /// Fits into the box. Nothing is cut off.
    Contain,
}

/// Format of a rendition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RenditionFormat {
    /// JPEG, for photographs.
    Jpeg,
    /// PNG, for drawings and transparent images.
    Png,
    /// WebP without loss.
    Webp,
}

impl RenditionFormat {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Jpeg, Self::Png, Self::Webp];

    /// Returns the name in an address, which is also the ending of a file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }

    /// Returns the media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

/// Point of an image that stays visible when it is cropped, in percent from the left and from the top.
///
/// The values are rounded to quarters. A free value would allow any number of renditions of one image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FocalPoint {
    x: u8,
    y: u8,
}

impl FocalPoint {
    /// Creates a focal point. Values beyond 100 are 100.
    pub fn new(x: f64, y: f64) -> Self {
        Self { x: quarter(x), y: quarter(y) }
    }

    /// Returns the offset of a crop of `length` in a side of `side` pixels, along x or y.
    fn offset(percent: u8, side: u32, length: u32) -> u32 {
        let spare = side.saturating_sub(length);
        let center = u64::from(side) * u64::from(percent) / 100;
        u32::try_from(center.saturating_sub(u64::from(length) / 2)).unwrap_or(0).min(spare)
    }

    /// Returns the offsets of a crop from the left and from the top.
    pub fn crop_offsets(self, size: (u32, u32), crop: (u32, u32)) -> (u32, u32) {
        (Self::offset(self.x, size.0, crop.0), Self::offset(self.y, size.1, crop.1))
    }
}

impl Default for FocalPoint {
    fn default() -> Self {
        Self { x: 50, y: 50 }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value is from 0 to 4")]
fn quarter(percent: f64) -> u8 {
    let percent = if percent.is_finite() { percent.clamp(0.0, 100.0) } else { 50.0 };
    (percent / 25.0).round() as u8 * 25
}

/// Parameters of a rendition. At least one of width and height is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rendition {
    /// Width of the box in pixels.
    pub width: Option<u32>,
    /// Height of the box in pixels.
    pub height: Option<u32>,
    /// Way to fill a box with both sides.
    pub fit: Fit,
    /// Format of the result.
    pub format: RenditionFormat,
    /// Point that stays visible if parts are cut off.
    pub focus: FocalPoint,
}

/// Sizes of the steps of a rendition, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RenditionSize {
    /// Size to which the whole image is scaled.
    pub scaled: (u32, u32),
    /// Size of the result: the scaled image, or the part of it that is not cut off.
    pub result: (u32, u32),
}

impl Rendition {
    /// Returns the sizes for an image. An image is never enlarged: a box that is larger than the image is
    /// reduced, with its proportions.
    pub fn size(&self, natural: (u32, u32)) -> RenditionSize {
        let natural = (natural.0.max(1), natural.1.max(1));
        let (width, height) = (f64::from(natural.0), f64::from(natural.1));
        let ratios = (
            self.width.map(|side| f64::from(side) / width),
            self.height.map(|side| f64::from(side) / height),
        );
        let round = |side: f64, limit: u32| to_pixels(side).clamp(1, limit);
        let scaled_by = |ratio: f64| {
            let ratio = ratio.min(1.0);
            (round(width * ratio, natural.0), round(height * ratio, natural.1))
        };
        match ratios {
            (Some(by_width), Some(by_height)) if self.fit == Fit::Cover => {
                let ratio = by_width.max(by_height);
                let scaled = scaled_by(ratio);
                // The box shrinks as much as the image would have to grow.
                let shrink = ratio.max(1.0);
                let side = |ratio: f64, natural: f64, limit| round(ratio * natural / shrink, limit);
                let result = (side(by_width, width, scaled.0), side(by_height, height, scaled.1));
                RenditionSize { scaled, result }
            }
            (by_width, by_height) => {
                let ratio = by_width.unwrap_or(f64::MAX).min(by_height.unwrap_or(f64::MAX));
                let scaled = scaled_by(ratio);
                RenditionSize { scaled, result: scaled }
            }
        }
    }

    /// Returns the parameters for an address: `w=640&h=480&fit=contain&f=jpg&p=50,25`. Defaults are left out.
    pub fn to_query(&self) -> String {
        let mut query = Vec::new();
        query.extend(self.width.map(|width| format!("w={width}")));
        query.extend(self.height.map(|height| format!("h={height}")));
        if self.fit == Fit::Contain {
            query.push("fit=contain".to_owned());
        }
        query.push(format!("f={}", self.format.name()));
        if self.focus != FocalPoint::default() {
            query.push(format!("p={},{}", self.focus.x, self.focus.y));
        }
        query.join("&")
    }

    /// Reads the parameters of an address. `None` if one is malformed, or if the result would have another
    /// address: each rendition has only one.
    pub fn from_query(parameters: &[(&str, &str)]) -> Option<Self> {
        let value = |name: &str| parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        let side =
            |name| value(name).map(|text| text.parse::<u32>().ok()).map_or(Some(None), |side| side.map(Some));
        let focus = match value("p") {
            None => FocalPoint::default(),
            Some(text) => {
                let (x, y) = text.split_once(',')?;
                FocalPoint { x: x.parse().ok()?, y: y.parse().ok()? }
            }
        };
        let rendition = Self {
            width: side("w")?,
            height: side("h")?,
            fit: match value("fit") {
                None => Fit::Cover,
                Some("contain") => Fit::Contain,
                Some(_) => return None,
            },
            format: RenditionFormat::ALL.into_iter().find(|format| value("f") == Some(format.name()))?,
            focus,
        };
        let is_rounded = FocalPoint::new(f64::from(focus.x), f64::from(focus.y)) == focus;
        let has_side = rendition.width.is_some() || rendition.height.is_some();
        (is_rounded && has_side).then_some(rendition)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rounded size in pixels")]
fn to_pixels(side: f64) -> u32 {
    side.round() as u32
}

/// Returns true if renditions can be made of a file, by its name. The animation of a GIF and the lines of an
/// SVG would be lost.
pub fn has_renditions(path: &DocumentPath) -> bool {
    is_named(path, &["jpg", "jpeg", "png", "webp"])
}

/// Returns true for the name of a JPEG file.
pub fn is_jpeg(path: &DocumentPath) -> bool {
    is_named(path, &["jpg", "jpeg"])
}

fn is_named(path: &DocumentPath, endings: &[&str]) -> bool {
    let ending = path.name().rsplit_once('.').map_or("", |(_, ending)| ending);
    endings.iter().any(|known| known.eq_ignore_ascii_case(ending))
}

/// Widths and heights that renditions may have, in pixels, in ascending order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageWidths(Vec<u32>);

/// The text is not a list of widths.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "image widths are 1 to {} whole numbers from 16 to {}, separated by commas",
    ImageWidths::MAX_COUNT,
    ImageWidths::MAX_WIDTH
)]
pub struct InvalidImageWidths;

impl ImageWidths {
    /// Maximum number of widths. Each width can take space on the disk for each image.
    const MAX_COUNT: usize = 32;
    /// Maximum width in pixels. Larger images are downloads.
    const MAX_WIDTH: u32 = 4_096;

    /// Returns true if renditions may have this width or height.
    pub fn contains(&self, side: u32) -> bool {
        self.0.contains(&side)
    }

    /// Returns the widths in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.0.iter().copied()
    }
}

impl Default for ImageWidths {
    /// Common widths of screens and columns. Each is about 1.5 times the one before.
    fn default() -> Self {
        Self(vec![160, 240, 320, 480, 640, 800, 960, 1_280, 1_600, 1_920])
    }
}

impl FromStr for ImageWidths {
    type Err = InvalidImageWidths;

    fn from_str(text: &str) -> Result<Self, InvalidImageWidths> {
        let width = |text: &str| {
            text.trim().parse::<u32>().ok().filter(|width| (16..=Self::MAX_WIDTH).contains(width))
        };
        let mut widths: Vec<u32> =
            text.split(',').map(width).collect::<Option<_>>().ok_or(InvalidImageWidths)?;
        widths.sort_unstable();
        widths.dedup();
        if widths.len() > Self::MAX_COUNT { Err(InvalidImageWidths) } else { Ok(Self(widths)) }
    }
}

impl fmt::Display for ImageWidths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&widths.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendition(width: Option<u32>, height: Option<u32>, fit: Fit) -> Rendition {
        Rendition { width, height, fit, format: RenditionFormat::Jpeg, focus: FocalPoint::default() }
    }

    #[test]
    fn sizes_keep_proportions_and_never_enlarge() {
        let size = |width, height, fit| {
            let size = rendition(width, height, fit).size((4_000, 3_000));
            (size.scaled, size.result)
        };
        assert_eq!(size(Some(640), None, Fit::Cover), ((640, 480), (640, 480)));
        assert_eq!(size(None, Some(480), Fit::Cover), ((640, 480), (640, 480)));
        assert_eq!(size(Some(320), Some(320), Fit::Contain), ((320, 240), (320, 240)));
        assert_eq!(size(Some(320), Some(320), Fit::Cover), ((427, 320), (320, 320)));
        let small = rendition(Some(640), Some(320), Fit::Cover).size((100, 100));
        assert_eq!((small.scaled, small.result), ((100, 100), (100, 50)));
        assert_eq!(rendition(Some(640), None, Fit::Cover).size((10, 1)).result, (10, 1));
        assert_eq!(rendition(Some(160), None, Fit::Cover).size((4_000, 3)).result, (160, 1));
    }

    #[test]
    fn addresses_have_one_form() {
        let all = Rendition {
            focus: FocalPoint::new(20.0, 101.0),
            ..rendition(Some(640), Some(480), Fit::Contain)
        };
        assert_eq!(all.to_query(), "w=640&h=480&fit=contain&f=jpg&p=25,100");
        let pairs = |query: &'static str| {
            query.split('&').filter_map(|pair| pair.split_once('=')).collect::<Vec<_>>()
        };
        assert_eq!(Rendition::from_query(&pairs("w=640&h=480&fit=contain&f=jpg&p=25,100")), Some(all));
        for query in
            ["f=jpg", "w=640", "w=640&f=gif", "w=-1&f=jpg", "w=640&f=jpg&p=20,20", "w=640&f=jpg&fit=x"]
        {
            assert_eq!(Rendition::from_query(&pairs(query)), None, "{query}");
        }
    }

    #[test]
    fn crops_stay_inside_and_near_the_focal_point() {
        let offsets = |x, y| FocalPoint::new(x, y).crop_offsets((400, 100), (100, 100));
        assert_eq!(offsets(50.0, 50.0), (150, 0));
        assert_eq!(offsets(0.0, 0.0), (0, 0));
        assert_eq!(offsets(100.0, 100.0), (300, 0));
        assert_eq!(offsets(f64::NAN, 0.0), (150, 0));
    }

    #[test]
    fn widths_are_a_bounded_list() {
        assert_eq!("640, 320,640".parse::<ImageWidths>().unwrap().to_string(), "320,640");
        let many: Vec<String> = (16..60).map(|width| width.to_string()).collect();
        for text in ["", "8", "5000", "a", &many.join(",")] {
            assert_eq!(text.parse::<ImageWidths>(), Err(InvalidImageWidths), "{text}");
        }
    }
}
