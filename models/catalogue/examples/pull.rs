//! Fetches a model into a folder, as `digame models pull` does, without building the rest of Digame:
//!
//!     cargo run --release -p catalogue --example pull -- whisper-base target/models
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the command line")]

use std::path::Path;
use std::process::ExitCode;

use catalogue::{Catalogue, Error, PullOptions};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, folder] = arguments.as_slice() else {
        eprintln!("usage: pull MODEL FOLDER");
        return ExitCode::from(2);
    };
    match pull(name, Path::new(folder)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn pull(name: &str, folder: &Path) -> Result<(), Error> {
    let pulled = Catalogue::embedded()?.pull(name, folder, &PullOptions::default(), &mut |_| ()).await?;
    pulled.files.iter().for_each(|file| println!("{}: verified", file.display()));
    Ok(())
}
