//! Databases that cannot be used: each gives one sentence with an instruction, and no password.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use passerelle_storage::{Storage, StorageError};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::engine::{Place, TABLES};
use crate::postgres::execute;

/// Longer than a start may take to fail.
const LIMIT: Duration = Duration::from_secs(5);

/// Fails unless opening the URL fails in time with an instruction. Returns the error.
async fn assert_rejected(url: &str, instruction: &str) -> StorageError {
    let started = Instant::now();
    let error = Storage::open(url).await.unwrap_err();
    assert!(started.elapsed() < LIMIT, "{:?}", started.elapsed());
    let text = error.to_string();
    assert!(text.contains(instruction), "{text}");
    assert!(!text.contains('\n') && !text.contains("s3cret") && !text.contains("passerelle@"), "{text}");
    error
}

/// Returns the URL with another user and password.
fn with_user(url: &str, user: &str) -> String {
    let (_, rest) = url.split_once('@').unwrap();
    format!("postgres://{user}@{rest}")
}

#[tokio::test]
async fn wrong_password_missing_database_and_missing_rights_are_explained() {
    let place = Place::empty();
    let url = place.url();
    assert_rejected(&with_user(&url, "passerelle:s3cret"), "password of the user passerelle is wrong").await;
    let missing = url.replace("passerelle_test_", "passerelle_missing_");
    assert_rejected(&missing, "createdb").await;
    let user = format!("reader_{}", std::process::id());
    execute(&url, &format!("CREATE ROLE {user} LOGIN PASSWORD 's3cret'"));
    execute(&url, "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    let error =
        assert_rejected(&with_user(&url, &format!("{user}:s3cret")), "GRANT CREATE ON SCHEMA public").await;
    assert!(matches!(error, StorageError::Unusable(_)));
    execute(&url, &format!("DROP ROLE {user}"));
}

#[tokio::test]
async fn database_of_another_application_is_rejected_and_unchanged() {
    for table in ["CREATE TABLE letter (text TEXT)", "CREATE TABLE seaql_migrations (version TEXT)"] {
        let place = Place::empty();
        execute(&place.url(), table);
        assert_rejected(&place.url(), "create an empty database").await;
        let connection = sea_orm::Database::connect(place.url()).await.unwrap();
        let tables =
            connection.query_all_raw(Statement::from_string(DbBackend::Postgres, TABLES)).await.unwrap();
        assert_eq!(tables.len(), 1);
    }
}

#[tokio::test]
async fn newer_database_is_rejected() {
    let place = Place::migrated();
    execute(
        &place.url(),
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20990101_000001_later', 0)",
    );
    let error = assert_rejected(&place.url(), "install the newer version").await;
    assert!(
        matches!(&error, StorageError::NewerSchema { migration, .. } if migration == "m20990101_000001_later")
    );
    assert!(Storage::open_read_only(&place.url()).await.is_err());
    assert!(Storage::check_integrity(&place.url()).await.is_err());
}

/// Listens on a port and answers each client with some bytes, or with nothing.
fn fake_server(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let mut clients = Vec::new();
        for client in listener.incoming() {
            let mut client = client.unwrap();
            drop(client.read(&mut [0; 1024]));
            drop(client.write_all(answer));
            // An unanswered client waits.
            clients.push(client);
        }
    });
    format!("postgres://u:s3cret@127.0.0.1:{port}/d")
}

#[tokio::test]
async fn servers_without_tls_or_without_an_answer_are_explained() {
    // The answer of a server without TLS to a request for TLS.
    assert_rejected(&format!("{}?sslmode=require", fake_server(b"N")), "enable TLS on the server").await;
    assert_rejected(&format!("{}?sslmode=disable", fake_server(b"")), "cannot be reached").await;
    // A port that nobody listens on.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_rejected(&format!("postgres://u:s3cret@127.0.0.1:{free}/d"), "check the host and port").await;
    assert_rejected("postgres://u:s3cret@missing.invalid/d", "check the host and port").await;
}

#[tokio::test]
async fn tls_with_an_unknown_authority_is_rejected() {
    let place = Place::empty();
    // The server of the tests has no TLS.
    assert_rejected(&format!("{}sslmode=verify-full", place.url()), "sslrootcert").await;
}
