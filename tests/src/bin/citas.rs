//! Serves the demo's appointment diary: `citas [ADDRESS]`, by default 127.0.0.1:8085.
#![forbid(unsafe_code)]
use std::process::ExitCode;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8085".into());
    let listener = match tokio::net::TcpListener::bind(&address).await {
        Ok(listener) => listener,
        Err(error) => {
            eprintln!("citas: cannot listen on {address}: {error}; give another address as the argument");
            return ExitCode::from(2);
        }
    };
    match axum::serve(listener, e2e::citas::router()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("citas: {error}");
            ExitCode::FAILURE
        }
    }
}
