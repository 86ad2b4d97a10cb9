//! What a simulated citizen does, written in YAML.
//!
//! ```yaml
//! noise_db: -50            # white noise under the voice, dBFS
//! packet_loss: 0.01        # share of its packets that are thrown away
//! steps:
//!   - wait: bot            # until the bot has spoken and is silent
//!   - say: Quería pedir una cita.
//!   - wait: { silence_ms: 900, timeout_ms: 20000 }
//!   - keys: "12345678#"
//!   - interrupt: { after_ms: 800, say: "Perdone, quiero hablar con una persona." }
//!   - play: sonidos/tos.wav
//!   - silence: 2000        # ms
//!   - hang_up
//! ```

use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer};

use super::yaml;

/// Silence of the bot that is the end of what it says; its voice pauses for up
/// to 320 ms between sentences.
const BOT_SILENCE_MS: u32 = 700;
/// Longest wait for the bot.
const BOT_TIMEOUT_MS: u32 = 30_000;

/// A script.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// White noise under the voice, dBFS.
    #[serde(default)]
    pub noise_db: Option<f32>,
    /// Share of the citizen's packets that are thrown away, 0..=1.
    #[serde(default)]
    pub packet_loss: f32,
    /// Seed of noise and loss.
    #[serde(default)]
    pub seed: u64,
    /// What it does, in order.
    pub steps: Vec<Step>,
}

/// One thing that the citizen does.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Says a text.
    Say(String),
    /// Plays a recording: WAV, FLAC, A-law, µ-law; GSM, Ogg and MP3 where sox is installed.
    Play(PathBuf),
    /// Presses keys, one after the other.
    Keys(String),
    /// Waits until the bot has spoken and is silent.
    Wait(Wait),
    /// Waits until the bot has spoken for a while, and speaks over it.
    Interrupt(Interrupt),
    /// Is silent, ms.
    Silence(u32),
    /// Hangs up.
    HangUp,
}

/// How to wait for the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wait {
    /// Silence that is the end of what the bot says, ms.
    pub silence_ms: u32,
    /// Longest wait, ms.
    pub timeout_ms: u32,
}

impl Default for Wait {
    fn default() -> Self {
        Wait { silence_ms: BOT_SILENCE_MS, timeout_ms: BOT_TIMEOUT_MS }
    }
}

/// An interruption.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interrupt {
    /// After so much of the bot's speech, ms.
    pub after_ms: u32,
    /// With these words.
    pub say: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Written {
    Say(String),
    Play(PathBuf),
    Keys(KeysWritten),
    Wait(WaitWritten),
    Interrupt(Interrupt),
    Silence(u32),
    HangUp,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum KeysWritten {
    Text(String),
    Number(u64),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum WaitWritten {
    Word(String),
    Long(Wait),
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Step, D::Error> {
        Ok(match Written::deserialize(from)? {
            Written::Say(text) => Step::Say(text),
            Written::Play(path) => Step::Play(path),
            Written::Keys(KeysWritten::Text(keys)) => Step::Keys(keys),
            Written::Keys(KeysWritten::Number(keys)) => Step::Keys(keys.to_string()),
            Written::Wait(WaitWritten::Word(word)) if word == "bot" => Step::Wait(Wait::default()),
            Written::Wait(WaitWritten::Word(word)) => {
                return Err(serde::de::Error::custom(format!("cannot wait for «{word}»; write «wait: bot»")));
            }
            Written::Wait(WaitWritten::Long(wait)) => Step::Wait(wait),
            Written::Interrupt(interrupt) => Step::Interrupt(interrupt),
            Written::Silence(ms) => Step::Silence(ms),
            Written::HangUp => Step::HangUp,
        })
    }
}

/// Why a script cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// It cannot be read.
    #[error("{path}: {source}; check the path")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is not YAML, or holds something that is no step.
    #[error("{path}: {what}; `digame call --help` shows every step")]
    Parse {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A sound file of it cannot be used.
    #[error(transparent)]
    Sound(#[from] asr::Error),
    /// Its words cannot be spoken.
    #[error("the citizen's voice: {0}")]
    Voice(#[from] tts::Error),
}

impl Script {
    /// Reads a script; sound files are sought beside it.
    ///
    /// # Errors
    /// [`ScriptError`] says what is wrong with which file.
    pub fn load(path: &Path) -> Result<Script, ScriptError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ScriptError::Read { path: path.to_owned(), source })?;
        let mut script =
            Script::parse(&text).map_err(|what| ScriptError::Parse { path: path.to_owned(), what })?;
        for step in &mut script.steps {
            if let (Step::Play(sound), Some(folder)) = (step, path.parent()) {
                *sound = folder.join(&sound);
            }
        }
        Ok(script)
    }

    /// Reads a script from text.
    ///
    /// # Errors
    /// One line that says what is wrong.
    pub fn parse(text: &str) -> Result<Script, String> {
        let value = yaml::parse(text)?;
        if value.is_array() {
            return Err("a bare list; write it under `steps:`".to_owned());
        }
        let script: Script = serde_json::from_value(value).map_err(|e| e.to_string())?;
        if !(0.0..=1.0).contains(&script.packet_loss) {
            return Err(format!("packet_loss: {} is no share between 0 and 1", script.packet_loss));
        }
        Ok(script)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_can_be_written() {
        let text = "noise_db: -50\npacket_loss: 0.01\nsteps:\n  - wait: bot\n  - say: Quería una cita, por favor.\n  - wait: { silence_ms: 900 }\n  - keys: 12345678\n  - keys: \"01#\"\n  - interrupt: { after_ms: 800, say: perdone }\n  - play: tos.wav\n  - silence: 2000\n  - hang_up\n";
        let script = Script::parse(text).unwrap();
        assert_eq!(script.noise_db, Some(-50.0));
        assert_eq!(
            script.steps,
            [
                Step::Wait(Wait::default()),
                Step::Say("Quería una cita, por favor.".into()),
                Step::Wait(Wait { silence_ms: 900, ..Wait::default() }),
                Step::Keys("12345678".into()),
                Step::Keys("01#".into()),
                Step::Interrupt(Interrupt { after_ms: 800, say: "perdone".into() }),
                Step::Play("tos.wav".into()),
                Step::Silence(2000),
                Step::HangUp,
            ]
        );
    }

    #[test]
    fn what_is_no_step_is_named() {
        for (text, named) in [
            ("steps:\n  - shout: hola\n", "shout"),
            ("steps:\n  - wait: godot\n", "godot"),
            ("stepz: []\n", "stepz"),
            ("- wait: bot\n", "`steps:`"),
            ("packet_loss: 3\nsteps: []\n", "3"),
            ("steps: [\n", "line"),
            ("", "empty"),
        ] {
            let error = Script::parse(text).unwrap_err();
            assert!(error.contains(named), "{error}");
        }
    }
}
