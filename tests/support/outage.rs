//! Databases that go away: a server of one test, and a proxy in front of a server.

pub(crate) mod pooler;

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::sync::{Arc, Condvar, Mutex};

use super::postgres::{execute, with_name};
use super::{Service, TestSite, binary, repository};

/// A server that no other test uses. It stops when this value is dropped.
pub(crate) struct OwnServer {
    /// `tests/postgres.sh` stops the server when this process ends.
    keeper: Child,
    url: String,
}

impl OwnServer {
    /// Starts a server. Returns `None` if the tests have none, which is reported as a skipped test.
    pub(crate) fn start() -> Option<Self> {
        TestSite::on_postgres()?;
        let keeper = Command::new("sleep").arg("infinity").spawn().unwrap();
        let mut server = Self { keeper, url: String::new() };
        server.start_again();
        Some(server)
    }

    /// Starts an empty server if this one does not run.
    pub(crate) fn start_again(&mut self) {
        let printed = self.script(&[]);
        let url = printed.trim().strip_prefix("PASSERELLE_TEST_POSTGRES=").unwrap();
        url.clone_into(&mut self.url);
    }

    /// Ends the server without a shutdown.
    pub(crate) fn stop(&self) {
        self.script(&["stop"]);
    }

    /// Ends the server without a shutdown, and starts it again with its data.
    pub(crate) fn restart(&self) {
        self.script(&["restart"]);
    }

    fn script(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(repository().join("tests/postgres.sh"));
        let output = command.arg(self.keeper.id().to_string()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Returns the URL of a database that always exists.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Starts a hot standby of the server. Returns the URL of one of its databases.
    pub(crate) fn start_standby(&self, name: &str) -> String {
        let printed = self.script(&["standby"]);
        with_name(printed.trim().strip_prefix("PASSERELLE_TEST_POSTGRES=").unwrap(), name)
    }

    /// Creates a database whose commits survive a crash of the server. Returns its URL.
    pub(crate) fn create_database(&self, name: &str) -> String {
        execute(&self.url, &format!("CREATE DATABASE {name} TEMPLATE template0"));
        execute(&self.url, &format!("ALTER DATABASE {name} SET synchronous_commit = on"));
        self.database_url(name)
    }

    /// Returns the URL of another database.
    pub(crate) fn database_url(&self, name: &str) -> String {
        with_name(&self.url, name)
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        drop(self.keeper.kill());
        drop(self.keeper.wait());
    }
}

impl TestSite {
    /// Starts a process on this folder and another database, and waits until it is ready.
    pub(crate) fn serve_on(&self, url: &str, arguments: &[&str]) -> Service {
        let own = Self::without_server();
        let mut command = Command::new(binary());
        command.args(["serve", "--database-url", url, "--content"]).arg(self.content());
        let mut command = self.with_logging(command);
        command.args(arguments).current_dir(own.root.path()).env("PASSERELLE_ADMIN_TOKEN", super::OPERATOR);
        Service::start(own, command)
    }
}

/// What a proxy does with bytes and new connections.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Forward,
    /// Accepts bytes and connections, and forwards nothing.
    Stall,
    /// Ends connections at once.
    Refuse,
}

/// TCP proxy in front of a database server.
pub(crate) struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    server: String,
    mode: Mutex<Mode>,
    changed: Condvar,
    connections: Mutex<Vec<TcpStream>>,
}

impl Shared {
    /// Waits while the proxy is stalled.
    fn mode(&self) -> Mode {
        let mode = self.mode.lock().unwrap();
        *self.changed.wait_while(mode, |mode| *mode == Mode::Stall).unwrap()
    }

    fn connect(self: &Arc<Self>, client: TcpStream) {
        if self.mode() == Mode::Refuse {
            return;
        }
        let Ok(server) = TcpStream::connect(&self.server) else { return };
        let both = [&client, &server].map(|stream| stream.try_clone().unwrap());
        self.connections.lock().unwrap().extend(both);
        for (from, to) in [(client.try_clone().unwrap(), server.try_clone().unwrap()), (server, client)] {
            let shared = Arc::clone(self);
            std::thread::spawn(move || shared.forward(from, to));
        }
    }

    /// Forwards bytes in one direction until one of the connections ends.
    fn forward(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut bytes = [0; 16 * 1024];
        while let Ok(count) = from.read(&mut bytes)
            && count > 0
        {
            self.mode();
            if to.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        drop(from.shutdown(Shutdown::Both));
        drop(to.shutdown(Shutdown::Both));
    }
}

impl Proxy {
    /// Starts a proxy in front of the server of a URL.
    pub(crate) fn start(url: &str) -> Self {
        let (_, rest) = url.split_once('@').unwrap();
        let (server, _) = rest.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            server: server.to_owned(),
            mode: Mutex::new(Mode::Forward),
            changed: Condvar::new(),
            connections: Mutex::default(),
        });
        let accepting = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&accepting);
                std::thread::spawn(move || shared.connect(client));
            }
        });
        Self { address, shared }
    }

    /// Returns a URL of the server with the address of the proxy.
    pub(crate) fn url(&self, url: &str) -> String {
        let (user, rest) = url.split_once('@').unwrap();
        let (_, name) = rest.split_once('/').unwrap();
        format!("{user}@{}/{name}", self.address)
    }

    /// Ends all connections.
    pub(crate) fn cut(&self) {
        for connection in self.shared.connections.lock().unwrap().drain(..) {
            drop(connection.shutdown(Shutdown::Both));
        }
    }

    /// Ends all connections, and refuses new ones.
    pub(crate) fn refuse(&self) {
        self.set(Mode::Refuse);
        self.cut();
    }

    /// Keeps all connections, and forwards nothing.
    pub(crate) fn stall(&self) {
        self.set(Mode::Stall);
    }

    /// Forwards again, also what was sent meanwhile.
    pub(crate) fn forward(&self) {
        self.set(Mode::Forward);
    }

    fn set(&self, mode: Mode) {
        *self.shared.mode.lock().unwrap() = mode;
        self.shared.changed.notify_all();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.refuse();
    }
}
