//! The verbs of the command line, a file each.
pub mod asr;
pub mod call;
pub mod chat;
pub mod check;
pub mod config;
pub mod demo;
pub mod eval;
pub mod graph;
pub mod models;
pub mod records;
pub mod serve;
pub mod test;
pub mod train;
pub mod users;
pub mod versions;

use crate::Failure;
use std::io::Write;

/// Writes one line to standard output; a closed pipe ends the program quietly, as with any filter.
pub fn line(text: impl std::fmt::Display) {
    if writeln!(std::io::stdout().lock(), "{text}").is_err() {
        std::process::exit(0);
    }
}

/// Writes a value as one JSON document.
pub fn json(value: &impl serde::Serialize) -> Result<(), Failure> {
    line(serde_json::to_string_pretty(value).map_err(Failure::failed)?);
    Ok(())
}

/// An office's local time as people write it.
///
/// # Errors
/// How it is written.
pub fn moment(text: &str) -> Result<chrono::NaiveDateTime, String> {
    let formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
    let read = formats.iter().find_map(|f| chrono::NaiveDateTime::parse_from_str(text, f).ok());
    read.ok_or_else(|| "local time: 2026-05-11T10:00".to_owned())
}

/// A tokio runtime for the verbs that need one.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::failed)
}

/// Tensors as small as ours lose time when spread over threads; concurrency comes from calls. Candle reads
/// its number of threads from the environment, which is only safe to change before a thread exists, and
/// only by another program: so the program replaces itself, once, with the variable set.
pub fn one_tensor_thread() -> Result<(), String> {
    use std::os::unix::process::CommandExt;
    const THREADS: &str = "RAYON_NUM_THREADS";
    if std::env::var_os(THREADS).is_some() {
        return Ok(());
    }
    let program = std::env::current_exe().map_err(|error| format!("its own path is unknown: {error}"))?;
    let error =
        std::process::Command::new(program).args(std::env::args_os().skip(1)).env(THREADS, "1").exec();
    Err(format!("cannot start again with {THREADS}=1: {error}; set it before starting"))
}
