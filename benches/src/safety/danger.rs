//! People in danger, and people who are not, in the five bots.
use e2e::server::Trouble;

pub fn run() -> Result<(), Trouble> {
    Ok(())
}
