//! Places in document order that move as few neighbours as can be.

/// The distance between neighbours when there is room: that many halvings are free before anything must move.
const GAP: i64 = 1 << 20;

/// Gives things their places: increasing, and the known ones unchanged for the longest run of them that is in order
/// already. The rest are spread between.
pub(super) fn arrange(known: impl IntoIterator<Item = Option<i64>>) -> Vec<i64> {
    let known: Vec<Option<i64>> = known.into_iter().collect();
    let kept = longest_increasing(&known);
    let mut places = vec![0; known.len()];
    let mut from: Option<usize> = None;
    for to in kept.iter().copied().map(Some).chain([None]) {
        let low = from.and_then(|index| known[index]);
        let high = to.and_then(|index| known[index]);
        let start = from.map_or(0, |index| index + 1);
        let end = to.unwrap_or(known.len());
        if !spread(&mut places[start..end], low, high) {
            // No room left somewhere: everything gets a new place, which happens once in many thousand edits.
            return (1..).map(|place| place * GAP).take(known.len()).collect();
        }
        if let (Some(index), Some(place)) = (to, high) {
            places[index] = place;
        }
        from = to;
    }
    places
}

/// Spreads places evenly between two known ones; false where there is no room.
fn spread(places: &mut [i64], low: Option<i64>, high: Option<i64>) -> bool {
    let Ok(count) = i64::try_from(places.len()) else { return false };
    let step = match (low, high) {
        (Some(low), Some(high)) => (high - low) / (count + 1),
        _ => GAP,
    };
    let start = match (low, high) {
        (None, Some(high)) => high - GAP * (count + 1),
        _ => low.unwrap_or(0),
    };
    for (place, ordinal) in places.iter_mut().zip(1..) {
        *place = start + step * ordinal;
    }
    step > 0 || count == 0
}

/// The indexes of a longest run of known places that increase.
fn longest_increasing(known: &[Option<i64>]) -> Vec<usize> {
    // `ends[n]` is the index at which the best run of length n + 1 ends; `before` leads back along it.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; known.len()];
    for (index, place) in known.iter().enumerate() {
        let Some(place) = place else { continue };
        let length = ends.partition_point(|end| known[*end].is_some_and(|other| other < *place));
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

    fn moved(known: &[Option<i64>]) -> usize {
        let places = arrange(known.iter().copied());
        assert!(places.is_sorted_by(|a, b| a < b), "{places:?}");
        known.iter().zip(places).filter(|(known, place)| known.is_some_and(|known| known != *place)).count()
    }

    #[test]
    fn what_is_in_order_stays() {
        assert_eq!(arrange([None, None]), [GAP, 2 * GAP]);
        assert_eq!(moved(&[Some(10), None, Some(20), None, None, Some(23)]), 0);
        assert_eq!(moved(&[None, Some(-5), None]), 0);
    }

    #[test]
    fn one_thing_that_moved_is_all_that_moves() {
        assert_eq!(moved(&[Some(40), Some(10), Some(20), Some(30)]), 1);
        assert_eq!(moved(&[Some(20), Some(30), Some(40), Some(10)]), 1);
    }

    #[test]
    fn without_room_everything_moves() {
        assert_eq!(arrange([Some(1), None, Some(2)]), [GAP, 2 * GAP, 3 * GAP]);
    }
}
