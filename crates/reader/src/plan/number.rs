//! Reads the number of a measure from a cell.

use passerelle_text::fold::fold;

use super::title::strip_emphasis;

/// A number, and whether the text marks it as the number of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MeasureNumber {
    /// The number.
    pub(super) value: u32,
    /// True if the cell has only digits. A page, a year or an amount looks the same.
    pub(super) is_bare: bool,
}

/// The words before a number: French, Dutch, English, German.
const NUMBER_WORDS: [&str; 4] = ["mesure", "maatregel", "measure", "massnahme"];

/// The short words for `number`.
const NUMBER_SIGNS: [&str; 8] = ["n°", "nº", "no.", "nr.", "no", "nr", "n.", "#"];

/// The longest cell that can be a number, in bytes.
const MAX_CELL_BYTES: usize = 40;

/// Reads `12.`, `12)`, `12°`, `Mesure n° 12`, and `12`.
pub(super) fn read(cell: &str) -> Option<MeasureNumber> {
    if cell.len() > MAX_CELL_BYTES || !cell.contains(|character: char| character.is_ascii_digit()) {
        return None;
    }
    let folded = fold(&strip_emphasis(cell).0.replace('\\', ""));
    let mut rest = folded.as_str();
    let mut is_bare = true;
    for words in [&NUMBER_WORDS[..], &NUMBER_SIGNS[..]] {
        if let Some(after) = words.iter().find_map(|word| rest.strip_prefix(word)) {
            rest = after.trim_start();
            is_bare = false;
        }
    }
    if let Some(before) =
        rest.strip_suffix(['.', ')', '°', 'º']).or_else(|| rest.strip_suffix(':').filter(|_| !is_bare))
    {
        rest = before;
        is_bare = false;
    }
    let is_number = !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    // GraphQL and the database store it in 31 bits.
    let value = if is_number { rest.parse::<i32>().ok() } else { None };
    value.and_then(|value| u32::try_from(value).ok()).map(|value| MeasureNumber { value, is_bare })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marked_numbers_are_not_bare() {
        for cell in [
            "12.",
            "**12.**",
            "12\\.",
            "12)",
            "12°",
            "Mesure 12",
            "MESURE n° 12",
            "N° 12",
            "Nr. 12",
            "Maßnahme 12:",
            "*Maatregel 12*",
        ] {
            assert_eq!(read(cell), Some(MeasureNumber { value: 12, is_bare: false }), "{cell}");
        }
        assert_eq!(read("**12**"), Some(MeasureNumber { value: 12, is_bare: true }));
    }

    #[test]
    fn other_cells_are_not_numbers() {
        for cell in
            ["1a.", ".", "99999999999.", "Mesure", "12 %", "1.2", "2025-2030", "Mesures 1 à 12", "1.2."]
        {
            assert_eq!(read(cell), None, "{cell}");
        }
    }
}
