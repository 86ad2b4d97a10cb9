//! `digame config`
use super::line;
use crate::Failure;
use clap::Args;

/// Shows the configuration file with every option, its default and when to change it
#[derive(Args)]
#[command(after_help = "Example: digame config --example > digame.toml")]
pub struct ConfigVerb {
    /// Print the example file
    #[arg(long, required = true)]
    example: bool,
}

impl ConfigVerb {
    pub fn run(&self) -> Result<(), Failure> {
        if self.example {
            line(crate::config::EXAMPLE.trim_end());
        }
        Ok(())
    }
}
