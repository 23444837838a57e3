//! Progress over time as a chart and as a table with the same figures.

use passerelle_model::interval::Interval;
use passerelle_model::key::PlanKey;
use passerelle_model::plan::{MeasureStatus, Progress};
use passerelle_storage::{ProgressPoint, ReadView};

use crate::error::PageError;
use crate::words::Words;

/// Fewer weeks than this are shown as days.
const MIN_WEEKS: usize = 5;
/// More weeks than this are shown as months, so that the table stays readable.
const MAX_WEEKS: usize = 60;

/// Plot area in the units of the view box.
const LEFT: f64 = 40.0;
const RIGHT: f64 = 630.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 212.0;

/// Horizontal line with its label.
pub(crate) struct GridLine {
    pub(crate) y: String,
    pub(crate) text_y: String,
    pub(crate) label: String,
}

/// Share of one group of statuses.
pub(crate) struct Area {
    pub(crate) class: &'static str,
    pub(crate) label: &'static str,
    pub(crate) points: String,
}

/// Row of the table.
pub(crate) struct ChartRow {
    pub(crate) date: String,
    pub(crate) counts: Vec<String>,
    pub(crate) total: String,
}

/// The chart.
pub(crate) struct Chart {
    pub(crate) description: String,
    pub(crate) grid: Vec<GridLine>,
    pub(crate) areas: Vec<Area>,
    pub(crate) rows: Vec<ChartRow>,
    pub(crate) first: String,
    pub(crate) last: String,
}

/// Loads the curve of a plan. `None` if it has no point.
pub(crate) async fn load(view: &ReadView, plan: &PlanKey, words: &Words) -> Result<Option<Chart>, PageError> {
    let weeks = view.progress_over_time(plan, Interval::Week).await?;
    let points = match weeks.len() {
        0..MIN_WEEKS => view.progress_over_time(plan, Interval::Day).await?,
        MIN_WEEKS..=MAX_WEEKS => weeks,
        _ => view.progress_over_time(plan, Interval::Month).await?,
    };
    Ok(draw(&points, words))
}

/// Returns the numbers of completed measures, of those in progress and of all others.
fn counts(progress: &Progress) -> [u32; 3] {
    let completed = progress.count(MeasureStatus::Completed);
    let in_progress = progress.count(MeasureStatus::InProgress);
    [completed, in_progress, progress.total() - completed - in_progress]
}

fn draw(points: &[ProgressPoint], words: &Words) -> Option<Chart> {
    let known: Vec<(&ProgressPoint, [u32; 3])> =
        points.iter().filter_map(|point| Some((point, counts(&point.progress?)))).collect();
    let ((first, first_counts), (last, last_counts)) = (known.first()?, known.last()?);
    let share = |counts: &[u32; 3]| {
        let total: u32 = counts.iter().sum();
        if total == 0 { 0.0 } else { f64::from(counts[0]) / f64::from(total) }
    };
    let (first_date, last_date) = (words.date_text(first.at), words.date_text(last.at));
    let description = Words::fill(
        words.chart_text,
        &[&first_date, &words.percent(share(first_counts)), &last_date, &words.percent(share(last_counts))],
    );
    let groups = [
        ("completed", MeasureStatus::Completed.label(words.lang)),
        ("in-progress", MeasureStatus::InProgress.label(words.lang)),
        ("not-started", words.other_statuses),
    ];
    let area = |(at, (class, label)): (usize, (&'static str, &'static str))| Area {
        class,
        label,
        points: outline(&known, at),
    };
    let row = |(point, counts): &(&ProgressPoint, [u32; 3])| ChartRow {
        date: words.date_text(point.at),
        counts: counts.iter().map(|count| words.number_text(u64::from(*count))).collect(),
        total: words.number_text(counts.iter().map(|count| u64::from(*count)).sum()),
    };
    let grid = [0.0, 0.5, 1.0].map(|share| GridLine {
        y: format!("{:.1}", y_of(share)),
        text_y: format!("{:.1}", y_of(share) + 4.0),
        label: words.percent(share),
    });
    Some(Chart {
        description,
        grid: grid.into(),
        areas: groups.into_iter().enumerate().map(area).collect(),
        rows: known.iter().map(row).collect(),
        first: first_date,
        last: last_date,
    })
}

fn y_of(share: f64) -> f64 {
    BOTTOM - share * (BOTTOM - TOP)
}

/// Returns the outline of a group: its upper edge from left to right, then its lower edge back.
fn outline(points: &[(&ProgressPoint, [u32; 3])], group: usize) -> String {
    let millis = |point: &ProgressPoint| point.at.millis();
    let (start, end) = match (points.first(), points.last()) {
        (Some((first, _)), Some((last, _))) => (millis(first), millis(last)),
        _ => return String::new(),
    };
    #[expect(clippy::cast_precision_loss, reason = "a coordinate needs three digits")]
    let x_of = |point: &ProgressPoint| match end - start {
        0 => LEFT,
        span => LEFT + (RIGHT - LEFT) * (millis(point) - start) as f64 / span as f64,
    };
    let edge = |groups: usize| {
        let mut edge: Vec<(f64, f64)> = points
            .iter()
            .map(|(point, counts)| {
                let (below, total): (u32, u32) = (counts[..groups].iter().sum(), counts.iter().sum());
                let share = if total == 0 { 0.0 } else { f64::from(below) / f64::from(total) };
                (x_of(point), y_of(share))
            })
            .collect();
        // One point has no width. It is drawn as a level line.
        if let [(_, y)] = edge[..] {
            edge.push((RIGHT, y));
        }
        edge
    };
    let (upper, lower) = (edge(group + 1), edge(group));
    let text = |(x, y): (f64, f64)| format!("{x:.1},{y:.1}");
    upper.into_iter().chain(lower.into_iter().rev()).map(text).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use passerelle_model::language::Language;
    use passerelle_model::plan::ProgressCounter;
    use passerelle_model::timestamp::Timestamp;

    fn point(day: &str, statuses: &[MeasureStatus]) -> ProgressPoint {
        let mut counter = ProgressCounter::default();
        for status in statuses {
            counter.add(*status, None);
        }
        ProgressPoint { at: Timestamp::parse(day).unwrap_or_default(), progress: Some(counter.finish()) }
    }

    #[test]
    fn the_table_and_the_text_have_the_figures_of_the_chart() {
        use MeasureStatus::{Completed, InProgress, Late};
        let points = [
            point("2025-01-01", &[InProgress, Late]),
            ProgressPoint { at: Timestamp::default(), progress: None },
            point("2025-01-11", &[Completed, Late]),
        ];
        let Some(chart) = draw(&points, Words::of(Language::En)) else { panic!("no chart") };
        let rows: Vec<_> = chart.rows.iter().map(|row| (row.counts.join(" "), row.total.as_str())).collect();
        assert_eq!(rows, [("0 1 1".to_owned(), "2"), ("1 0 1".to_owned(), "2")]);
        assert_eq!(
            chart.description,
            "On 1 January 2025, 0% of the measures were completed; on 11 January 2025, 50%."
        );
        assert_eq!(chart.areas[0].points, "40.0,212.0 630.0,111.0 630.0,212.0 40.0,212.0");
        assert_eq!(chart.areas[2].points, "40.0,10.0 630.0,10.0 630.0,111.0 40.0,111.0");
    }

    #[test]
    fn one_point_is_a_level_line_and_none_is_no_chart() {
        let words = Words::of(Language::Fr);
        let chart = draw(&[point("2025-01-01", &[MeasureStatus::Completed])], words);
        let points = chart.map(|chart| chart.areas[0].points.clone());
        assert_eq!(points.as_deref(), Some("40.0,10.0 630.0,10.0 630.0,212.0 40.0,212.0"));
        assert!(draw(&[], words).is_none());
    }
}
