//! Lists of words that are stored as text: `name: word; word; word`. Lines that begin with `#` are comments.

/// The words of every line with this name.
pub(super) fn of(list: &'static str, name: &str) -> Vec<&'static str> {
    let lines = list.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    lines.flat_map(|words| words.split("; ")).map(str::trim).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_name_are_joined_over_lines() {
        assert_eq!(of("# a: x\na: b; c d\na: e\nab: f", "a"), ["b", "c d", "e"]);
    }
}
