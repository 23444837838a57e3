//! Metrics of requests to `/graphql`.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use passerelle_http_common::response_cache::CacheStatus;

/// Upper bounds of the duration histogram in seconds, from a cache hit to the execution timeout.
const DURATION_BUCKETS: [f64; 14] =
    [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0, 10.0];

/// Counters and histograms by cache status, looked up once to avoid a lock per request.
#[derive(Clone, Debug)]
pub(super) struct HttpMetrics {
    hit: RequestMetrics,
    miss: RequestMetrics,
    bypass: RequestMetrics,
    not_modified: RequestMetrics,
    errors: Family<CodeLabel, Counter>,
}

#[derive(Clone, Debug)]
struct RequestMetrics {
    count: Counter,
    seconds: Histogram,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CacheLabel {
    cache: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CodeLabel {
    code: String,
}

impl HttpMetrics {
    /// Creates the metrics with value 0 and registers them.
    pub(super) fn new(registry: &mut Registry) -> Self {
        let requests = Family::<CacheLabel, Counter>::default();
        let durations =
            Family::<CacheLabel, Histogram, _>::new_with_constructor(|| Histogram::new(DURATION_BUCKETS));
        let errors = Family::<CodeLabel, Counter>::default();
        registry.register(
            "graphql_requests",
            "Number of requests to /graphql, by cache status: hit, miss, bypass, not_modified",
            requests.clone(),
        );
        registry.register_with_unit(
            "graphql_request_duration",
            "Time from the request until the response is ready, without network time",
            Unit::Seconds,
            durations.clone(),
        );
        registry.register(
            "graphql_errors",
            "Number of GraphQL errors sent to clients, by error code",
            errors.clone(),
        );
        let metrics_for = |cache| {
            let labels = CacheLabel { cache };
            RequestMetrics {
                count: requests.get_or_create(&labels).clone(),
                seconds: durations.get_or_create(&labels).clone(),
            }
        };
        Self {
            hit: metrics_for(CacheStatus::Hit.name()),
            miss: metrics_for(CacheStatus::Miss.name()),
            bypass: metrics_for(CacheStatus::Bypass.name()),
            not_modified: metrics_for(CacheStatus::NotModified.name()),
            errors,
        }
    }

    /// Counts a request and records its duration.
    pub(super) fn record_request(&self, cache_status: CacheStatus, elapsed: Duration) {
        let metrics = match cache_status {
            CacheStatus::Hit => &self.hit,
            CacheStatus::Miss => &self.miss,
            CacheStatus::Bypass => &self.bypass,
            CacheStatus::NotModified => &self.not_modified,
        };
        metrics.count.inc();
        metrics.seconds.observe(elapsed.as_secs_f64());
    }

    /// Counts an error that is sent to a client, by its code, for example `BAD_USER_INPUT`.
    pub(super) fn count_error(&self, code: &str) {
        self.errors.get_or_create(&CodeLabel { code: code.to_owned() }).inc();
    }
}
