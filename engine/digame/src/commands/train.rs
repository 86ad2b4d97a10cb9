//! `digame train`
use super::{json, line};
use crate::config::Config;
use crate::{Failure, bots, intents};
use clap::Args;
use nlu::evaluation::{accuracy, calibration_error};

/// Trains a bot's intents and tells how well their examples can be told apart
///
/// A bot is trained whenever it is loaded; nothing is kept.
#[derive(Args)]
#[command(
    after_help = "Examples:\n  digame train dialogs/bots/cita_previa\n  digame train cita_previa --json"
)]
pub struct Train {
    /// A bot that ships inside, or a bot's folder
    bot: String,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Train {
    pub fn run(self, _: Config) -> Result<(), Failure> {
        let loaded = bots::load(&self.bot)?;
        let trained = intents::train(&intents::examples(&loaded.bot)).map_err(Failure::usage)?;
        let (right, error) = (accuracy(&trained.judged), calibration_error(&trained.judged));
        if self.json {
            return json(&serde_json::json!({
                "seconds": trained.took.as_secs_f64(),
                "intents": trained.intents,
                "examples": trained.examples,
                "folds": intents::FOLDS,
                "accuracy": right,
                "calibration_error": error,
            }));
        }
        line(format!("trained in {:.2} s", trained.took.as_secs_f64()));
        line(format!("{} intents, {} examples", trained.intents, trained.examples));
        line(format!("{:.1} % right in cross-validation ({} folds)", right * 100.0, intents::FOLDS));
        line(format!("calibration error {:.1} %", error * 100.0));
        let confused = trained.judged.iter().filter(|j| j.confused()).count();
        let unsure = trained.judged.iter().filter(|j| j.best.is_none()).count();
        line(format!(
            "{confused} taken for another intent, {unsure} not understood; `digame eval` shows which"
        ));
        Ok(())
    }
}
