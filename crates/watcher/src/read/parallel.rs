//! Parallel map.

use std::num::NonZero;
use std::thread;

/// Minimum number of files for several threads. For fewer, starting threads costs more than it saves.
const MIN_FILES_FOR_THREADS: usize = 8;

/// Maps items on all cores and keeps their order.
pub(crate) fn parallel_map<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    if items.len() < MIN_FILES_FOR_THREADS || cores == 1 {
        return items.iter().map(work).collect();
    }
    let work = &work;
    thread::scope(|scope| {
        let parts = items.chunks(items.len().div_ceil(cores));
        let threads: Vec<_> =
            parts.map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<R>>())).collect();
        // Continues the panic of a thread here.
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parallel_map_preserves_order() {
        let numbers: Vec<u32> = (0..1_000).collect();
        let doubled: Vec<u32> = numbers.iter().map(|number| number * 2).collect();
        assert_eq!(parallel_map(&numbers, |number| number * 2), doubled);
    }
}
