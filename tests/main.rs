//! The whole service from outside: drop a file, ask GraphQL; and what must hold of the tree itself.
//!
//! One binary, so that it links once. To add a test: a function in the module of its noun, or a module here.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![expect(clippy::print_stderr, reason = "a failing test prints what it found")]

mod support;

mod assets;
mod clients;
mod command;
#[cfg(debug_assertions)]
mod crashes;
mod database;
mod demo;
mod dependencies;
mod disk;
mod documents;
mod exports;
mod folder;
mod guard;
mod history;
mod kills;
mod layers;
mod lifecycle;
mod lists;
mod lookups;
mod masking;
mod operator;
mod ops;
mod pages;
mod persisted;
mod prose;
mod related;
mod responses;
mod samples;
mod schema;
mod search;
mod snapshots;
mod sockets;
mod statements;
mod streams;
mod subscriptions;
mod transport;
