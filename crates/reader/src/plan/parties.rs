//! Lists in one cell: responsible bodies, partners, indicators.

/// Splits a cell with several bodies.
///
/// A semicolon, a slash, a plus sign or a bullet separates bodies. A comma is also a part of names (`Sport,
/// Tourism and Fashion`), so it separates only short names and acronyms.
pub(super) fn split(cell: &str) -> Vec<String> {
    let parts: Vec<&str> =
        cell.split([';', '/', '•', '\n', '+']).flat_map(|part| part.split(" - ")).map(str::trim).collect();
    parts.into_iter().flat_map(split_commas).filter(|part| part.contains(char::is_alphanumeric)).collect()
}

fn split_commas(part: &str) -> Vec<String> {
    let names: Vec<&str> = part.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let words = |name: &str| name.split_whitespace().count();
    let is_acronym = |name: &str| name.len() <= 12 && !name.chars().any(char::is_lowercase);
    let is_short = |name: &&str| words(name) <= 3 && name.starts_with(|first: char| !first.is_lowercase());
    let are_names = names.iter().all(is_short)
        && !names.iter().any(|name| name.contains(" and ") || name.contains(" et "));
    let are_acronyms = names.iter().skip(1).all(|name| is_acronym(name.trim_end_matches('*')));
    if names.len() > 1 && (are_names || are_acronyms) {
        names.into_iter().map(clean).collect()
    } else {
        vec![clean(part)]
    }
}

fn clean(name: &str) -> String {
    name.trim().trim_matches(['*', '-', ' ']).to_owned()
}

/// Splits a cell with several sentences: indicators and targets.
pub(super) fn split_list(cell: &str) -> Vec<String> {
    cell.split([';', '•', '\n']).map(clean).filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_commas_stay_whole() {
        assert_eq!(split("Ville, CPAS"), ["Ville", "CPAS"]);
        assert_eq!(split("Parks office / Water office + ONE"), ["Parks office", "Water office", "ONE"]);
        assert_eq!(
            split("Direction des parcs, jardins et rivières"),
            ["Direction des parcs, jardins et rivières"]
        );
        assert_eq!(
            split("Executive Director Office for Parks, REA, PD*"),
            ["Executive Director Office for Parks", "REA", "PD"]
        );
    }
}
