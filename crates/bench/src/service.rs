//! A running release binary.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

/// Log level without a line per request.
pub(crate) const QUIET: [&str; 2] = ["--log", "warn,passerelle=info"];

/// A running service, its start-up time, and a connection to it.
pub(crate) struct Service {
    child: Child,
    agent: ureq::Agent,
    url: String,
    pub(crate) startup_time: Duration,
}

impl Service {
    pub(crate) fn start(binary: &Path, content: &Path, database: &Path) -> anyhow::Result<Self> {
        Self::start_with(binary, content, database, &[])
    }

    pub(crate) fn start_with(
        binary: &Path,
        content: &Path,
        database: &Path,
        settings: &[&str],
    ) -> anyhow::Result<Self> {
        let started = Instant::now();
        let mut child = Command::new(binary)
            .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "json"])
            .args(settings)
            .arg("--content")
            .arg(content)
            .arg("--database-url")
            .arg(format!("sqlite://{}?mode=rwc", database.display()))
            .stderr(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stderr.take().context("no log")?).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                let entry: Value = serde_json::from_str(&line).ok()?;
                entry["http.listen"].as_str().map(str::to_owned)
            })
            .context("the service did not start")?;
        // The log must be read, or the service blocks.
        std::thread::spawn(move || lines.for_each(drop));
        let agent: ureq::Agent = ureq::Agent::config_builder().build().into();
        let url = format!("http://{address}");
        agent.get(format!("{url}/readyz")).call()?;
        Ok(Self { child, agent, url, startup_time: started.elapsed() })
    }

    pub(crate) fn status_of(&self, number: u32) -> anyhow::Result<String> {
        let answer = self.query(&format!("{{ measure(number: {number}) {{ status }} }}"))?;
        Ok(answer["data"]["measure"]["status"].as_str().unwrap_or_default().to_owned())
    }

    /// Sends a query and returns the response.
    pub(crate) fn query(&self, query: &str) -> anyhow::Result<Value> {
        Ok(serde_json::from_str(&self.post(&json!({ "query": query }).to_string())?)?)
    }

    /// Sends a query that must succeed.
    pub(crate) fn ask(&self, query: &str) -> anyhow::Result<Value> {
        let answer = self.query(query)?;
        anyhow::ensure!(answer.get("errors").is_none(), "{answer}");
        Ok(answer)
    }

    /// Sends a request body and returns the response body.
    pub(crate) fn post(&self, body: &str) -> anyhow::Result<String> {
        let mut response = self
            .agent
            .post(format!("{}/graphql", self.url))
            .header("content-type", "application/json")
            .send(body)?;
        let mut text = String::new();
        response.body_mut().as_reader().read_to_string(&mut text)?;
        Ok(text)
    }

    /// Returns the address of the service.
    pub(crate) fn address(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.url.trim_start_matches("http://").parse()?)
    }

    /// Returns the path and query of a GET request.
    pub(crate) fn get_url(query: &str, variables: &Value) -> String {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        format!("/graphql?query={}&variables={}", encode(query), encode(&variables.to_string()))
    }

    /// Returns the entity tag of the response to a GET request.
    pub(crate) fn etag(&self, link: &str) -> anyhow::Result<String> {
        let response = self.agent.get(format!("{}{link}", self.url)).call()?;
        let tag = response.headers().get("etag").context("the answer has no tag")?;
        Ok(tag.to_str()?.to_owned())
    }

    pub(crate) fn wait_for_status(&self, number: u32, status: &str) -> anyhow::Result<()> {
        let started = Instant::now();
        while self.status_of(number)? != status {
            if started.elapsed() > Duration::from_secs(10) {
                bail!("the save was not visible in 10 s");
            }
        }
        Ok(())
    }

    /// Returns the CPU time of the process, in user and kernel mode.
    pub(crate) fn cpu_time(&self) -> anyhow::Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name of the program, in parentheses, can contain spaces. User and kernel time are the 14th and
        // 15th field, in hundredths of a second (proc(5)).
        let (_, fields) = stat.rsplit_once(')').context("no name of the program")?;
        let mut ticks = 0;
        for field in fields.split_whitespace().skip(11).take(2) {
            ticks += field.parse::<u64>()?;
        }
        Ok(Duration::from_millis(ticks * 10))
    }

    /// Returns the resident memory in MiB.
    pub(crate) fn resident_mib(&self) -> anyhow::Result<f64> {
        self.mib("VmRSS:")
    }

    /// Resets the peak of the resident memory, so that a later peak can be measured.
    pub(crate) fn reset_peak(&self) -> anyhow::Result<()> {
        // 5 resets the peak (proc(5), `clear_refs`).
        Ok(std::fs::write(format!("/proc/{}/clear_refs", self.child.id()), "5")?)
    }

    /// Returns the peak of the resident memory in MiB.
    pub(crate) fn peak_mib(&self) -> anyhow::Result<f64> {
        self.mib("VmHWM:")
    }

    #[expect(clippy::cast_precision_loss, reason = "kilobytes of memory")]
    fn mib(&self, name: &str) -> anyhow::Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)).context("no such line")?;
        let kib: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib as f64 / 1024.0)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
