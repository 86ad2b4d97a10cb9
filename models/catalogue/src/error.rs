//! The crate's error: each text is one line that says what, where and what to do.

use std::path::PathBuf;

/// What can go wrong with the catalogue, a download or a file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The catalogue's text is wrong.
    #[error("model catalogue: {reason}")]
    Catalogue {
        /// What and where.
        reason: String,
    },
    /// No such model.
    #[error("no model `{name}`{}: `digame models list` shows what there is", did_you_mean(.nearest))]
    Unknown {
        /// The name asked for.
        name: String,
        /// The most similar one, if any is similar.
        nearest: Option<String>,
    },
    /// The model is part of the program or of a Debian package.
    #[error("{name} needs no download: {purpose}")]
    BuiltIn {
        /// The model.
        name: String,
        /// Its description.
        purpose: String,
    },
    /// The model is made on this machine.
    #[error("{name} is made on this machine, not fetched: {purpose}")]
    MadeHere {
        /// The model.
        name: String,
        /// Its description.
        purpose: String,
    },
    /// No connection.
    #[error(
        "cannot reach {host} ({reason}): check the network, or the proxy in HTTPS_PROXY; what was fetched is kept"
    )]
    Unreachable {
        /// The server.
        host: String,
        /// The innermost cause.
        reason: String,
    },
    /// The server refused.
    #[error("{host} answers {status} for {file}: {cure}")]
    Refused {
        /// The server.
        host: String,
        /// HTTP status.
        status: u16,
        /// File asked for.
        file: String,
        /// What to do.
        cure: &'static str,
    },
    /// The connection broke too often.
    #[error("download of {file} broke off at {got} of {} bytes ({reason}): run the same command again, it goes on from there", or_unknown(.total))]
    Interrupted {
        /// File.
        file: String,
        /// Bytes that lie in the part file.
        got: u64,
        /// Bytes expected.
        total: Option<u64>,
        /// The last cause.
        reason: String,
    },
    /// The server's file has another size than the catalogue's.
    #[error(
        "{file} has {found} bytes on the server and {expected} in the catalogue: nothing was installed; update Digame"
    )]
    Size {
        /// File.
        file: String,
        /// Bytes on the server.
        found: u64,
        /// Bytes in the catalogue.
        expected: u64,
    },
    /// The content is not what the catalogue names.
    #[error(
        "{file} has SHA-256 {found}, not {expected}: nothing was installed and the download was discarded; try again, and distrust the server or proxy if it stays so"
    )]
    Sum {
        /// File.
        file: String,
        /// Computed.
        found: String,
        /// Named by the catalogue, or accepted by the operator.
        expected: String,
    },
    /// The catalogue has no checksum for the file.
    #[error(
        "{file} has no published checksum; fetched, its SHA-256 is {found}: if you can confirm it elsewhere, run again with --accept-hash {found}"
    )]
    Unpinned {
        /// File.
        file: String,
        /// Computed.
        found: String,
    },
    /// A registry's client is missing.
    #[error("{package} is fetched by {client}, which is not installed: install the package {debian}")]
    Client {
        /// The client.
        client: &'static str,
        /// Debian's package that has it.
        debian: &'static str,
        /// What it should fetch.
        package: String,
    },
    /// A registry's client did not bring a package.
    #[error("{client} gives no {package} {version}: {reason}")]
    Package {
        /// The client.
        client: &'static str,
        /// The package.
        package: String,
        /// Its version.
        version: String,
        /// What it said, and what to do.
        reason: String,
    },
    /// No source of a file answers.
    #[error("no source of {file} answers: {address}; {packages}")]
    NoSource {
        /// The file.
        file: String,
        /// Why its address gives nothing.
        address: String,
        /// Why the packages give nothing.
        packages: String,
    },
    /// A model cannot be turned into its engine's format.
    #[error("{file} cannot be converted ({reason}): nothing was installed; update Digame")]
    Convert {
        /// The file to be made.
        file: String,
        /// What is wrong with what it is made of.
        reason: String,
    },
    /// No space.
    #[error("no space left for {path}{}: free some and run again, it goes on from there", still_needed(.needed))]
    DiskFull {
        /// Where.
        path: PathBuf,
        /// Bytes still to come, if known.
        needed: Option<u64>,
    },
    /// Another pull writes the same file.
    #[error("another download of {path} is under way: wait for it")]
    Busy {
        /// The part file.
        path: PathBuf,
    },
    /// Any other trouble with a file.
    #[error("cannot {action} {path} ({reason})")]
    File {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
}

impl Error {
    /// Whether a source gave nothing, so that another may.
    pub(crate) fn no_answer(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::Refused { .. }
                | Self::Interrupted { .. }
                | Self::Client { .. }
                | Self::Package { .. }
        )
    }
}

fn did_you_mean(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!(", did you mean `{name}`?")).unwrap_or_default()
}

fn or_unknown(total: &Option<u64>) -> String {
    total.map_or_else(|| "an unknown number of".to_owned(), |total| total.to_string())
}

fn still_needed(needed: &Option<u64>) -> String {
    needed.map(|bytes| format!(" ({} MB more needed)", bytes.div_ceil(1_000_000))).unwrap_or_default()
}
