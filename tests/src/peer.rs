//! Peers that Digame did not write.
use crate::server::{Trouble, trouble};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Runs a program to its end in `folder`, within `limit`. Its output, both streams, if it exits 0.
pub fn run(folder: &Path, limit: Duration, words: &[&str]) -> Result<String, Trouble> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(Trouble("nothing to run".into()));
    };
    let log = folder.join(format!("{program}.{}.log", std::process::id()));
    let out = std::fs::File::create(&log).map_err(trouble("log"))?;
    let err = out.try_clone().map_err(trouble("log"))?;
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(err)
        .spawn()
        .map_err(|error| Trouble(format!("{program}: {error}; `make setup-test` installs it")))?;
    let deadline = Instant::now() + limit;
    let status = loop {
        match child.try_wait().map_err(trouble(program))? {
            Some(status) => break status,
            None if Instant::now() > deadline => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(Trouble(format!("{words:?} still ran after {limit:?}: {}", tail(&log))));
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    if status.success() {
        Ok(tail(&log))
    } else {
        Err(Trouble(format!("{words:?} ended with {status}: {}", tail(&log))))
    }
}

fn tail(log: &Path) -> String {
    let text = String::from_utf8_lossy(&std::fs::read(log).unwrap_or_default()).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    lines.iter().skip(lines.len().saturating_sub(60)).copied().collect::<Vec<_>>().join("\n")
}
