//! Ears and voice, as the configuration names them.
use crate::Failure;
use crate::config::Config;
use asr::Recogniser;
use catalogue::Catalogue;
use std::path::PathBuf;
use std::sync::Arc;
use tts::Synthesiser;

/// The recogniser that `[speech] recogniser` names.
pub fn recogniser(config: &Config) -> Result<Arc<dyn Recogniser>, Failure> {
    let named = config.speech.recogniser.as_str();
    match named.split_once(':') {
        None if named == "none" => Ok(Arc::new(asr::Deaf)),
        None if named == "embedded" => Ok(Arc::new(asr::embedded::Embedded::new().map_err(Failure::usage)?)),
        None if named == ADAPTED => {
            let file = model_file(config, ADAPTED)?;
            Ok(Arc::new(asr::Embedded::from_file(&file).map_err(Failure::usage)?))
        }
        Some(("whisper", name)) => whisper(&model_file(config, name)?),
        _ => Err(Failure::Usage(format!(
            "[speech] recogniser = \"{named}\": write \"embedded\", \"adapted\", \"whisper:NAME\", or \"none\" for the keypad alone"
        ))),
    }
}

/// The languages that a bot may speak besides Spanish.
const FURTHER: [&str; 4] = ["ca", "en", "eu", "gl"];

/// The recogniser that `[speech] recogniser` names, and for each of these further languages whisper, if a model of it
/// is installed. Where none is, one line in the log says that the keypad answers.
pub fn recognisers<'a>(
    config: &Config,
    languages: impl Iterator<Item = &'a str>,
) -> Result<call::Recognisers, Failure> {
    let mut all = call::Recognisers::new(recogniser(config)?);
    let mut further: Vec<&str> = languages.filter(|code| FURTHER.contains(code)).collect();
    further.sort_unstable();
    further.dedup();
    if further.is_empty() || config.speech.recogniser == "none" {
        return Ok(all);
    }
    let Some(ear) = further_ear(config)? else {
        tracing::warn!(
            languages = further.join(", "),
            "no recogniser hears these languages of the bots: contacts in them answer by keypad; \
             `digame models pull whisper-base` and a restart let them speak"
        );
        return Ok(all);
    };
    for code in further {
        all = all.with(code, ear(code));
    }
    Ok(all)
}

/// Makes the recogniser of a language.
type EarOf = Box<dyn Fn(&str) -> Arc<dyn Recogniser>>;

/// Whisper as it is configured for Spanish, or else the first model of it that is installed.
#[cfg(feature = "whisper")]
fn further_ear(config: &Config) -> Result<Option<EarOf>, Failure> {
    let file = match config.speech.recogniser.split_once(':') {
        Some(("whisper", name)) => Some(model_file(config, name)?),
        _ => installed_whisper(config)?,
    };
    let Some(file) = file else { return Ok(None) };
    let whisper = asr::whisper::Whisper::open(&file, Default::default()).map_err(Failure::usage)?;
    Ok(Some(Box::new(move |code| Arc::new(whisper.in_language(code)))))
}

#[cfg(not(feature = "whisper"))]
fn further_ear(_: &Config) -> Result<Option<EarOf>, Failure> {
    Ok(None)
}

#[cfg(feature = "whisper")]
fn installed_whisper(config: &Config) -> Result<Option<PathBuf>, Failure> {
    let (catalogue, folder) = (Catalogue::embedded().map_err(Failure::failed)?, models_folder(config));
    let named = catalogue.models().iter().map(|model| model.name.as_str());
    let mut whispers = named.filter(|name| name.starts_with("whisper"));
    Ok(whispers.find_map(|name| catalogue.path(name, &folder).ok()))
}

/// The catalogue's name of the ear that `digame models adapt` makes.
pub const ADAPTED: &str = "adapted";

#[cfg(feature = "whisper")]
fn whisper(file: &std::path::Path) -> Result<Arc<dyn Recogniser>, Failure> {
    Ok(Arc::new(asr::whisper::Whisper::open(file, Default::default()).map_err(Failure::usage)?))
}

#[cfg(not(feature = "whisper"))]
fn whisper(_: &std::path::Path) -> Result<Arc<dyn Recogniser>, Failure> {
    Err(Failure::Usage("this program was built without whisper: build it with --features whisper".into()))
}

/// Makes the voice-activity network that ships inside, one a contact over the same weights; none where
/// nobody listens.
pub fn voice_activity(config: &Config) -> Result<call::VadFactory, Failure> {
    if config.speech.recogniser == "none" {
        return Ok(Arc::new(|| Box::new(asr::Deaf)));
    }
    let network = asr::embedded::voice_activity().map_err(Failure::usage)?;
    Ok(Arc::new(move || Box::new(network.another())))
}

/// The voice that `[speech] voice` names. eSpeak NG speaks every further language, a Piper voice its own only: there
/// eSpeak NG speaks the others.
pub fn voice(config: &Config) -> Result<Arc<dyn Synthesiser>, Failure> {
    let named = config.speech.voice.as_str();
    match named.split_once(':') {
        Some(("espeak", voice)) => espeak(voice),
        Some(("piper", name)) => {
            let (mut voices, others) = (tts::Voices::new(piper(config, name)?), espeak("es")?);
            for language in FURTHER.map(tts::voice_of).into_iter().filter(|language| *language != "es") {
                voices = voices.with(language, others.clone());
            }
            Ok(Arc::new(voices))
        }
        _ => Err(Failure::Usage(format!(
            "[speech] voice = \"{named}\": write \"espeak:es\" or \"piper:NAME\""
        ))),
    }
}

fn espeak(voice: &str) -> Result<Arc<dyn Synthesiser>, Failure> {
    let options = tts::espeak::Options { voice: voice.to_owned(), ..Default::default() };
    Ok(Arc::new(tts::espeak::Espeak::open(options).map_err(Failure::usage)?))
}

#[cfg(feature = "piper")]
fn piper(config: &Config, name: &str) -> Result<Arc<dyn Synthesiser>, Failure> {
    let runtime = &config.speech.onnxruntime;
    if runtime.as_os_str().is_empty() {
        let why =
            "[speech] onnxruntime is empty: Piper voices need the path of libonnxruntime.so, 1.24 or later";
        return Err(Failure::Usage(why.into()));
    }
    let options = tts::piper::Options::new(model_file(config, name)?, runtime);
    Ok(Arc::new(tts::piper::Piper::open(&options).map_err(Failure::usage)?))
}

#[cfg(not(feature = "piper"))]
fn piper(_: &Config, _: &str) -> Result<Arc<dyn Synthesiser>, Failure> {
    Err(Failure::Usage("this program was built without Piper: build it with --features piper".into()))
}

/// Where models lie: `DATA/models/NAME/`.
pub fn models_folder(config: &Config) -> PathBuf {
    config.storage.folder.join("models")
}

/// The file of a pulled model; the name itself if it is the path of a file.
fn model_file(config: &Config, name: &str) -> Result<PathBuf, Failure> {
    let path = PathBuf::from(name);
    if path.is_file() {
        return Ok(path);
    }
    let catalogue = Catalogue::embedded().map_err(Failure::failed)?;
    catalogue.path(name, &models_folder(config)).map_err(Failure::usage)
}
