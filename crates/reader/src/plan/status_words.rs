//! Words, signs and colours of statuses.

use std::sync::LazyLock;

use passerelle_model::plan::MeasureStatus;
use passerelle_model::plan::MeasureStatus::{Cancelled, Completed, InProgress, Late, NotStarted, Postponed};

use super::words;

/// Words and their status in French, Dutch, English and German. They are compared folded and without
/// inflection.
pub(super) static STATUS_NAMES: LazyLock<Vec<(&'static str, MeasureStatus)>> = LazyLock::new(|| {
    let list = include_str!("words/statuses.txt");
    let of =
        |status: MeasureStatus| words::of(list, status.name()).into_iter().map(move |word| (word, status));
    MeasureStatus::ALL.into_iter().flat_map(of).collect()
});

/// Signs and their status. Variation selectors and skin tones are removed before the comparison.
pub(super) const STATUS_SIGNS: &[(char, MeasureStatus)] = &[
    ('✅', Completed),
    ('✔', Completed),
    ('✓', Completed),
    ('☑', Completed),
    ('🟢', Completed),
    ('🏁', Completed),
    ('🟡', InProgress),
    ('🟠', InProgress),
    ('🔵', InProgress),
    ('🚧', InProgress),
    ('🔄', InProgress),
    ('⏳', InProgress),
    ('⌛', InProgress),
    ('🔨', InProgress),
    ('▶', InProgress),
    ('⚪', NotStarted),
    ('⬜', NotStarted),
    ('☐', NotStarted),
    ('⭕', NotStarted),
    ('📅', NotStarted),
    ('🔜', NotStarted),
    ('🔴', Late),
    ('⚠', Late),
    ('⏸', Postponed),
    ('❌', Cancelled),
    ('✖', Cancelled),
    ('✗', Cancelled),
    ('🚫', Cancelled),
];

/// Names of the colours of a traffic light, folded, with their status.
pub(super) const STATUS_COLORS: &[(&str, MeasureStatus)] = &[
    ("vert", Completed),
    ("verte", Completed),
    ("groen", Completed),
    ("green", Completed),
    ("grun", Completed),
    ("orange", InProgress),
    ("jaune", InProgress),
    ("oranje", InProgress),
    ("geel", InProgress),
    ("amber", InProgress),
    ("yellow", InProgress),
    ("gelb", InProgress),
    ("rouge", Late),
    ("rood", Late),
    ("red", Late),
    ("rot", Late),
];
