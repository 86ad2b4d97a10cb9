//! What a language's file of danger holds, and the same ready to be looked for.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::pattern::{Class, Classes, Pattern};
use super::{Holder, Level};

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Homophones of Spain are one word.
    #[serde(default)]
    by_sound: bool,
    /// The commonest ways to tell of danger, which the ear is to expect at any moment.
    #[serde(default)]
    heard: Vec<String>,
    /// Names of words, each a list.
    words: BTreeMap<String, String>,
    scopes: BTreeMap<String, Vec<String>>,
    sign: Vec<SignWritten>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignWritten {
    name: String,
    level: Level,
    of: Holder,
    #[serde(default)]
    vital: bool,
    #[serde(default)]
    request: bool,
    #[serde(default)]
    passing: bool,
    #[serde(default)]
    bare: bool,
    say: Vec<String>,
}

/// What tells of danger.
#[derive(Debug)]
pub(super) struct Sign {
    pub name: String,
    pub level: Level,
    pub of: Holder,
    /// Minutes decide: asked about («¿qué hago si no respira?»), it is worth a question.
    pub vital: bool,
    /// It asks for help («manden una ambulancia»): a question mark takes nothing away.
    pub request: bool,
    /// What comes back every day is none.
    pub passing: bool,
    /// A noun alone, which may be a name too.
    pub bare: bool,
    pub say: Vec<Pattern>,
}

/// A language's file, ready.
#[derive(Debug)]
pub(super) struct Data {
    pub key: fn(&str) -> String,
    /// What the ear is to expect.
    pub heard: Vec<String>,
    pub classes: Classes,
    scopes: BTreeMap<String, Vec<Pattern>>,
    pub signs: Vec<Sign>,
    nothing: Class,
}

fn folded(word: &str) -> String {
    crate::es::fold(word).replace('ñ', "n")
}

fn by_sound(word: &str) -> String {
    crate::es::phonetic::key(&folded(word))
}

impl Data {
    /// # Errors
    /// What can't be read, in words.
    pub fn read(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|e| e.to_string())?;
        let key = if file.by_sound { by_sound } else { folded };
        let classes: Classes = file
            .words
            .iter()
            .map(|(name, all)| (name.clone(), Class::new(all.split_whitespace(), key)))
            .collect();
        let patterns = |all: &[String]| {
            let read = |p: &String| Pattern::read(p, &classes, key).ok_or(format!("unknown class in «{p}»"));
            all.iter().map(read).collect::<Result<Vec<_>, _>>()
        };
        let scopes = file.scopes.iter().map(|(name, all)| Ok((name.clone(), patterns(all)?)));
        let scopes = scopes.collect::<Result<_, String>>()?;
        let sign = |s: &SignWritten| {
            Ok(Sign {
                name: s.name.clone(),
                level: s.level,
                of: s.of,
                vital: s.vital,
                request: s.request,
                passing: s.passing,
                bare: s.bare,
                say: patterns(&s.say)?,
            })
        };
        let signs = file.sign.iter().map(sign).collect::<Result<_, String>>()?;
        Ok(Self { key, heard: file.heard, scopes, signs, classes, nothing: Class::default() })
    }

    /// A class of words; empty if the language has none of this name.
    pub fn class(&self, name: &str) -> &Class {
        self.classes.get(name).unwrap_or(&self.nothing)
    }

    /// The patterns of a scope.
    pub fn scope(&self, name: &str) -> &[Pattern] {
        self.scopes.get(name).map_or(&[], Vec::as_slice)
    }
}
