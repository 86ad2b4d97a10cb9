//! The catalogue's shape, and the checks that its text must pass.

use std::collections::HashSet;

use serde::Deserialize;

use crate::{Error, Packages};

/// Every model that Digame knows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    #[serde(rename = "model")]
    models: Vec<Model>,
}

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Speech to text.
    Recogniser,
    /// Text to speech.
    Voice,
    /// Sentences to vectors.
    Sentences,
}

/// What runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// The recogniser inside Digame.
    Embedded,
    /// whisper.cpp.
    Whisper,
    /// eSpeak NG's shared library.
    EspeakNg,
    /// Piper through ONNX Runtime.
    Piper,
    /// Programs outside Digame, such as those of `models/train`.
    Outside,
}

/// A model.
#[derive(Debug, Clone, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its name here: lower case, digits, hyphens.
    pub name: String,
    /// What it is for.
    pub kind: Kind,
    /// What runs it.
    pub engine: Engine,
    /// BCP 47 tag, or `multilingual`.
    pub language: String,
    /// SPDX identifier.
    pub licence: String,
    /// One sentence for whoever chooses.
    pub purpose: String,
    /// It needs no download.
    #[serde(default)]
    pub built_in: bool,
    /// It is made on this machine, not fetched: its files have no address, size or published sum.
    #[serde(default)]
    pub made_here: bool,
    /// Its files; the first is the one to give to the engine.
    #[serde(default, rename = "file")]
    pub files: Vec<FileEntry>,
}

/// A file of a model.
#[derive(Debug, Clone, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Its name on disk.
    pub name: String,
    /// Where it is fetched from; empty for what is made here or is in packages alone.
    #[serde(default)]
    pub url: String,
    /// The packages it is made of, if its address does not answer.
    pub packages: Option<Packages>,
    /// Bytes; 0 when not known.
    #[serde(default)]
    pub size: u64,
    /// SHA-256 in lower-case hexadecimal; empty when no publisher's sum is known.
    #[serde(default)]
    pub sha256: String,
}

impl FileEntry {
    /// Bytes, if known.
    pub fn known_size(&self) -> Option<u64> {
        (self.size > 0).then_some(self.size)
    }

    /// The publisher's sum, if known.
    pub fn pinned(&self) -> Option<&str> {
        (!self.sha256.is_empty()).then_some(self.sha256.as_str())
    }

    /// The sum of the file that is made of packages.
    pub fn packed(&self) -> Option<&str> {
        let packages = self.packages.as_ref()?;
        if packages.sha256.is_empty() { self.pinned() } else { Some(packages.sha256.as_str()) }
    }

    /// Whether a file with this sum is the right one.
    pub(crate) fn is(&self, sum: &str) -> bool {
        self.pinned() == Some(sum) || self.packed() == Some(sum)
    }
}

impl Model {
    /// Bytes of all files; `None` when one is not known.
    pub fn size(&self) -> Option<u64> {
        self.files.iter().map(FileEntry::known_size).sum()
    }
}

impl Catalogue {
    /// The catalogue built into the program.
    ///
    /// # Errors
    /// [`Error::Catalogue`]; tests keep this from happening.
    pub fn embedded() -> Result<Self, Error> {
        Self::parse(include_str!("../catalogue.toml"))
    }

    /// Reads a catalogue.
    ///
    /// # Errors
    /// [`Error::Catalogue`] for text that is not TOML of this shape, unsafe names, addresses that
    /// are neither https nor of this machine, or malformed sums.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let catalogue: Self = toml::from_str(text).map_err(|error| Error::Catalogue {
            reason: error.to_string().split_whitespace().collect::<Vec<_>>().join(" "),
        })?;
        let mut names = HashSet::new();
        for model in &catalogue.models {
            check(model)
                .map_err(|reason| Error::Catalogue { reason: format!("model `{}`: {reason}", model.name) })?;
            if !names.insert(model.name.as_str()) {
                return Err(Error::Catalogue { reason: format!("model `{}` is listed twice", model.name) });
            }
        }
        Ok(catalogue)
    }

    /// All models, in the catalogue's order.
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// The model of a name.
    ///
    /// # Errors
    /// [`Error::Unknown`], with the most similar name.
    pub fn model(&self, name: &str) -> Result<&Model, Error> {
        if let Some(model) = self.models.iter().find(|model| model.name == name) {
            return Ok(model);
        }
        let nearest = self
            .models
            .iter()
            .map(|model| (distance(name, &model.name), &model.name))
            .min()
            .filter(|(distance, _)| *distance <= name.chars().count().max(6) / 2);
        Err(Error::Unknown { name: name.to_owned(), nearest: nearest.map(|(_, name)| name.clone()) })
    }
}

fn check(model: &Model) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if model.name.is_empty() || !model.name.chars().all(plain) {
        return Err("its name may hold lower-case letters, digits and hyphens".into());
    }
    if model.built_in != model.files.is_empty() {
        return Err("it is either built in or has files".into());
    }
    for file in &model.files {
        let safe = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if file.name.is_empty() || file.name.starts_with('.') || !file.name.chars().all(safe) {
            return Err(format!("file `{}` has an unsafe name", file.name));
        }
        check_sources(model, file).map_err(|reason| format!("file `{}` {reason}", file.name))?;
    }
    Ok(())
}

fn check_sources(model: &Model, file: &FileEntry) -> Result<(), String> {
    if model.made_here != (file.url.is_empty() && file.packages.is_none()) {
        return Err("has an address or packages, or it is made here".into());
    }
    let local = file.url.starts_with("http://127.0.0.1:");
    if !file.url.is_empty() && !file.url.starts_with("https://") && !local {
        return Err("is not fetched by https".into());
    }
    let hexadecimal = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let good = |sum: &str| sum.len() == 64 && sum.chars().all(hexadecimal);
    let mut sums = vec![file.sha256.as_str()];
    if let Some(packages) = &file.packages {
        sums.push(&packages.sha256);
        sums.extend(packages.from.iter().flat_map(|from| [from.sha256.as_str(), &from.vocabulary_sha256]));
        if packages.parts.is_empty() {
            return Err("has packages without parts".into());
        }
        // What anybody may publish is taken only by its sum.
        let from =
            packages.from.as_ref().is_none_or(|from| good(&from.sha256) && good(&from.vocabulary_sha256));
        if file.packed().is_none() || !from {
            return Err("is in packages and needs a sha256".into());
        }
    }
    if !sums.into_iter().all(|sum| sum.is_empty() || good(sum)) {
        return Err("needs a sha256 of 64 hexadecimal digits".into());
    }
    Ok(())
}

/// Edits between two words (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(&b) {
            let cost = diagonal + usize::from(x != *y);
            diagonal = *cell;
            left = cost.min(diagonal + 1).min(left + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_catalogue_is_sound() {
        let catalogue = Catalogue::embedded().unwrap();
        let names: Vec<&str> = catalogue.models().iter().map(|m| m.name.as_str()).collect();
        for name in
            ["embedded", "adapted", "espeak-ng", "whisper-tiny", "whisper-large-v3-turbo", "piper-es-davefx"]
        {
            assert!(names.contains(&name), "{name}");
        }
        for model in catalogue.models() {
            for file in model.files.iter().filter(|_| !model.made_here) {
                assert!(file.url.ends_with(&file.name) || file.url.is_empty(), "{}", file.url);
                assert!(!file.url.contains("/resolve/main/"), "{} moves", file.url);
            }
            if model.engine == Engine::Piper {
                assert!(model.files[1].name == format!("{}.json", model.files[0].name));
            }
            if model.engine == Engine::Whisper {
                assert!(model.size().is_some() && model.files[0].pinned().is_some());
            }
        }
    }

    #[test]
    fn a_name_nearly_right_is_answered_with_the_right_one() {
        let catalogue = Catalogue::embedded().unwrap();
        let line = |name: &str| catalogue.model(name).unwrap_err().to_string();
        assert!(line("whisper-smal").contains("did you mean `whisper-small`?"));
        assert!(line("piper-davefx").contains("did you mean `piper-es-davefx`?"));
        assert_eq!(
            line("qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"),
            "no model `qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq`: `digame models list` shows what there is"
        );
        assert_eq!(distance("gato", "pato"), 1);
        assert_eq!(distance("", "pato"), 4);
        assert_eq!(distance("casa", "calle"), 3);
    }

    #[test]
    fn a_catalogue_that_could_do_harm_is_refused() {
        let entry = |name: &str, file: &str, url: &str, sum: &str| {
            format!(
                "[[model]]\nname='{name}'\nkind='voice'\nengine='piper'\nlanguage='es'\nlicence='MIT'\npurpose='x'\n[[model.file]]\nname='{file}'\nurl='{url}'\nsize=1\nsha256='{sum}'\n"
            )
        };
        assert!(Catalogue::parse(&entry("a", "f", "https://example.org/f", "")).is_ok());
        for (text, told) in [
            (entry("../a", "f", "https://example.org/f", ""), "its name may hold"),
            (entry("a", "../f", "https://example.org/f", ""), "unsafe name"),
            (entry("a", ".f", "https://example.org/f", ""), "unsafe name"),
            (entry("a", "f", "http://example.org/f", ""), "not fetched by https"),
            (entry("a", "f", "https://example.org/f", "ABC"), "64 hexadecimal"),
            (entry("a", "f", "", ""), "made here"),
            (entry("a", "f", "https://example.org/f", "").repeat(2), "listed twice"),
            ("[[model]]\nname='a'".into(), "missing field"),
            ("model = 3 3".into(), "TOML"),
        ] {
            let line = Catalogue::parse(&text).unwrap_err().to_string();
            assert!(line.contains(told) && !line.contains('\n'), "{line}");
        }
    }
}
