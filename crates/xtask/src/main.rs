//! Development commands: `cargo xtask NAME`, an alias of `.cargo/config.toml`.
//!
//! Each command is a file. `schema`, `snapshots`, `figures` and `fuzz` run other programs of the workspace.
//! `docs-sample` and `release` read and write files of the repository.
//!
//! # How to add a command
//! Add a file with a public function, one arm to [`run`] and one line to `USAGE`. Add the command to
//! `CONTRIBUTING.md`.

#![expect(clippy::print_stdout, reason = "the output of a command")]

mod docs_sample;
mod programs;
mod release;

use std::path::{Path, PathBuf};

use anyhow::bail;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  schema                 write schema.graphql from the code
  snapshots              accept what the readers produce now, and remove snapshots that no test reads
  figures [ARGUMENTS]    measure; the arguments are those of passerelle-bench
  fuzz [EXECUTIONS]      run every fuzz target, a million times unless given (needs cargo-fuzz)
  docs-sample SEED [N]   print N doc comments and schema descriptions drawn by lot, 100 unless given
  release VERSION        set the version in Cargo.toml and CHANGELOG.md, and freeze the released schema";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    run(&repository(), &arguments)
}

/// Runs one command in the root folder of the repository.
fn run(root: &Path, arguments: &[&str]) -> anyhow::Result<()> {
    match arguments {
        ["schema"] => programs::schema(root),
        ["snapshots"] => programs::snapshots(root),
        ["figures", rest @ ..] => programs::figures(root, rest),
        ["fuzz", rest @ ..] => programs::fuzz(root, rest),
        ["docs-sample", seed] => docs_sample::print(root, seed.parse()?, docs_sample::DEFAULT_COUNT),
        ["docs-sample", seed, count] => docs_sample::print(root, seed.parse()?, count.parse()?),
        ["release", version] => release::prepare(root, version),
        ["help" | "--help"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("{USAGE}"),
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_command_fails_with_the_usage() {
        let error = run(&repository(), &["no-such-command"]).unwrap_err();
        assert!(error.to_string().contains("docs-sample SEED [N]"), "{error}");
    }

    #[test]
    fn a_seed_is_a_number() {
        assert!(run(&repository(), &["docs-sample", "seven"]).is_err());
    }
}
