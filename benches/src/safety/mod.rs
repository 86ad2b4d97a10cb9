//! Nothing is done that was not meant: wrong acts among what callers say, and among what nobody said.

mod acts;
mod assent;
mod danger;
mod pauses;

use e2e::server::Trouble;

pub fn run() -> Result<(), Trouble> {
    assent::run()?;
    danger::run()?;
    acts::run()?;
    pauses::run()
}
