//! Periods and deadlines of measures: `2024-2027`, `T3 2025`, `fin 2026`, `31/12/2025`.

use passerelle_model::timestamp::Timestamp;
use passerelle_text::fold::fold;

/// Both ends of a period. `None` if the text does not say them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Period {
    /// First day.
    pub(super) start: Option<Timestamp>,
    /// Last day.
    pub(super) end: Option<Timestamp>,
}

/// Names of months, folded, with their first letters: French, Dutch, English, German.
const MONTHS: &[(&str, u8)] = &[
    ("janvier", 1),
    ("fevrier", 2),
    ("mars", 3),
    ("avril", 4),
    ("mai", 5),
    ("juin", 6),
    ("juillet", 7),
    ("aout", 8),
    ("septembre", 9),
    ("octobre", 10),
    ("novembre", 11),
    ("decembre", 12),
    ("januari", 1),
    ("februari", 2),
    ("maart", 3),
    ("april", 4),
    ("mei", 5),
    ("juni", 6),
    ("juli", 7),
    ("augustus", 8),
    ("september", 9),
    ("oktober", 10),
    ("november", 11),
    ("december", 12),
    ("january", 1),
    ("february", 2),
    ("march", 3),
    ("may", 5),
    ("june", 6),
    ("july", 7),
    ("august", 8),
    ("october", 10),
    ("januar", 1),
    ("februar", 2),
    ("marz", 3),
    ("dezember", 12),
    // Abbreviations, without their full stop.
    ("janv", 1),
    ("fev", 2),
    ("fevr", 2),
    ("mar", 3),
    ("mrt", 3),
    ("avr", 4),
    ("apr", 4),
    ("jun", 6),
    ("jul", 7),
    ("juil", 7),
    ("aug", 8),
    ("sep", 9),
    ("jan", 1),
    ("feb", 2),
    ("sept", 9),
    ("oct", 10),
    ("nov", 11),
    ("dec", 12),
    ("dez", 12),
    ("okt", 10),
];

/// Words that make a year a beginning, folded.
const START_WORDS: &[&str] = &[
    "depuis", "des", "a partir", "vanaf", "sinds", "since", "from", "starting", "ab", "seit", "from", "as of",
];

/// The longest text that is read as a period, in bytes.
const MAX_BYTES: usize = 120;

/// Reads a period. A single date is its end, unless a word makes it the beginning.
pub(super) fn read(text: &str) -> Period {
    if text.len() > MAX_BYTES {
        return Period::default();
    }
    let folded = fold(text).replace(['–', '—', '→'], "-");
    let spans = spans(&folded);
    let [first, rest @ ..] = spans.as_slice() else { return Period::default() };
    let is_start = START_WORDS.iter().any(|word| folded.starts_with(word));
    match rest {
        [] if is_start => Period { start: day(first.start), end: None },
        [] => Period { start: None, end: day(first.end) },
        // A list of more than two dates is no period.
        [last] if last.start >= first.start => Period { start: day(first.start), end: day(last.end) },
        _ => Period::default(),
    }
}

/// Reads one date: its first day if `is_start`, else its last day.
pub(super) fn date(text: &str, is_start: bool) -> Option<Timestamp> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let spans = spans(&fold(text));
    match spans.as_slice() {
        [only] => day(if is_start { only.start } else { only.end }),
        _ => None,
    }
}

/// Year, month and day.
type Day = (i32, u8, u8);

#[derive(Clone, Copy, Debug)]
struct Span {
    start: Day,
    end: Day,
}

fn day((year, month, day): Day) -> Option<Timestamp> {
    Timestamp::parse(&format!("{year:04}-{month:02}-{day:02}"))
}

fn last_day(year: i32, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The dates of a folded text, each as the days that it covers.
fn spans(folded: &str) -> Vec<Span> {
    let tokens: Vec<&str> = folded
        .split(|character: char| character.is_whitespace() || "()[],;".contains(character))
        .filter(|token| !token.is_empty())
        .collect();
    let mut spans = Vec::new();
    // `été 2026`. Elsewhere, `été` is mostly a participle.
    let mut month: Option<(u8, u8)> = tokens.first().filter(|first| **first == "ete").map(|_| (6, 9));
    let mut day_of_month: Option<u8> = None;
    for (at, token) in tokens.iter().enumerate() {
        let token = token.trim_matches([':', '.', '-']);
        // `deuxième phase` is no part of a year.
        let is_before_part = || tokens.get(at + 1).is_some_and(|next| parts_of_year(next).is_some());
        if let Some(iso) = numeric_date(token) {
            spans.push(iso);
        } else if UNCLEAR_WORDS.contains(&token) {
            // The text of the schedule says it.
            return Vec::new();
        } else if let Some(parts) = parts_of_year(token) {
            let part = day_of_month.take().map(|part| if part == LAST { parts } else { part });
            let Some(part) = part.filter(|part| (1..=parts).contains(part)) else { return Vec::new() };
            let length = 12 / parts;
            month = Some(((part - 1) * length + 1, part * length));
        } else if let Some(ordinal) =
            ORDINALS.iter().find(|(word, _)| *word == token && is_before_part()).map(|(_, ordinal)| *ordinal)
        {
            day_of_month = Some(ordinal);
        } else if let Some((first, last)) = year_pair(token) {
            spans.push(of_year(first, month));
            spans.push(of_year(last, month.take()));
        } else if let Some(year) = year(token) {
            let span = match (day_of_month.take(), month) {
                (Some(day), Some((first, last))) if first == last && day <= last_day(year, first) => {
                    Span { start: (year, first, day), end: (year, first, day) }
                }
                _ => of_year(year, month),
            };
            month = None;
            spans.push(span);
        } else if let Some(found) = months_of(token) {
            month = Some(found);
        } else if let Ok(day) = token.trim_end_matches(|letter: char| letter.is_alphabetic()).parse::<u8>()
            && (1..=31).contains(&day)
        {
            day_of_month = Some(day);
        }
    }
    spans
}

fn of_year(year: i32, months: Option<(u8, u8)>) -> Span {
    let (first, last) = months.unwrap_or((1, 12));
    Span { start: (year, first, 1), end: (year, last, last_day(year, last)) }
}

fn year(token: &str) -> Option<i32> {
    let token = token.trim_end_matches(['+', '*']);
    let value = (token.len() == 4).then(|| token.parse::<i32>().ok()).flatten()?;
    (1990..2100).contains(&value).then_some(value)
}

/// `2024-2027`, `2024/2027`, `2024-27`.
fn year_pair(token: &str) -> Option<(i32, i32)> {
    let (first, last) = token.split_once(['-', '/'])?;
    let first = year(first)?;
    let last = year(last).or_else(|| {
        let short = (last.len() == 2).then(|| last.parse::<i32>().ok()).flatten()?;
        Some(first / 100 * 100 + short)
    })?;
    (last >= first).then_some((first, last))
}

/// `2025-12-31`, `31/12/2025`, `31.12.2025`, `12/2025`, `2025-12`.
fn numeric_date(token: &str) -> Option<Span> {
    let parts: Vec<&str> = token.split(['-', '/', '.']).collect();
    let number = |part: &str| (part.len() <= 2).then(|| part.parse::<u8>().ok()).flatten();
    let valid = |year: i32, month: u8, day: u8| {
        let is_valid = (1..=12).contains(&month) && (1..=last_day(year, month)).contains(&day);
        is_valid.then_some(Span { start: (year, month, day), end: (year, month, day) })
    };
    match parts.as_slice() {
        [first, middle, last] if first.len() == 4 => valid(year(first)?, number(middle)?, number(last)?),
        [first, middle, last] => valid(year(last)?, number(middle)?, number(first)?),
        [month, last] if last.len() == 4 => {
            let month = number(month).filter(|month| (1..=12).contains(month))?;
            Some(of_year(year(last)?, Some((month, month))))
        }
        [first, month] if first.len() == 4 => {
            let month = number(month).filter(|month| (1..=12).contains(month) && token.contains('-'))?;
            // `2024-27` is a period of years, `2024-12` a month.
            Some(of_year(year(first)?, Some((month, month))))
        }
        _ => None,
    }
}

/// Words that make the days of a year unclear: a week, or a winter, which is in two years.
const UNCLEAR_WORDS: [&str; 7] = ["kw", "week", "semaine", "woche", "kalenderwoche", "hiver", "winter"];

/// The last part of a year, whatever their number.
const LAST: u8 = u8::MAX;

/// Ordinal numbers of quarters and half-years, folded.
const ORDINALS: [(&str, u8); 25] = [
    ("premier", 1),
    ("deuxieme", 2),
    ("second", 2),
    ("troisieme", 3),
    ("quatrieme", 4),
    ("dernier", LAST),
    ("first", 1),
    ("third", 3),
    ("fourth", 4),
    ("last", LAST),
    ("eerste", 1),
    ("tweede", 2),
    ("derde", 3),
    ("vierde", 4),
    ("laatste", LAST),
    ("erstes", 1),
    ("zweites", 2),
    ("drittes", 3),
    ("viertes", 4),
    ("erste", 1),
    ("zweite", 2),
    ("dritte", 3),
    ("vierte", 4),
    ("letztes", LAST),
    ("letzte", LAST),
];

/// The number of parts of a year for `trimestre` and `semestre`.
fn parts_of_year(token: &str) -> Option<u8> {
    match token {
        "trimestre" | "quarter" | "kwartaal" | "quartal" => Some(4),
        "semestre" | "semester" | "half" | "halfjaar" | "halbjahr" => Some(2),
        _ => None,
    }
}

/// The first and last month of `t3`, `q1`, `s2`, `debut`, `fin` or the name of a month.
fn months_of(token: &str) -> Option<(u8, u8)> {
    let month = MONTHS.iter().find(|(name, _)| *name == token).map(|(_, month)| (*month, *month));
    let numbered = || {
        let digit = token.bytes().find(u8::is_ascii_digit)? - b'0';
        let letters: String = token.chars().filter(|letter| letter.is_alphabetic()).collect();
        match (letters.as_str(), digit) {
            ("t" | "q" | "k" | "kw", 1..=4) if token.len() == 2 => Some((digit * 3 - 2, digit * 3)),
            ("s" | "h", 1..=2) if token.len() == 2 => Some((digit * 6 - 5, digit * 6)),
            _ => None,
        }
    };
    let part = || match token {
        "debut" | "early" | "begin" | "anfang" => Some((1, 4)),
        "mi" | "mid" | "mitte" | "midden" => Some((5, 8)),
        "fin" | "end" | "late" | "eind" | "ende" | "automne" | "herfst" | "najaar" | "autumn" | "fall"
        | "herbst" => Some((9, 12)),
        "printemps" | "lente" | "voorjaar" | "spring" | "fruhling" | "fruhjahr" => Some((3, 6)),
        "zomer" | "summer" | "sommer" => Some((6, 9)),
        _ => None,
    };
    month.or_else(numbered).or_else(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> (String, String) {
        let text_of =
            |at: Option<Timestamp>| at.map(|at| at.to_string()[..10].to_owned()).unwrap_or_default();
        let period = read(text);
        (text_of(period.start), text_of(period.end))
    }

    #[test]
    fn periods_and_deadlines_are_read() {
        for (text, start, end) in [
            ("2024-2027", "2024-01-01", "2027-12-31"),
            ("2024–2030", "2024-01-01", "2030-12-31"),
            ("2024-27", "2024-01-01", "2027-12-31"),
            ("2024", "", "2024-12-31"),
            ("T3 2025", "", "2025-09-30"),
            ("S1 2022", "", "2022-06-30"),
            ("fin 2026", "", "2026-12-31"),
            ("31/12/2025", "", "2025-12-31"),
            ("December 31, 2021", "", "2021-12-31"),
            ("2025-06-30", "", "2025-06-30"),
            ("Juni 2026", "", "2026-06-30"),
            ("Mar 2026", "", "2026-03-31"),
            ("janv. 2026 - juil. 2026", "2026-01-01", "2026-07-31"),
            ("mrt 2026", "", "2026-03-31"),
            ("depuis 2019", "2019-01-01", ""),
            ("ab 2013", "2013-01-01", ""),
            ("bis 2025", "", "2025-12-31"),
            ("mars 2024 - juin 2025", "2024-03-01", "2025-06-30"),
            ("1er trimestre 2026", "", "2026-03-31"),
            ("deuxième semestre 2026", "", "2026-12-31"),
            ("2. Quartal 2026", "", "2026-06-30"),
            ("first half of 2026", "", "2026-06-30"),
            ("laatste kwartaal 2026", "", "2026-12-31"),
            ("printemps 2026", "", "2026-06-30"),
            ("été 2026", "", "2026-09-30"),
            ("a été fait en 2026", "", "2026-12-31"),
            ("deuxième phase, mars 2026", "", "2026-03-31"),
        ] {
            assert_eq!(period(text), (start.to_owned(), end.to_owned()), "{text}");
        }
    }

    #[test]
    fn texts_without_one_period_have_no_dates() {
        for text in [
            "en continu",
            "Daueraufgabe",
            "2019, 2021 et 2023",
            "99/99/2025",
            "12 mois",
            "KW 12 2026",
            "hiver 2026",
            "",
        ] {
            assert_eq!(period(text), (String::new(), String::new()), "{text}");
        }
    }
}
