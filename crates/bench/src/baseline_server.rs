//! Baselines: a route that returns bytes, and a simple server of the same data.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::routing::get;

/// Folder of the simple server and its data.
const PLAIN_SERVER: &str = "../shared/bench";
/// Number of its database connections.
const POOL_SIZE: &str = "4";
/// Time limit for the start of a server.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A running server. It is stopped when the value is dropped.
pub(crate) struct BaselineServer {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl BaselineServer {
    fn start(command: &mut Command, address: SocketAddr) -> anyhow::Result<Self> {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let peer = Self { child, address };
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            if started.elapsed() > TIMEOUT {
                bail!("{command:?} does not listen");
            }
        }
        Ok(peer)
    }

    /// Starts a route that returns the bytes of a file.
    pub(crate) fn route(file: &Path) -> anyhow::Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        Self::start(command.arg("--route").arg(address.to_string()).arg(file), address)
    }

    /// Starts the simple server. Returns `None` if it does not exist.
    pub(crate) fn plain(target: &Path) -> anyhow::Result<Option<Self>> {
        let source = Path::new(PLAIN_SERVER);
        if !source.join("plan.sqlite").exists() {
            return Ok(None);
        }
        let binary = build(source, target)?;
        let address = free_address()?;
        let database = fs::canonicalize(source.join("plan.sqlite"))?;
        let mut command = Command::new(binary);
        Self::start(command.arg(address.port().to_string()).arg(database).arg(POOL_SIZE), address).map(Some)
    }
}

impl Drop for BaselineServer {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Builds the server outside of this workspace.
fn build(source: &Path, target: &Path) -> anyhow::Result<PathBuf> {
    let work_dir = target.join("plain-server");
    fs::create_dir_all(&work_dir)?;
    let manifest = fs::read_to_string(source.join("Cargo.toml"))? + "\n[workspace]\n";
    for (name, text) in
        [("Cargo.toml", manifest), ("plain-server.rs", fs::read_to_string(source.join("plain-server.rs"))?)]
    {
        let path = work_dir.join(name);
        // An unchanged server is not built again.
        if fs::read_to_string(&path).ok().as_ref() != Some(&text) {
            fs::write(path, text)?;
        }
    }
    let output = work_dir.join("target");
    let built = Command::new("cargo")
        .args(["build", "--release", "--quiet", "--manifest-path"])
        .arg(work_dir.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&output)
        .status()?;
    if !built.success() {
        bail!("the plain server cannot be built");
    }
    Ok(output.join("release/plain-server"))
}

/// Serves the bytes of a file for every request.
pub(crate) fn serve(address: &str, file: &str) -> anyhow::Result<()> {
    let bytes = Bytes::from(fs::read(file).with_context(|| file.to_owned())?);
    let answer = move || {
        let bytes = bytes.clone();
        async move { ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], bytes) }
    };
    let router = Router::new().route("/graphql", get(answer.clone()).post(answer));
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        axum::serve(listener, router).await
    })?;
    Ok(())
}
