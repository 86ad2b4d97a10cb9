//! Turns cut off inside an answer, on joined human recordings.
use e2e::server::Trouble;

pub fn run() -> Result<(), Trouble> {
    Ok(())
}
