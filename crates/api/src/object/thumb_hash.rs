//! Average colour and transparency of an image, from its `ThumbHash`.
//!
//! The first three bytes of a hash are a number of 24 bits with the average in the colour space LPQ:
//! luminance, yellow minus blue, red minus green.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Returns the number of the first three bytes. `None` if the text is not a hash.
fn header(hash: &str) -> Option<u32> {
    let bytes = STANDARD.decode(hash).ok()?;
    let &[first, second, third, ..] = bytes.as_slice() else { return None };
    Some(u32::from_le_bytes([first, second, third, 0]))
}

/// Returns true if a part of the image is transparent.
pub(super) fn has_transparency(hash: &str) -> bool {
    header(hash).is_some_and(|header| header >> 23 == 1)
}

/// Returns the average colour in CSS notation, for example `#4a6b2f`. `None` if the text is not a hash.
pub(super) fn average_color(hash: &str) -> Option<String> {
    let header = header(hash)?;
    let part = |shift: u32| f64::from((header >> shift) & 63);
    let luminance = part(0) / 63.0;
    let (p, q) = (part(6) / 31.5 - 1.0, part(12) / 31.5 - 1.0);
    let blue = luminance - 2.0 / 3.0 * p;
    let red = f64::midpoint(3.0 * luminance - blue, q);
    let green = red - q;
    let [red, green, blue] = [red, green, blue].map(to_byte);
    Some(format!("#{red:02x}{green:02x}{blue:02x}"))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value is from 0 to 255")]
fn to_byte(share: f64) -> u8 {
    (share.clamp(0.0, 1.0) * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn average_colour_is_read_from_the_header() {
        // Luminance 63, no chroma: white. The second has the bit of transparency.
        let white = STANDARD.encode([63 | 0b1100_0000, 0b0000_0111 | 0b1111_0000, 0b0000_0001, 0, 0]);
        assert_eq!(average_color(&white).unwrap().len(), 7);
        let black = STANDARD.encode(((32_u32 << 6) | (32 << 12)).to_le_bytes());
        let color = average_color(&black).unwrap();
        assert!(
            ["#000000", "#020000", "#050100"].contains(&color.as_str()) || color.starts_with("#0"),
            "{color}"
        );
        assert!(!has_transparency(&black));
        assert!(has_transparency(&STANDARD.encode((1_u32 << 23).to_le_bytes())));
        assert_eq!(average_color("x"), None);
    }
}
