//! The number of a measure, as a cell has it.

use passerelle_text::fold::fold;

use super::title::unwrap;

/// A number, and whether it says of itself that it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// The number.
    pub(super) value: u32,
    /// Digits and nothing else: a page, a year or an amount looks the same.
    pub(super) is_bare: bool,
}

/// The words before a number: French, Dutch, English, German.
const WORDS: [&str; 4] = ["mesure", "maatregel", "measure", "massnahme"];

/// The short words for `number`.
const SIGNS: [&str; 8] = ["n°", "nº", "no.", "nr.", "no", "nr", "n.", "#"];

/// The longest cell that can be a number, in bytes.
const LONGEST: usize = 40;

/// Reads `12.`, `12)`, `12°`, `Mesure n° 12`, and `12`.
pub(super) fn read(cell: &str) -> Option<Number> {
    if cell.len() > LONGEST || !cell.contains(|character: char| character.is_ascii_digit()) {
        return None;
    }
    let folded = fold(&unwrap(cell).0.replace('\\', ""));
    let mut rest = folded.as_str();
    let mut is_bare = true;
    for words in [&WORDS[..], &SIGNS[..]] {
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
    // GraphQL and the database have 31 bits for it.
    let value = if is_number { rest.parse::<i32>().ok() } else { None };
    value.and_then(|value| u32::try_from(value).ok()).map(|value| Number { value, is_bare })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_says_that_it_is_one() {
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
            assert_eq!(read(cell), Some(Number { value: 12, is_bare: false }), "{cell}");
        }
        assert_eq!(read("**12**"), Some(Number { value: 12, is_bare: true }));
    }

    #[test]
    fn other_cells_have_none() {
        for cell in
            ["1a.", ".", "99999999999.", "Mesure", "12 %", "1.2", "2025-2030", "Mesures 1 à 12", "1.2."]
        {
            assert_eq!(read(cell), None, "{cell}");
        }
    }
}
