//! Bytes of responses: a limit for each response, and a budget for all responses in memory.
//!
//! A response is counted twice. While it is executed, resolvers count the texts and list items that they
//! return, so that the execution ends early. When it is serialized, every byte is counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering};

use crate::error::ApiError;

/// Bytes of a response that need no reservation.
///
/// A small response is therefore never rejected because others are large. The number of connections bounds
/// the sum.
pub const UNRESERVED_BYTES: usize = 64 * 1024;
/// Step in which a response reserves bytes. Fewer and larger steps touch the shared counter less often.
const STEP_BYTES: usize = 64 * 1024;

/// Bytes of all responses that are being made, are cached or are being sent. A clone increments one reference
/// count.
#[derive(Clone, Debug)]
pub struct ResponseBudget(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    reserved: AtomicUsize,
    limit: usize,
    rejected: AtomicU64,
}

impl ResponseBudget {
    /// Creates a budget. `limit` is in bytes.
    pub fn new(limit: usize) -> Self {
        Self(Arc::new(Shared { reserved: AtomicUsize::new(0), limit, rejected: AtomicU64::new(0) }))
    }

    /// Starts to count a response of at most `limit` bytes.
    pub fn start(&self, limit: usize) -> Arc<ResponseBytes> {
        ResponseBytes::new(self.clone(), limit, None)
    }

    /// Reserves the bytes of a response that exists already, for example a compressed copy. Never fails: the
    /// copy is not larger than the response, which was accepted.
    pub fn reserve_existing(&self, bytes: usize) -> Arc<ResponseBytes> {
        let response = self.start(bytes);
        response.settle(bytes);
        response
    }

    /// Returns the number of reserved bytes.
    pub fn reserved(&self) -> usize {
        self.0.reserved.load(Ordering::Relaxed)
    }

    /// Returns the number of responses that were rejected because the budget was used up.
    pub fn rejected_count(&self) -> u64 {
        self.0.rejected.load(Ordering::Relaxed)
    }

    fn try_reserve(&self, bytes: usize) -> bool {
        let reserve = |reserved: usize| reserved.checked_add(bytes).filter(|sum| *sum <= self.0.limit);
        self.0.reserved.fetch_update(Ordering::Relaxed, Ordering::Relaxed, reserve).is_ok()
    }

    fn release(&self, bytes: usize) {
        self.0.reserved.fetch_sub(bytes, Ordering::Relaxed);
    }
}

const NO_FAILURE: u8 = 0;
const TOO_LARGE: u8 = 1;
const OVERLOADED: u8 = 2;

/// Counted bytes of one response. Its reservation ends when it is dropped.
#[derive(Debug)]
pub struct ResponseBytes {
    budget: ResponseBudget,
    limit: usize,
    counted: AtomicUsize,
    reserved: AtomicUsize,
    failure: AtomicU8,
    /// Response that contains the counted texts. It fails if this count fails. `None` for a response itself.
    response: Option<Arc<ResponseBytes>>,
}

impl ResponseBytes {
    fn new(budget: ResponseBudget, limit: usize, response: Option<Arc<Self>>) -> Arc<Self> {
        Arc::new(Self {
            budget,
            limit,
            counted: AtomicUsize::new(0),
            reserved: AtomicUsize::new(0),
            failure: AtomicU8::new(NO_FAILURE),
            response,
        })
    }

    /// Starts to count the texts that are read from the database for a response. Their limit is twice that
    /// of the response: a block has all formats of its text, and the response has often only one.
    pub(crate) fn of_sources(response: &Arc<Self>) -> Arc<Self> {
        let limit = response.limit.saturating_mul(2);
        Self::new(response.budget.clone(), limit, Some(Arc::clone(response)))
    }

    /// Counts bytes that a resolver returns.
    ///
    /// # Errors
    /// [`ApiError::ResponseTooLarge`] above the limit of a response, [`ApiError::Overloaded`] above the
    /// budget of all responses. Every later call fails too.
    pub fn count(&self, bytes: usize) -> Result<(), ApiError> {
        let counted = self.counted.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        self.check(counted).map(drop)
    }

    /// Checks a size that was counted elsewhere, and reserves it. Returns the size up to which no further
    /// check is needed.
    pub(crate) fn check(&self, size: usize) -> Result<usize, ApiError> {
        if let Some(failure) = self.failure() {
            return Err(failure);
        }
        if size > self.limit {
            return Err(self.fail(TOO_LARGE));
        }
        let wanted = size.saturating_sub(UNRESERVED_BYTES);
        let reserved = self.reserved.load(Ordering::Relaxed);
        if wanted <= reserved {
            return Ok((UNRESERVED_BYTES + reserved).min(self.limit));
        }
        let step = (wanted - reserved).next_multiple_of(STEP_BYTES);
        if !self.budget.try_reserve(step) {
            self.budget.0.rejected.fetch_add(1, Ordering::Relaxed);
            return Err(self.fail(OVERLOADED));
        }
        self.reserved.fetch_add(step, Ordering::Relaxed);
        Ok((UNRESERVED_BYTES + reserved + step).min(self.limit))
    }

    /// Returns the error of the response, if a limit was exceeded.
    pub fn failure(&self) -> Option<ApiError> {
        match self.failure.load(Ordering::Relaxed) {
            TOO_LARGE => Some(ApiError::ResponseTooLarge(self.limit)),
            OVERLOADED => Some(ApiError::Overloaded),
            _ => None,
        }
    }

    /// Replaces the reservation by that of the finished response. Everything else is freed by then.
    pub fn settle(&self, size: usize) {
        let wanted = size.saturating_sub(UNRESERVED_BYTES);
        let reserved = self.reserved.swap(wanted, Ordering::Relaxed);
        if wanted > reserved {
            self.budget.0.reserved.fetch_add(wanted - reserved, Ordering::Relaxed);
        } else {
            self.budget.release(reserved - wanted);
        }
    }

    /// Returns the budget of all responses.
    pub fn budget(&self) -> &ResponseBudget {
        &self.budget
    }

    fn fail(&self, failure: u8) -> ApiError {
        self.failure.store(failure, Ordering::Relaxed);
        if let Some(response) = &self.response {
            return response.fail(failure);
        }
        if failure == TOO_LARGE { ApiError::ResponseTooLarge(self.limit) } else { ApiError::Overloaded }
    }
}

impl Drop for ResponseBytes {
    fn drop(&mut self) {
        self.budget.release(*self.reserved.get_mut());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1024 * 1024;

    #[test]
    fn a_response_at_its_limit_is_accepted_and_one_byte_more_is_too_large() {
        let response = ResponseBudget::new(64 * MIB).start(MIB);
        assert!(response.count(MIB).is_ok());
        assert!(response.failure().is_none());
        assert!(matches!(response.count(1), Err(ApiError::ResponseTooLarge(MIB))));
        assert!(matches!(response.count(0), Err(ApiError::ResponseTooLarge(_))), "the failure is final");
    }

    #[test]
    fn all_responses_together_stay_within_the_budget() {
        let budget = ResponseBudget::new(3 * MIB);
        let responses: Vec<_> = (0..10).map(|_| budget.start(16 * MIB)).collect();
        let accepted = responses.iter().filter(|response| response.count(MIB).is_ok()).count();
        assert_eq!(accepted, 3);
        assert!(budget.reserved() <= 3 * MIB);
        assert_eq!(budget.rejected_count(), 7);
        assert!(matches!(responses[9].failure(), Some(ApiError::Overloaded)));
        // Small responses are accepted while the budget is used up.
        assert!(budget.start(16 * MIB).count(UNRESERVED_BYTES).is_ok());
        drop(responses);
        assert_eq!(budget.reserved(), 0);
        assert!(budget.start(16 * MIB).count(3 * MIB).is_ok());
    }

    #[test]
    fn a_finished_response_reserves_its_real_size() {
        let budget = ResponseBudget::new(8 * MIB);
        let response = budget.start(16 * MIB);
        response.count(4 * MIB).unwrap();
        response.settle(MIB);
        assert_eq!(budget.reserved(), MIB - UNRESERVED_BYTES);
        let copy = budget.reserve_existing(MIB / 2);
        assert_eq!(budget.reserved(), MIB - UNRESERVED_BYTES + MIB / 2 - UNRESERVED_BYTES);
        drop((response, copy));
        assert_eq!(budget.reserved(), 0);
    }
}
