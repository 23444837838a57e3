//! Generated pages. The number and the frequencies of the words are those of real text.

use std::fs;
use std::path::{Path, PathBuf};

/// Number of different words.
const WORDS: usize = 40_000;
/// Number of words per page.
const PER_PAGE: usize = 700;
/// Number of documents per folder.
const PER_FOLDER: usize = 200;
/// Frequent stop words.
const STOP_WORDS: [&str; 12] = ["le", "la", "les", "de", "des", "et", "à", "en", "pour", "une", "dans", "l’"];

/// Pseudo-random numbers with a fixed seed.
pub(super) struct SeededRandom(u64);

impl SeededRandom {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(1))
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Returns a number below `most`.
    pub(super) fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or_default() % most.max(1)
    }

    /// Draws the rank of a word. The word of rank n is n times less frequent than the first one.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank among some thousand"
    )]
    fn rank(&mut self) -> usize {
        let part = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((WORDS as f64).powf(part) as usize).min(WORDS) - 1
    }
}

/// Returns the word of a rank.
pub(super) fn word(rank: usize) -> String {
    const BEGIN: [&str; 20] = [
        "ac", "bé", "cou", "dé", "é", "fra", "ga", "hu", "in", "jar", "lo", "ma", "nou", "or", "par", "qua",
        "ré", "sou", "tra", "vi",
    ];
    const MIDDLE: [&str; 25] = [
        "ba", "ca", "cher", "co", "du", "fi", "gre", "la", "li", "lu", "mé", "mi", "na", "no", "pa", "pli",
        "ra", "ri", "sa", "si", "ta", "ti", "tu", "ve", "vou",
    ];
    const END: [&str; 16] = [
        "tion", "ment", "té", "er", "eur", "age", "ique", "able", "ons", "elle", "ier", "oir", "ance", "ard",
        "in", "et",
    ];
    let mut text = BEGIN[rank % 20].to_owned();
    let mut rest = rank / 20;
    for _ in 0..2 + rank % 2 {
        text.push_str(MIDDLE[rest % 25]);
        rest /= 25;
    }
    text.push_str(END[(rank / 7) % 16]);
    text
}

fn prose(random: &mut SeededRandom, words: usize) -> String {
    let mut text = String::new();
    for at in 0..words {
        if random.below(5) < 2 {
            let small = STOP_WORDS[random.below(STOP_WORDS.len())];
            text.push_str(small);
            if !small.ends_with('’') {
                text.push(' ');
            }
        } else {
            text.push_str(&word(random.rank()));
            if random.below(4) == 0 {
                text.push('s');
            }
            text.push_str(if at % 14 == 13 { ". " } else { " " });
        }
    }
    text
}

/// Returns the path of a page.
pub(super) fn page_path(content: &Path, number: usize) -> PathBuf {
    content.join(format!("lot-{}/page-{number}.md", number / PER_FOLDER))
}

/// Writes pages and returns the size of their text in bytes.
pub(super) fn write(content: &Path, pages: usize) -> anyhow::Result<usize> {
    let mut bytes = 0;
    for number in 0..pages {
        let work_dir = page_path(content, number);
        if number % PER_FOLDER == 0 {
            fs::create_dir_all(content.join(format!("lot-{}", number / PER_FOLDER)))?;
        }
        let mut random = SeededRandom::new(number as u64 + 1);
        let title = prose(&mut random, 5);
        let mut text = format!("---\nlang: fr\n---\n# {title}\n\n");
        for _ in 0..4 {
            let heading = prose(&mut random, 4);
            for part in ["## ", &heading, "\n\n", &prose(&mut random, PER_PAGE / 4), "\n\n"] {
                text.push_str(part);
            }
        }
        bytes += text.len();
        fs::write(work_dir, text)?;
    }
    Ok(bytes)
}

/// Generates queries of several kinds.
pub(super) fn queries(count: usize) -> [(&'static str, Vec<String>); 5] {
    let mut random = SeededRandom::new(7);
    let mut words = |many: usize| (0..many).map(|_| word(random.rank())).collect::<Vec<_>>().join(" ");
    let one = (0..count).map(|_| words(1)).collect();
    let two = (0..count).map(|_| words(2)).collect();
    let four = (0..count).map(|_| words(4)).collect();
    let begun =
        (0..count).map(|at| words(2).chars().rev().skip(1 + at % 6).collect::<Vec<_>>()).collect::<Vec<_>>();
    let begun = begun.into_iter().map(|letters| letters.into_iter().rev().collect()).collect();
    let slip = |text: String| {
        let letters: Vec<char> = text.chars().collect();
        let middle = letters.len() / 2;
        letters.iter().enumerate().filter(|(at, _)| *at != middle).map(|(_, letter)| letter).collect()
    };
    let slips = (0..count).map(|_| slip(words(1))).collect();
    [
        ("one word", one),
        ("two words", two),
        ("four words", four),
        ("two words, one begun", begun),
        ("one word, a slip", slips),
    ]
}
