//! Sort positions that change as few neighbours as possible.

/// Initial distance between neighbours. It leaves room for 20 insertions at one place before positions are
/// reassigned.
const POSITION_GAP: i64 = 1 << 20;

/// Returns increasing positions. The longest increasing run of existing positions stays unchanged, and the
/// other positions are spread between them.
pub(super) fn assign_positions(existing: impl IntoIterator<Item = Option<i64>>) -> Vec<i64> {
    let existing: Vec<Option<i64>> = existing.into_iter().collect();
    let unchanged = longest_increasing(&existing);
    let mut positions = vec![0; existing.len()];
    let mut from: Option<usize> = None;
    for to in unchanged.iter().copied().map(Some).chain([None]) {
        let low = from.and_then(|index| existing[index]);
        let high = to.and_then(|index| existing[index]);
        let start = from.map_or(0, |index| index + 1);
        let end = to.unwrap_or(existing.len());
        if !spread_evenly(&mut positions[start..end], low, high) {
            // No room is left between two neighbours, so all positions are reassigned. This is rare.
            return (1..).map(|position| position * POSITION_GAP).take(existing.len()).collect();
        }
        if let (Some(index), Some(position)) = (to, high) {
            positions[index] = position;
        }
        from = to;
    }
    positions
}

/// Spreads positions evenly between two existing ones. Returns false if there is no room.
fn spread_evenly(positions: &mut [i64], low: Option<i64>, high: Option<i64>) -> bool {
    let Ok(count) = i64::try_from(positions.len()) else { return false };
    let step = match (low, high) {
        (Some(low), Some(high)) => (high - low) / (count + 1),
        _ => POSITION_GAP,
    };
    let start = match (low, high) {
        (None, Some(high)) => high - POSITION_GAP * (count + 1),
        _ => low.unwrap_or(0),
    };
    for (position, ordinal) in positions.iter_mut().zip(1..) {
        *position = start + step * ordinal;
    }
    step > 0 || count == 0
}

/// Returns the indexes of a longest increasing run of existing positions.
fn longest_increasing(existing: &[Option<i64>]) -> Vec<usize> {
    // `ends[n]` is the index of the last item of the best run of length n + 1. `before` links each item to
    // the previous item of its run.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; existing.len()];
    for (index, position) in existing.iter().enumerate() {
        let Some(position) = position else { continue };
        let length = ends.partition_point(|end| existing[*end].is_some_and(|other| other < *position));
        before[index] = length.checked_sub(1).map(|shorter| ends[shorter]);
        ends.truncate(ends.len().max(length));
        match ends.get_mut(length) {
            Some(end) => *end = index,
            None => ends.push(index),
        }
    }
    let mut run: Vec<usize> = std::iter::successors(ends.last().copied(), |index| before[*index]).collect();
    run.reverse();
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(existing: &[Option<i64>]) -> usize {
        let positions = assign_positions(existing.iter().copied());
        assert!(positions.is_sorted_by(|a, b| a < b), "{positions:?}");
        existing
            .iter()
            .zip(positions)
            .filter(|(existing, position)| existing.is_some_and(|existing| existing != *position))
            .count()
    }

    #[test]
    fn ordered_positions_are_kept() {
        assert_eq!(assign_positions([None, None]), [POSITION_GAP, 2 * POSITION_GAP]);
        assert_eq!(moved(&[Some(10), None, Some(20), None, None, Some(23)]), 0);
        assert_eq!(moved(&[None, Some(-5), None]), 0);
    }

    #[test]
    fn one_moved_item_changes_one_position() {
        assert_eq!(moved(&[Some(40), Some(10), Some(20), Some(30)]), 1);
        assert_eq!(moved(&[Some(20), Some(30), Some(40), Some(10)]), 1);
    }

    #[test]
    fn all_positions_are_reassigned_without_room() {
        assert_eq!(
            assign_positions([Some(1), None, Some(2)]),
            [POSITION_GAP, 2 * POSITION_GAP, 3 * POSITION_GAP]
        );
    }
}
