//! Progress bar of commands that take long.

use indicatif::{ProgressBar, ProgressStyle};

/// Creates a progress bar. It is visible only if standard error is a terminal. `unit` is the plural noun of
/// what is counted.
pub(super) fn progress_bar(unit: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(&format!(
        "{{bar:40}} {{pos}} of {{len}} {unit}, {{per_sec:0}}, {{eta}} left"
    ));
    // The template is valid, so parsing it does not fail.
    ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
