//! `digame graph`
use super::line;
use crate::config::Config;
use crate::{Failure, bots};
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Draws a bot: its dialogs, their steps and branches, and what may be said at any time
#[derive(Args)]
#[command(
    after_help = "Without --svg and --mermaid both are written beside each other here: NAME.svg and NAME.mmd.\n\nExamples:\n  digame graph dialogs/bots/cita_previa\n  digame graph cita_previa --svg cita.svg\n  digame graph cita_previa --mermaid -"
)]
pub struct Graph {
    /// A bot that ships inside, or a bot's folder
    bot: String,
    /// Write the SVG here; `-` is standard output
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Write Mermaid text here; `-` is standard output
    #[arg(long, value_name = "FILE")]
    mermaid: Option<PathBuf>,
}

impl Graph {
    pub fn run(self, _: Config) -> Result<(), Failure> {
        let loaded = bots::load(&self.bot)?;
        let (mut svg, mut mermaid) = (self.svg, self.mermaid);
        if svg.is_none() && mermaid.is_none() {
            let path = std::fs::canonicalize(&self.bot).unwrap_or_else(|_| PathBuf::from(&self.bot));
            let name = path.file_stem().map_or_else(|| "bot".into(), |n| n.to_string_lossy().into_owned());
            svg = Some(format!("{name}.svg").into());
            mermaid = Some(format!("{name}.mmd").into());
        }
        if let Some(file) = svg {
            write(&file, &dialogs::graph::svg(&loaded.bot))?;
        }
        if let Some(file) = mermaid {
            write(&file, &dialogs::graph::mermaid(&loaded.bot))?;
        }
        Ok(())
    }
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    if file == Path::new("-") {
        return std::io::stdout().lock().write_all(text.as_bytes()).map_err(Failure::failed);
    }
    std::fs::write(file, text)
        .map_err(|e| Failure::Usage(format!("{}: {e}; give a file that can be written", file.display())))?;
    line(file.display());
    Ok(())
}
