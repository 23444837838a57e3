//! Databases on a PostgreSQL server for tests. Test binaries of several crates share this file through
//! `#[path]`.
//!
//! The server is that of `PASSERELLE_TEST_POSTGRES`. If the variable is not set, `tests/postgres.sh` starts
//! one that stops with `cargo test`.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use passerelle_storage::Storage;
use sea_orm::{ConnectionTrait, Database};

/// A database of its own, which is dropped at the end of the test.
#[derive(Debug)]
pub(crate) struct PostgresDatabase {
    name: String,
}

impl PostgresDatabase {
    /// Creates a database with the tables of the newest version. The error tells why there is no server.
    pub(crate) fn migrated() -> Result<Self, String> {
        let database = Self::create(template()?);
        // The copy has the id of the template. The ids of two databases differ.
        execute(&database.url(), "UPDATE meta SET epoch = (random() * 1e15)::bigint");
        Ok(database)
    }

    /// Creates a database without tables.
    pub(crate) fn empty() -> Result<Self, String> {
        server()?;
        Ok(Self::create("template0"))
    }

    fn create(template: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("passerelle_test_{}_{number}", std::process::id());
        execute(server_url(), &format!("CREATE DATABASE {name} TEMPLATE {template}"));
        Self { name }
    }

    pub(crate) fn url(&self) -> String {
        with_name(server_url(), &self.name)
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        // Connections of the test may still be open.
        execute(server_url(), &format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

/// Returns the URL of another database on the server of a URL.
pub(crate) fn with_name(url: &str, name: &str) -> String {
    let (address, parameters) = url.split_once('?').unwrap_or((url, ""));
    let (server, _) = address.rsplit_once('/').unwrap();
    format!("{server}/{name}?{parameters}")
}

/// Returns the URL of the server, with a database that exists.
pub(crate) fn server_url() -> &'static str {
    server().unwrap()
}

/// Returns the URL of the server, or the reason why there is none.
pub(crate) fn server() -> Result<&'static str, String> {
    static SERVER: OnceLock<Result<String, String>> = OnceLock::new();
    SERVER.get_or_init(find_server).as_deref().map_err(Clone::clone)
}

#[expect(clippy::disallowed_methods, reason = "the caller of the tests says where the server is")]
fn find_server() -> Result<String, String> {
    if let Ok(url) = std::env::var("PASSERELLE_TEST_POSTGRES") {
        return Ok(url);
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/postgres.sh");
    // All test binaries of one `cargo test` share a server.
    let cargo = std::os::unix::process::parent_id().to_string();
    let output = Command::new(script).arg(cargo).output().map_err(|error| error.to_string())?;
    let address = String::from_utf8_lossy(&output.stdout);
    match address.trim().strip_prefix("PASSERELLE_TEST_POSTGRES=") {
        Some(url) => Ok(url.to_owned()),
        None => Err(String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ")),
    }
}

/// Returns the name of a database with all tables. PostgreSQL copies it faster than it runs the migrations.
fn template() -> Result<&'static str, String> {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    let server = server()?;
    Ok(TEMPLATE.get_or_init(|| {
        let name = format!("passerelle_template_{}", std::process::id());
        execute(server, &format!("DROP DATABASE IF EXISTS {name}"));
        execute(server, &format!("CREATE DATABASE {name} TEMPLATE template0"));
        let url = with_name(server, &name);
        run(async move { Storage::open(&url).await.unwrap().close().await.unwrap() });
        name
    }))
}

/// Runs a statement outside a transaction.
pub(crate) fn execute(url: &str, sql: &str) {
    let (url, sql) = (url.to_owned(), sql.to_owned());
    run(async move {
        let connection = Database::connect(url).await.unwrap();
        connection.execute_unprepared(&sql).await.unwrap();
        connection.close().await.unwrap();
    });
}

/// Runs a future on a thread of its own, because the caller can be in a runtime.
fn run(work: impl Future<Output = ()> + Send + 'static) {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    std::thread::spawn(move || runtime().block_on(work)).join().unwrap();
}
