//! What is counted of requests, for `/metrics`.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::cache::Outcome;

/// Upper bounds of times, in seconds: from an answer that was there to one that was nearly given up.
const BOUNDS: [f64; 14] =
    [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0, 10.0];

/// What became of requests, by where their answers came from.
#[derive(Clone, Debug)]
pub(super) struct Figures {
    hit: Answered,
    miss: Answered,
    pass: Answered,
    known: Answered,
    errors: Family<CodeLabel, Counter>,
}

#[derive(Clone, Debug)]
struct Answered {
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

impl Figures {
    /// Figures that stand at nothing, told by a registry.
    pub(super) fn new(registry: &mut Registry) -> Self {
        let counts = Family::<CacheLabel, Counter>::default();
        let times = Family::<CacheLabel, Histogram, _>::new_with_constructor(|| Histogram::new(BOUNDS));
        let errors = Family::<CodeLabel, Counter>::default();
        registry.register(
            "graphql_requests",
            "Requests to /graphql, by where the answer came from: hit and miss of what is kept, pass where it is not \
             kept, known to the client already",
            counts.clone(),
        );
        registry.register_with_unit(
            "graphql_duration",
            "Time to the answer, without the time on the network",
            Unit::Seconds,
            times.clone(),
        );
        registry.register("graphql_errors", "Errors that clients were told of, by code", errors.clone());
        let answered = |cache| {
            let labels = CacheLabel { cache };
            Answered {
                count: counts.get_or_create(&labels).clone(),
                seconds: times.get_or_create(&labels).clone(),
            }
        };
        Self {
            hit: answered(Outcome::Hit.name()),
            miss: answered(Outcome::Miss.name()),
            pass: answered(Outcome::Pass.name()),
            known: answered(Outcome::Known.name()),
            errors,
        }
    }

    /// Counts an answer.
    pub(super) fn answered(&self, outcome: Outcome, took: Duration) {
        let answered = match outcome {
            Outcome::Hit => &self.hit,
            Outcome::Miss => &self.miss,
            Outcome::Pass => &self.pass,
            Outcome::Known => &self.known,
        };
        answered.count.inc();
        answered.seconds.observe(took.as_secs_f64());
    }

    /// Counts an error that a client is told of.
    pub(super) fn told(&self, code: &str) {
        self.errors.get_or_create(&CodeLabel { code: code.to_owned() }).inc();
    }
}
