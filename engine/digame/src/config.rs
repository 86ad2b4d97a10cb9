//! The one configuration file. Each option is documented, with its default, in `config.toml` beside this
//! file, which is what `digame config --example` prints.
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

/// The documented example; its values are the defaults (a test keeps them so).
pub const EXAMPLE: &str = include_str!("config.toml");

/// Everything that can be configured.
#[derive(Debug, Clone, PartialEq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Signalling.
    pub sip: Sip,
    /// RTP and capacity.
    pub media: Media,
    /// The API.
    pub http: Http,
    /// What is kept, and where.
    pub storage: Storage,
    /// Ears and voice.
    pub speech: Speech,
    /// Which bot answers.
    pub dialogs: Dialogs,
    /// What users may do.
    pub profiles: Profiles,
}

/// `[sip]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sip {
    /// UDP and TCP.
    pub listen: SocketAddr,
    /// Host or host:port told to peers; empty: found by route.
    pub advertise: String,
    /// Seconds; 0 never.
    pub rtp_timeout_s: u32,
}

/// `[media]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Media {
    /// First and last UDP port.
    pub ports: [u16; 2],
    /// Seconds.
    pub quarantine_s: u32,
    /// Calls at once.
    pub max_calls: u32,
    /// Seconds.
    pub max_call_s: u32,
}

/// `[http]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Http {
    /// Address of the API.
    pub listen: SocketAddr,
}

/// `[storage]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Storage {
    /// The data folder.
    pub folder: PathBuf,
    /// Keep recordings.
    pub record: bool,
}

/// `[speech]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Speech {
    /// `embedded`, `whisper:NAME` or `none`.
    pub recogniser: String,
    /// `espeak:VOICE` or `piper:NAME`.
    pub voice: String,
    /// Path of ONNX Runtime, or empty.
    pub onnxruntime: PathBuf,
    /// 0: one a core.
    pub recogniser_threads: usize,
}

/// `[dialogs]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Dialogs {
    /// Folder of bots; empty: those inside.
    pub folder: PathBuf,
    /// Bot for numbers not listed.
    pub default: String,
    /// Bots by number.
    pub numbers: BTreeMap<String, Number>,
}

/// Who answers a number: `"BOT"` or `{ bot = "BOT", lines = N }`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "write \"BOT\", or { bot = \"BOT\", lines = N } with N of 1 or more"
)]
pub enum Number {
    /// As many calls at once as the machine takes.
    Bot(String),
    /// At most so many calls at once.
    Lines {
        /// Its name.
        bot: String,
        /// Calls at once; more are told that it is busy.
        lines: NonZeroU32,
    },
}

impl Number {
    /// The bot that answers.
    pub fn bot(&self) -> &str {
        match self {
            Self::Bot(bot) | Self::Lines { bot, .. } => bot,
        }
    }

    /// Calls at once, where they are limited.
    pub fn lines(&self) -> Option<u32> {
        match self {
            Self::Bot(_) => None,
            Self::Lines { lines, .. } => Some(lines.get()),
        }
    }
}

/// `[profiles]`: by name.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Profiles(pub BTreeMap<String, Profile>);

/// `[profiles.NAME]`: what the users of this profile may do, and whose contacts they see.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Profile {
    /// What they may do.
    pub permissions: Vec<Permission>,
    /// The queues whose contacts they see; empty: all contacts, those without a handoff too.
    pub queues: Vec<String>,
}

/// One thing that a profile permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Reads records.
    Contacts,
    /// Listens to recordings.
    Recordings,
    /// Follows live events, of all queues.
    Events,
    /// Reads metrics.
    Metrics,
    /// Writes, tries and publishes bots.
    Design,
}

impl Permission {
    /// As it is written in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Contacts => "contacts",
            Self::Recordings => "recordings",
            Self::Events => "events",
            Self::Metrics => "metrics",
            Self::Design => "design",
        }
    }
}

impl Default for Profiles {
    fn default() -> Self {
        use Permission::{Contacts, Design, Events, Metrics, Recordings};
        let profile = |permissions: &[Permission], queues: &[&str]| Profile {
            permissions: permissions.to_vec(),
            queues: queues.iter().map(|&q| q.to_owned()).collect(),
        };
        let supervisor = profile(&[Contacts, Recordings, Events, Metrics], &[]);
        let agent = profile(&[Contacts], &["oac_citas"]);
        let designer = profile(&[Design], &[]);
        let profiles = [("agente", agent), ("disenador", designer), ("supervisor", supervisor)];
        Self(profiles.map(|(name, profile)| (name.to_owned(), profile)).into())
    }
}

impl Default for Sip {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([0, 0, 0, 0], 5060)), advertise: String::new(), rtp_timeout_s: 30 }
    }
}

impl Default for Media {
    fn default() -> Self {
        Self { ports: [16000, 17999], quarantine_s: 10, max_calls: 60, max_call_s: 1800 }
    }
}

impl Default for Http {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8080)) }
    }
}

impl Default for Storage {
    fn default() -> Self {
        Self { folder: "data".into(), record: true }
    }
}

impl Default for Speech {
    fn default() -> Self {
        Self {
            recogniser: "embedded".into(),
            voice: "espeak:es".into(),
            onnxruntime: PathBuf::new(),
            recogniser_threads: 0,
        }
    }
}

impl Default for Dialogs {
    fn default() -> Self {
        Self { folder: PathBuf::new(), default: "cita_previa".into(), numbers: BTreeMap::new() }
    }
}

/// What is wrong with a configuration file.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{path}: {source}; start without --config to use the defaults")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is not TOML, or has an unknown option or a wrong value.
    #[error("{path}:{line}: {message}; `digame config --example` shows every option")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Line of the mistake, from 1.
        line: usize,
        /// What the parser says, in one line.
        message: String,
    },
    /// A value that parses and cannot work.
    #[error("{path}: [{option}] {message}")]
    Value {
        /// The file.
        path: PathBuf,
        /// Section and name.
        option: &'static str,
        /// What is wrong and what to write instead.
        message: String,
    },
}

impl Config {
    /// Reads the file, or the defaults where there is none.
    pub fn load(path: Option<&Path>) -> Result<Self, ConfigError> {
        let Some(path) = path else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|error| ConfigError::Parse {
            path: path.to_owned(),
            line: error
                .span()
                .map_or(1, |span| 1 + text.bytes().take(span.start).filter(|b| *b == b'\n').count()),
            message: error.message().replace('\n', " "),
        })?;
        config.validate(path)?;
        Ok(config)
    }

    fn validate(&self, path: &Path) -> Result<(), ConfigError> {
        let wrong =
            |option, message: String| Err(ConfigError::Value { path: path.to_owned(), option, message });
        let [first, last] = self.media.ports;
        let room = (u32::from(last) + 1).saturating_sub(u32::from(first)) / 2;
        if room < self.media.max_calls {
            return wrong(
                "media.ports",
                format!(
                    "holds {room} calls, fewer than max_calls = {}: widen the range",
                    self.media.max_calls
                ),
            );
        }
        if self.media.max_calls == 0 {
            return wrong("media.max_calls", "is 0: no call could ever be answered; write 1 or more".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_the_default() {
        assert_eq!(Config::parse(Path::new("config.toml"), EXAMPLE).unwrap(), Config::default());
    }

    #[test]
    fn a_number_has_a_bot_and_may_have_lines() {
        let text =
            "[dialogs.numbers]\n\"010\" = \"cita_previa\"\n\"012\" = { bot = \"cita_previa\", lines = 2 }\n";
        let numbers = Config::parse(Path::new("d.toml"), text).unwrap().dialogs.numbers;
        let seen: Vec<_> = numbers.iter().map(|(n, to)| (n.as_str(), to.bot(), to.lines())).collect();
        assert_eq!(seen, [("010", "cita_previa", None), ("012", "cita_previa", Some(2))]);
        for wrong in ["{ bot = \"b\", lines = 0 }", "{ bot = \"b\", linse = 2 }", "{ lines = 2 }", "7"] {
            let text = format!("[dialogs.numbers]\n\"010\" = {wrong}\n");
            let error = Config::parse(Path::new("d.toml"), &text).unwrap_err().to_string();
            assert!(error.starts_with("d.toml:2: ") && error.contains("lines = N"), "{error}");
        }
    }

    #[test]
    fn an_unknown_option_is_named_with_its_line() {
        let error =
            Config::parse(Path::new("d.toml"), "[sip]\nlissen = \"0.0.0.0:5060\"\n").unwrap_err().to_string();
        assert!(error.starts_with("d.toml:2: ") && error.contains("lissen"), "{error}");
    }

    #[test]
    fn a_range_too_small_for_the_calls_is_refused() {
        let text = "[media]\nports = [16000, 16009]\nmax_calls = 6\n";
        let error = Config::parse(Path::new("d.toml"), text).unwrap_err().to_string();
        assert!(error.contains("holds 5 calls"), "{error}");
    }
}
