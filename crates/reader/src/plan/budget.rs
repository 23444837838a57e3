//! Budgets of measures: one amount with a currency, or text.

use passerelle_model::plan::Money;
use passerelle_text::fold::fold;

/// Signs and words of currencies, folded, with their ISO 4217 code.
const CURRENCIES: &[(&str, &str)] = &[
    ("€", "EUR"),
    ("eur", "EUR"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("$", "USD"),
    ("usd", "USD"),
    ("£", "GBP"),
    ("gbp", "GBP"),
    ("chf", "CHF"),
    ("nok", "NOK"),
    ("sek", "SEK"),
    ("dkk", "DKK"),
    ("pln", "PLN"),
    ("czk", "CZK"),
    ("huf", "HUF"),
];

/// Words and letters that multiply, folded, with the number of zeros.
const MULTIPLIERS: &[(&str, u32)] = &[
    ("k", 3),
    ("ke", 3),
    ("k€", 3),
    ("m€", 6),
    ("mio", 6),
    ("mio.", 6),
    ("mln", 6),
    ("mln.", 6),
    ("m", 6),
    ("million", 6),
    ("millions", 6),
    ("miljoen", 6),
    ("millionen", 6),
    ("md€", 9),
    ("mrd", 9),
    ("mrd.", 9),
    ("milliard", 9),
    ("milliards", 9),
    ("billion", 9),
];

/// Words that can accompany an amount without changing it, folded.
const FILLERS: &[&str] = &[
    "env.", "environ", "ca.", "ca", "circa", "approx.", "about", "around", "ttc", "ht", "ungefahr", "rund",
    "htva", "tvac", "d'", "de", "of",
];

/// The longest text that is read as an amount, in bytes.
const MAX_BYTES: usize = 60;

/// Reads a budget that is one amount with a currency.
///
/// Returns `None` for a range, a yearly amount, several amounts, or a number without a currency. One amount
/// cannot represent these texts.
pub(super) fn read(text: &str, header: &str) -> Option<Money> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let tokens = tokens(&fold(text));
    let mut number: Option<String> = None;
    let mut zeros = 0;
    let mut currency = None;
    for token in &tokens {
        if token.starts_with(|first: char| first.is_ascii_digit()) {
            match &mut number {
                // `1 380 000` has groups of three digits.
                Some(digits) if is_group(token) && !digits.contains([',', '.']) => digits.push_str(token),
                Some(_) => return None,
                None => number = Some(token.clone()),
            }
        } else if let Some((_, code)) = CURRENCIES.iter().find(|(word, _)| word == token) {
            currency = Some(*code);
        } else if let Some((_, found)) = MULTIPLIERS.iter().find(|(word, _)| word == token) {
            zeros = *found;
            if token.contains('€') || token == "ke" {
                currency = Some("EUR");
            }
        } else if !FILLERS.contains(&token.as_str()) {
            return None;
        }
    }
    let unit = fold(header);
    let unit = unit.split(['(', ')', '[', ']', ' ']).find_map(|word| {
        let multiplier = MULTIPLIERS.iter().find(|(name, _)| *name == word && word.contains('€'));
        let code = CURRENCIES.iter().find(|(name, _)| *name == word);
        multiplier.map(|(_, zeros)| ("EUR", *zeros)).or_else(|| code.map(|(_, code)| (*code, 0)))
    });
    if currency.is_none() {
        let (code, found) = unit?;
        currency = Some(code);
        zeros = zeros.max(found);
    }
    Some(Money { hundredths: hundredths(&number?, zeros)?, currency: currency?.to_owned() })
}

/// Splits a text at spaces and between digits and letters.
fn tokens(folded: &str) -> Vec<String> {
    let mut tokens: Vec<String> = Vec::new();
    let mut was_digit = None;
    for character in folded.chars() {
        if character.is_whitespace() || character == '\'' {
            was_digit = None;
            continue;
        }
        let is_digit = character.is_ascii_digit() || (",.".contains(character) && was_digit == Some(true));
        match tokens.last_mut() {
            Some(last)
                if was_digit == Some(is_digit) && !"€$£".contains(character)
                    || (character == '€' && last_is_multiplier(last) && was_digit == Some(false)) =>
            {
                last.push(character);
            }
            _ => tokens.push(character.to_string()),
        }
        was_digit = Some(is_digit);
    }
    tokens
}

fn last_is_multiplier(token: &str) -> bool {
    matches!(token, "k" | "m" | "md")
}

fn is_group(token: &str) -> bool {
    token.split([',', '.']).next().is_some_and(|digits| digits.len() == 3)
}

/// The amount in hundredths. The last mark separates decimals unless three digits follow it.
fn hundredths(number: &str, zeros: u32) -> Option<i64> {
    let marks: Vec<usize> = number.match_indices([',', '.']).map(|(at, _)| at).collect();
    let decimal = marks.last().copied().filter(|at| {
        let decimals = number.len() - at - 1;
        let is_only = marks.len() == 1;
        // `2.450` is a group of thousands, `2.45` or `2,5` a fraction; before `million`, `1.036` is a
        // fraction.
        (1..=2).contains(&decimals) || (is_only && zeros >= 6 && decimals == 3)
    });
    let (whole, decimals) = decimal.map_or((number, ""), |at| (&number[..at], &number[at + 1..]));
    let whole: i64 = whole.replace([',', '.'], "").parse().ok()?;
    let scale = 10_i64.checked_pow(zeros + 2)?;
    let mut amount = whole.checked_mul(scale)?;
    if !decimals.is_empty() {
        let length = u32::try_from(decimals.len()).ok()?;
        let fraction: i64 = decimals.parse().ok()?;
        amount = amount.checked_add(fraction.checked_mul(scale)? / 10_i64.checked_pow(length)?)?;
    }
    Some(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str) -> Option<(i64, String)> {
        read(text, "Budget").map(|money| (money.hundredths / 100, money.currency))
    }

    #[test]
    fn one_amount_with_a_currency_is_a_budget() {
        for (text, expected) in [
            ("1 380 000 €", 1_380_000),
            ("12.500 EUR", 12_500),
            ("€ 12,500", 12_500),
            ("EUR 39 million", 39_000_000),
            ("2,5 M€", 2_500_000),
            ("150 k€", 150_000),
            ("env. 40 000 euros", 40_000),
            ("1 Mio. €", 1_000_000),
            ("12,50 €", 12),
        ] {
            assert_eq!(amount(text), Some((expected, "EUR".to_owned())), "{text}");
        }
        assert_eq!(read("150", "Coût (k€)").map(|money| money.hundredths), Some(15_000_000));
        assert_eq!(read("0,5", "Budget (M€)").map(|money| money.hundredths), Some(50_000_000));
    }

    #[test]
    fn other_texts_are_no_amount() {
        for text in [
            "Ligne budgétaire",
            "40-50 000 €",
            "350,000 EUR/year",
            "12 000",
            "2024 : 5 €, 2025 : 6 €",
            "",
            "€",
        ] {
            assert_eq!(amount(text), None, "{text}");
        }
    }
}
