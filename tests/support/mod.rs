//! Runs the real binary on a temporary folder and database.

mod events;
mod journeys;
pub(crate) mod markdown;
mod node;
pub(crate) mod outage;
pub(crate) mod postgres;
pub(crate) mod skip;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) use events::Events;
pub(crate) use node::node;
use postgres::PostgresDatabase;

/// Longer than any step takes on a busy machine.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Admin token of the processes of [`TestSite::serve_another`].
pub(crate) const OPERATOR: &str = "operator";

/// Returns true if the tests run on PostgreSQL: `PASSERELLE_TEST_DATABASE=postgres`. Tests of SQLite files
/// then return at once.
#[expect(clippy::disallowed_methods, reason = "the caller of the tests says which engine they use")]
pub(crate) fn is_on_postgres() -> bool {
    std::env::var("PASSERELLE_TEST_DATABASE").is_ok_and(|engine| engine == "postgres")
}

/// A content folder, and a folder for the database beside it.
pub(crate) struct TestSite {
    root: TempDir,
    database: PathBuf,
    /// Database on a server, instead of the file.
    postgres: Option<PostgresDatabase>,
}

impl TestSite {
    pub(crate) fn new() -> Self {
        let root = TempDir::new().unwrap();
        fs::create_dir(root.path().join("content")).unwrap();
        let database = root.path().join("test.db");
        let postgres = is_on_postgres().then(|| PostgresDatabase::migrated().unwrap());
        Self { root, database, postgres }
    }

    /// Creates a site that no service uses.
    fn without_server() -> Self {
        let root = TempDir::new().unwrap();
        Self { database: root.path().join("test.db"), root, postgres: None }
    }

    /// Creates a site with an empty database on a PostgreSQL server. Returns `None` if there is no server,
    /// which is reported as a skipped test.
    pub(crate) fn on_postgres() -> Option<Self> {
        match PostgresDatabase::empty() {
            Ok(database) => {
                let place = Self { postgres: Some(database), ..Self::without_server() };
                fs::create_dir(place.content()).unwrap();
                Some(place)
            }
            Err(reason) => {
                skip::skip("postgres", &reason);
                None
            }
        }
    }

    /// Creates a site whose database has its own empty folder.
    pub(crate) fn with_separate_disk() -> Self {
        let mut place = Self::new();
        let disk = place.root.path().join("disk");
        fs::create_dir(&disk).unwrap();
        place.database = disk.join("test.db");
        place
    }

    pub(crate) fn database(&self) -> &Path {
        &self.database
    }

    pub(crate) fn content(&self) -> PathBuf {
        self.root.path().join("content")
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.content().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Copies a folder recursively.
    pub(crate) fn copy_documents(&self, from: &Path) {
        copy(from, &self.content());
    }

    pub(crate) fn database_url(&self) -> String {
        match &self.postgres {
            Some(database) => database.url(),
            None => format!("sqlite://{}?mode=rwc", self.database.display()),
        }
    }

    /// Returns a command with this folder and database.
    pub(crate) fn command(&self, name: &str) -> Command {
        let mut command = Command::new(binary());
        command.args([name, "--database-url", &self.database_url()]);
        if !matches!(name, "migrate" | "prune") {
            command.arg("--content").arg(self.content());
        }
        command
    }

    /// Returns the `serve` command with logging.
    pub(crate) fn serve_command(&self) -> Command {
        self.with_logging(self.command("serve"))
    }

    fn with_logging(&self, mut command: Command) -> Command {
        command.env("PASSERELLE_LISTEN", "127.0.0.1:0");
        command.args(["--log-format", "json", "--log", "info"]);
        // Tests that need a drain set one with `--drain`.
        command.env("PASSERELLE_DRAIN", "0");
        // The working directory, so that files of a crash stay in the temporary folder.
        command.current_dir(self.root.path());
        command
    }

    /// Starts the service and waits until it is ready.
    pub(crate) fn serve(self) -> Service {
        let command = self.serve_command();
        Service::start(self, command)
    }

    /// Starts the service with these settings and waits until it is ready.
    pub(crate) fn serve_with(self, arguments: &[&str]) -> Service {
        let mut command = self.serve_command();
        command.args(arguments);
        self.serve_by(command)
    }

    /// Starts the service and kills it after a time, which may be before it is ready.
    pub(crate) fn kill_during_startup(self, after: Duration) -> Self {
        let (child, log) = spawn(self.serve_command());
        Service { place: self, child, log, address: String::new() }.kill_after(after)
    }

    /// Starts the service at an address that the command sets. Does not wait until it is ready.
    pub(crate) fn start_by(self, mut command: Command, address: &str) -> Service {
        command.args(["--listen", address]);
        let (child, log) = spawn(command);
        Service { place: self, child, log, address: address.to_owned() }
    }

    /// Starts another process on this folder and database, and waits until it is ready. Its derived files are
    /// in a folder of its own.
    pub(crate) fn serve_another(&self, arguments: &[&str]) -> Service {
        self.serve_copy(&self.content(), arguments)
    }

    /// Starts another process with a content folder of its own.
    pub(crate) fn serve_copy(&self, content: &Path, arguments: &[&str]) -> Service {
        let own = Self::without_server();
        let mut command = Command::new(binary());
        command.args(["serve", "--database-url", &self.database_url(), "--content"]).arg(content);
        let mut command = self.with_logging(command);
        command.args(arguments).current_dir(own.root.path()).env("PASSERELLE_ADMIN_TOKEN", OPERATOR);
        Service::start(own, command)
    }

    /// Starts the service with a command and waits until it is ready.
    pub(crate) fn serve_by(self, command: Command) -> Service {
        Service::start(self, command)
    }
}

/// Runs a service that exits before it is ready. Returns its status and its log entries.
pub(crate) fn run_until_exit(command: Command) -> (ExitStatus, Vec<Value>) {
    let (mut child, log) = spawn(command);
    let mut entries = Vec::new();
    while let Ok(entry) = log.recv_timeout(TIMEOUT) {
        if entry.get("http.listen").is_some() {
            child.kill().unwrap();
            panic!("it is ready");
        }
        entries.push(entry);
    }
    (child.wait().unwrap(), entries)
}

/// Starts a process. Returns it with a receiver of its log lines.
fn spawn(mut command: Command) -> (Child, Receiver<Value>) {
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let stderr = BufReader::new(child.stderr.take().unwrap());
    let (sender, log) = channel();
    std::thread::spawn(move || {
        for line in stderr.lines().map_while(Result::ok) {
            let entry = serde_json::from_str(&line).unwrap_or_else(|_| json!({ "message": line }));
            if sender.send(entry).is_err() {
                break;
            }
        }
    });
    (child, log)
}

/// Returns all files below a folder with one of these extensions, in order. Empty if the folder is missing.
///
/// Skips build output, installed packages and hidden folders other than `.github`.
pub(crate) fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let is_skipped =
            matches!(name, "target" | "node_modules") || name.starts_with('.') && name != ".github";
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() && !is_skipped {
            found.extend(files(&path, extensions));
        } else if path.is_file() && extension.is_some_and(|extension| extensions.contains(&extension)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            // Source files may be read-only, and tests change the copies.
            fs::write(target, fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}

pub(crate) fn binary() -> &'static str {
    env!("CARGO_BIN_EXE_passerelle")
}

/// Returns the root folder of the repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A running service.
pub(crate) struct Service {
    pub(crate) place: TestSite,
    child: Child,
    log: Receiver<Value>,
    address: String,
}

impl Service {
    fn start(place: TestSite, command: Command) -> Self {
        let (child, log) = spawn(command);
        let service = Self { place, child, log, address: String::new() };
        let ready = service.wait_for(|entry| entry.get("http.listen").is_some());
        service.at(ready["http.listen"].as_str().unwrap())
    }

    fn at(mut self, address: &str) -> Self {
        address.clone_into(&mut self.address);
        self
    }

    /// Waits for the next log line that matches.
    pub(crate) fn wait_for(&self, matches: impl Fn(&Value) -> bool) -> Value {
        loop {
            let entry = self.log.recv_timeout(TIMEOUT).expect("the log says no more");
            if matches(&entry) {
                return entry;
            }
        }
    }

    /// Returns the value of a metric. `name` is without the prefix `passerelle_`.
    pub(crate) fn metric(&self, name: &str) -> u64 {
        let text = self.get("/metrics", &[]).body;
        let value = text
            .lines()
            .find_map(|line| line.strip_prefix("passerelle_")?.strip_prefix(name)?.strip_prefix(' '));
        value.unwrap_or_else(|| panic!("{name} is missing")).parse().unwrap()
    }

    /// Asks for a metric until it has a value.
    pub(crate) fn wait_for_metric(&self, name: &str, value: u64) {
        let started = Instant::now();
        while self.metric(name) != value {
            assert!(started.elapsed() < TIMEOUT, "{name} is {}, not {value}", self.metric(name));
        }
    }

    /// Waits until a change of the folder is published.
    pub(crate) fn wait_for_sync(&self) -> Value {
        self.wait_for(|entry| entry["message"] == "synced")
    }

    /// Returns the events of a subscription over SSE.
    pub(crate) fn subscribe(&self, subscription: &str) -> Events {
        self.subscribe_with(&json!({ "query": subscription }).to_string())
    }

    /// Returns the events of a subscription with this request body.
    pub(crate) fn subscribe_with(&self, body: &str) -> Events {
        self.open_events(body, "")
    }

    /// Returns the events of a subscription of a client that received an event before.
    pub(crate) fn resume(&self, subscription: &str, last_event_id: &str) -> Events {
        self.open_events(&json!({ "query": subscription }).to_string(), last_event_id)
    }

    fn open_events(&self, body: &str, last_event_id: &str) -> Events {
        Events::open(&self.url("/graphql"), body, last_event_id).unwrap()
    }

    /// Returns the host and port of the service.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Stops the service and starts another one on the same folder and database.
    pub(crate) fn restart(self) -> Self {
        self.stop().serve()
    }

    /// Stops the service. Returns its folder and database.
    pub(crate) fn stop(mut self) -> TestSite {
        self.signal("-TERM");
        self.child.wait().unwrap();
        std::mem::replace(&mut self.place, TestSite::without_server())
    }

    /// Kills the service after a time. Returns its folder and database.
    ///
    /// The time does not wait for an event. It selects the moment of the kill.
    pub(crate) fn kill_after(mut self, time: Duration) -> TestSite {
        let moment = Instant::now() + time;
        while self.log.recv_timeout(moment.saturating_duration_since(Instant::now())).is_ok() {}
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        std::mem::replace(&mut self.place, TestSite::without_server())
    }

    /// Returns the root of the file system of the service, which can have private mounts.
    pub(crate) fn root(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root", self.child.id()))
    }

    /// Returns the log lines since the last wait.
    pub(crate) fn log_so_far(&self) -> Vec<Value> {
        self.log.try_iter().collect()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> HttpReply {
        let mut request = agent().get(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        HttpReply::of(request.call())
    }

    pub(crate) fn head(&self, path: &str, headers: &[(&str, &str)]) -> HttpReply {
        let mut request = agent().head(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        HttpReply::of(request.call())
    }

    pub(crate) fn get_bytes(&self, path: &str) -> (u16, Vec<u8>) {
        let mut response = agent().get(self.url(path)).call().unwrap();
        (response.status().as_u16(), response.body_mut().read_to_vec().unwrap())
    }

    pub(crate) fn post(&self, body: &str, headers: &[(&str, &str)]) -> HttpReply {
        self.post_to("/graphql", body, headers)
    }

    pub(crate) fn post_to(&self, path: &str, body: &str, headers: &[(&str, &str)]) -> HttpReply {
        post(&self.url(path), body, headers)
    }

    /// Runs a query and returns its data. Fails on errors.
    pub(crate) fn query(&self, query: &str) -> Value {
        query_at(&self.url("/graphql"), query)
    }

    /// Returns the id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    pub(crate) fn wait(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Sends a POST request to a URL.
pub(crate) fn post(url: &str, body: &str, headers: &[(&str, &str)]) -> HttpReply {
    let mut request = agent().post(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    HttpReply::of(request.send(body))
}

/// Runs a query at a URL and returns its data. Fails on errors.
pub(crate) fn query_at(url: &str, query: &str) -> Value {
    let body = json!({ "query": query }).to_string();
    let mut answer = post(url, &body, &[("content-type", "application/json")]).json();
    assert_eq!(answer.get("errors"), None, "{query}");
    answer["data"].take()
}

/// Returns the JSON at a URL. Returns `None` if the request fails.
pub(crate) fn try_get_json(url: &str) -> Option<Value> {
    agent().get(url).call().ok()?.body_mut().read_json().ok()
}

/// An HTTP response.
pub(crate) struct HttpReply {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
    headers: ureq::http::HeaderMap,
}

impl HttpReply {
    fn of(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Self {
        let mut response = response.unwrap();
        let header = response.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
        Self {
            status: response.status().as_u16(),
            content_type: header.unwrap_or_default(),
            headers: response.headers().clone(),
            body: String::from_utf8_lossy(&response.body_mut().read_to_vec().unwrap()).into_owned(),
        }
    }

    /// Returns the value of a header. Empty if the header is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Returns all values of a header.
    pub(crate) fn header_values(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

pub(crate) fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
    config.timeout_global(Some(TIMEOUT)).build().into()
}
