//! `PgBouncer` in front of the PostgreSQL server of the tests.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{OPERATOR, Service, TIMEOUT, TestSite, binary, skip, spawn};

/// `PgBouncer` in transaction mode.
pub(crate) struct Pooler {
    child: Child,
    port: u16,
    _folder: TempDir,
}

impl Pooler {
    /// Starts a pooler in front of the server of a URL. Returns `None` if `PgBouncer` is missing, which is
    /// reported as a skipped test.
    pub(crate) fn start(url: &str) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (_, rest) = url.split_once('@').unwrap();
        let (server, _) = rest.split_once('/').unwrap();
        let (host, server_port) = server.split_once(':').unwrap();
        let settings = folder.path().join("pgbouncer.ini");
        // Two connections to the server for all clients: sessions move all the time.
        let text = format!(
            "[databases]\n* = host={host} port={server_port} user=passerelle password=passerelle\n[pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n\
             pool_mode = transaction\ndefault_pool_size = 2\n"
        );
        fs::write(&settings, text).unwrap();
        let mut command = Command::new("pgbouncer");
        // It refuses to run as root.
        if is_root() {
            command.args(["-u", "nobody"]);
        }
        let started = command.arg("-q").arg(&settings).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let Ok(child) = started else {
            skip::skip("pgbouncer", "the program pgbouncer is missing");
            return None;
        };
        let pooler = Self { child, port, _folder: folder };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < TIMEOUT, "pgbouncer does not listen");
        }
        Some(pooler)
    }

    /// Returns a URL of the server with the address of the pooler.
    pub(crate) fn url(&self, url: &str) -> String {
        let (user, rest) = url.split_once('@').unwrap();
        let (_, name) = rest.split_once('/').unwrap();
        format!("{user}@127.0.0.1:{}/{name}", self.port)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn is_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&fs::metadata("/proc/self").unwrap()) == 0
}

impl TestSite {
    /// Starts a process on this folder and another database. Waits until it is ready and has logged a line
    /// that matches, in any order.
    pub(crate) fn serve_until_logged(
        &self,
        url: &str,
        arguments: &[&str],
        matches: impl Fn(&Value) -> bool,
    ) -> (Service, Value) {
        let own = Self::without_server();
        let mut command = Command::new(binary());
        command.args(["serve", "--database-url", url, "--content"]).arg(self.content());
        let mut command = self.with_logging(command);
        command.args(arguments).current_dir(own.root.path()).env("PASSERELLE_ADMIN_TOKEN", OPERATOR);
        let (child, log) = spawn(command);
        let service = Service { place: own, child, log, address: String::new() };
        let (mut address, mut found) = (None, None);
        while address.is_none() || found.is_none() {
            let line = service.log.recv_timeout(TIMEOUT).unwrap();
            address = address.or_else(|| line["http.listen"].as_str().map(str::to_owned));
            found = found.or_else(|| Some(line).filter(|line| matches(line)));
        }
        (service.at(&address.unwrap()), found.unwrap())
    }
}
