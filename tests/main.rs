//! The whole service from outside: drop a file, ask GraphQL; and what must hold of the tree itself.
//!
//! One binary, so that it links once. To add a test: a function in the module of its noun, or a module here.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![expect(clippy::print_stderr, reason = "a failing test prints what it found")]

mod support;

mod admin;
mod architecture;
mod assets;
mod circles;
mod clients;
mod command;
#[cfg(debug_assertions)]
mod crash_recovery;
mod database;
mod demo;
mod dependencies;
mod disk;
mod documentation;
mod documents;
mod example_operations;
mod exports;
mod folder;
mod graphql_over_http;
mod history;
mod kill_recovery;
mod lifecycle;
mod lookups;
mod masking;
mod mass_loss;
mod pages;
mod pagination;
mod persisted_documents;
mod related;
mod response_cache;
mod samples;
mod schema;
mod search;
mod snapshots;
mod statements;
mod streams;
mod subscriptions;
mod websockets;
