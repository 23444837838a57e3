//! Classifies errors of the YAML parser, so that editors read them in their language.

use passerelle_model::diagnostic::YamlProblem;

/// Returns the cause of an error. `message` is that of the parser, `line` a line of the YAML from 1.
pub(super) fn classify(message: &str, yaml: &str, line: u32) -> YamlProblem {
    let message = message.to_lowercase();
    let index = usize::try_from(line).unwrap_or(1).saturating_sub(1);
    let written = yaml.lines().nth(index).unwrap_or_default();
    let has = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if has(&["duplicate"]) {
        let key = written.split(':').next().unwrap_or_default().trim();
        return YamlProblem::DuplicateKey(key.to_owned());
    }
    if has(&["budget", "limit", "recurs", "too deep", "expansion"]) {
        return YamlProblem::TooComplex;
    }
    if has(&["alias", "anchor"]) {
        let name = written.split('*').nth(1).unwrap_or_default().split_whitespace().next();
        return YamlProblem::UnknownAlias(name.unwrap_or_default().to_owned());
    }
    if yaml.lines().any(|line| line.trim_start_matches(' ').starts_with('\t')) {
        return YamlProblem::Tab;
    }
    let value = written.split_once(':').map_or("", |(_, value)| value.trim());
    let is_open = |quote: char| value.starts_with(quote) && value.matches(quote).count() % 2 == 1;
    if has(&["quote", "scalar"]) && has(&["unexpected end", "quote", "unclosed", "end of"])
        || is_open('"')
        || is_open('\'')
    {
        return YamlProblem::Quote;
    }
    let differs = |open: char, close: char| yaml.matches(open).count() != yaml.matches(close).count();
    if differs('[', ']') || differs('{', '}') {
        return YamlProblem::Bracket;
    }
    if !value.starts_with(['"', '\'', '[', '{']) && value.contains(": ") {
        return YamlProblem::Colon;
    }
    if written.starts_with(' ') || has(&["indent"]) {
        return YamlProblem::Indentation;
    }
    YamlProblem::Other
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::front_matter::split;
    use passerelle_model::diagnostic::DiagnosticKind;

    fn problem(yaml: &str) -> YamlProblem {
        match split(&format!("---\n{yaml}\n---\n")).unwrap_err().kind {
            DiagnosticKind::InvalidFrontMatter { problem } => problem,
            kind => panic!("{kind:?}"),
        }
    }

    #[test]
    fn causes_are_recognized() {
        assert_eq!(problem("name: A\nname: B"), YamlProblem::DuplicateKey("name".to_owned()));
        assert_eq!(problem("name: \"A\nlang: fr"), YamlProblem::Quote);
        assert_eq!(problem("name: A: b"), YamlProblem::Colon);
        assert_eq!(problem("tags: [a, b\nlang: fr"), YamlProblem::Bracket);
        assert_eq!(problem("a:\n\tb: c"), YamlProblem::Tab);
        assert_eq!(problem("a: *b"), YamlProblem::UnknownAlias("b".to_owned()));
        assert_eq!(problem("- a"), YamlProblem::NoFields);
    }
}
