//! Numbers and dates in the language of a page.

use passerelle_model::timestamp::Timestamp;
use time::OffsetDateTime;

use crate::words::{Noun, Words};

impl Words {
    /// Formats a whole number with separators between groups of three digits.
    pub(crate) fn number_text(&self, number: u64) -> String {
        let digits = number.to_string();
        let mut text = String::with_capacity(digits.len() + 4);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push_str(self.thousands);
            }
            text.push(digit);
        }
        text
    }

    /// Formats a number with its noun: `12 mesures`.
    pub(crate) fn counted(&self, number: u64, noun: Noun) -> String {
        format!("{} {}", self.number_text(number), self.agree(number, noun))
    }

    /// Returns the form of a word that agrees with a number.
    pub(crate) fn agree(&self, number: u64, [one, many]: Noun) -> &'static str {
        let is_singular = number == 1 || (number == 0 && self.zero_is_singular);
        if is_singular { one } else { many }
    }

    /// Formats a share from 0 to 1 as a whole percentage. Rounds down, so that 100 % means all.
    pub(crate) fn percent(&self, share: f64) -> String {
        // The small term keeps 0.29 from becoming 28 by the inexact product.
        let percent = (share * 100.0 + 1e-9).floor();
        format!("{percent:.0}{}%", self.percent_space)
    }

    /// Formats a date in UTC: `14 novembre 2025`.
    pub(crate) fn date_text(&self, at: Timestamp) -> String {
        let Some(moment) = moment(at) else { return at.to_string() };
        let month = self.months[usize::from(u8::from(moment.month())) - 1];
        let day = match (self.code, moment.day()) {
            ("fr", 1) => "1er".to_owned(),
            ("de", day) => format!("{day}."),
            (_, day) => day.to_string(),
        };
        format!("{day} {month} {}", moment.year())
    }

    /// Formats a date and a time in UTC: `14 novembre 2025, 09:44 UTC`.
    pub(crate) fn time_text(&self, at: Timestamp) -> String {
        let Some(moment) = moment(at) else { return at.to_string() };
        format!("{}, {:02}:{:02} UTC", self.date_text(at), moment.hour(), moment.minute())
    }
}

fn moment(at: Timestamp) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.millis()) * 1_000_000).ok()
}

/// Returns the day of an instant in UTC as `2025-11-14`.
pub(crate) fn day(at: Timestamp) -> String {
    at.to_string().chars().take_while(|letter| *letter != 'T').collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::language::Language;

    #[test]
    fn numbers_follow_the_language() {
        let [fr, en] = [Language::Fr, Language::En].map(Words::of);
        assert_eq!(fr.number_text(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(en.number_text(123), "123");
        assert_eq!(fr.counted(0, fr.measure_noun), "0 mesure");
        assert_eq!(en.counted(0, en.measure_noun), "0 measures");
        assert_eq!((fr.percent(0.29), en.percent(0.999)), ("29\u{a0}%".to_owned(), "99%".to_owned()));
    }

    #[test]
    fn dates_follow_the_language() {
        let at = Timestamp::parse("2025-11-01T09:04:00Z").unwrap_or_default();
        assert_eq!(Words::of(Language::Fr).date_text(at), "1er novembre 2025");
        assert_eq!(Words::of(Language::De).date_text(at), "1. November 2025");
        assert_eq!(Words::of(Language::Nl).time_text(at), "1 november 2025, 09:04 UTC");
        assert_eq!(day(at), "2025-11-01");
    }
}
