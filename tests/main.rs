//! Tests of the whole service from outside, and rules for the source tree.
//!
//! All tests are in one binary, which links faster. To add a test, add a function to the module of its
//! subject, or a module here.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![expect(clippy::print_stderr, reason = "a failing test prints what it found")]

mod support;

mod admin;
mod architecture;
mod assets;
mod browser;
mod chaos;
mod circles;
mod clients;
mod command;
mod connections;
mod contract;
mod copies;
#[cfg(debug_assertions)]
mod crash_recovery;
mod database;
mod demo;
mod dependencies;
mod deployment;
mod differential;
mod disk;
mod documentation;
mod documented_facts;
mod documents;
mod drafts;
mod example_operations;
mod examples;
mod exports;
mod folder;
mod graphql_over_http;
mod health;
mod history;
mod kill_recovery;
mod lifecycle;
mod load;
mod lookups;
mod masking;
mod mass_loss;
mod measure_fields;
mod outages;
mod pages;
mod pagination;
mod persisted_documents;
mod poolers;
mod postgres;
mod related;
mod replicas;
mod response_cache;
mod samples;
mod schema;
mod search;
mod snapshots;
mod standby;
mod statements;
mod streams;
mod subscriptions;
mod web;
mod web_accept;
mod web_access;
mod web_compare;
mod web_desk;
mod web_embed;
mod web_live;
mod web_moved;
mod web_statements;
mod websockets;
