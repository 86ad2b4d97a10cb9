//! Publishing: everything that could go wrong does so before the one act that switches.
use super::{Act, Tests, VersionError, Versions, Who};
use crate::bots::{self, Loaded, Material};
use crate::lists;
use dialogs::testing::{self, Suite};
use dialogs::{Bot, Language, Problem};
use std::sync::Arc;

/// What is to be published.
pub struct Order<'a> {
    /// The bot's name.
    pub bot: &'a str,
    /// Its files.
    pub material: &'a Material,
    /// Percent of the contacts that get it, 1 to 99; none: all.
    pub share: Option<u8>,
    /// Run its test cases first.
    pub tests: bool,
    /// Who, and why.
    pub who: Who,
}

/// What was published.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Published {
    /// Its hash.
    pub version: String,
    /// What became of its test cases.
    pub tests: Tests,
    /// Prompts made ready.
    pub prompts: usize,
}

/// Checks a bot, runs its test cases, keeps its files, renders its prompts, and then lets it answer.
///
/// # Errors
/// See [`VersionError`]; nothing that answers has changed.
pub fn publish(
    versions: &Versions,
    order: Order<'_>,
    prompts: &tts::Prompts,
) -> Result<Published, VersionError> {
    let (loaded, language) = check(order.bot, order.material)?;
    let tests = match order.tests {
        true => Tests::Passed(run_tests(&loaded, order.material, &language)?),
        false => Tests::Skipped,
    };
    let version = versions.keep(order.bot, order.material)?;
    let fixed = loaded.fixed_prompts();
    prompts.prepare_styled(&fixed, &mut |_| ()).map_err(|e| VersionError::Speech(e.to_string()))?;
    let act = match order.share {
        Some(share) => Act::Canary { version: version.clone(), share: share.clamp(1, 99), tests },
        None => Act::Published { version: version.clone(), tests },
    };
    let mut writer = versions.writer(order.bot)?;
    versions.add(order.bot, &mut writer, order.who.did(act))?;
    Ok(Published { version, tests, prompts: fixed.len() })
}

/// The bot and its language, if nothing is wrong.
///
/// # Errors
/// Every problem, or intents that cannot be learnt.
pub fn check(bot: &str, material: &Material) -> Result<(Loaded, Arc<dyn Language>), VersionError> {
    let loaded = material.load(bot).map_err(VersionError::Broken)?;
    let mended: Vec<_> = loaded.bot.warnings().iter().filter(|p| p.is_error()).cloned().collect();
    if !mended.is_empty() {
        return Err(VersionError::Broken(mended));
    }
    let language = bots::language(&loaded.bot).map_err(|e| VersionError::Speech(e.to_string()))?;
    Ok((loaded, language))
}

fn with_lists(
    material: &Material,
    feigned: &lists::Feigned,
) -> Result<(Arc<Bot>, Arc<dyn Language>), VersionError> {
    let bot = Arc::new(lists::bot_with(&material.texts, feigned).map_err(VersionError::Broken)?);
    let language = bots::language(&bot).map_err(|e| VersionError::Speech(e.to_string()))?;
    Ok((bot, language))
}

/// How many test cases passed.
///
/// # Errors
/// Test files that cannot be read, or cases that fail, a line each.
fn run_tests(
    loaded: &Loaded,
    material: &Material,
    language: &Arc<dyn Language>,
) -> Result<usize, VersionError> {
    let mut suites: Vec<Suite> = Vec::new();
    let mut broken: Vec<Problem> = Vec::new();
    for (file, text) in &material.tests {
        match Suite::parse(file, text) {
            Ok(suite) => suites.push(suite),
            Err(problems) => broken.extend(problems),
        }
    }
    if !broken.is_empty() {
        return Err(VersionError::Broken(broken));
    }
    let (mut passed, mut failed) = (0, Vec::new());
    for suite in &suites {
        // Lists that services give are those that the test file feigns.
        let feigned = lists::feigned(&material.texts, &suite.services);
        let other = match feigned.is_empty() {
            true => None,
            false => Some(with_lists(material, &feigned)?),
        };
        let (bot, language) = other.as_ref().map_or((&loaded.bot, language), |(bot, own)| (bot, own));
        for case in testing::run_tests(bot, suite, language).cases {
            match case.failures.first() {
                None => passed += 1,
                Some(first) => failed.push(format!("{}: {}: {first}", suite.file, case.name)),
            }
        }
    }
    if failed.is_empty() { Ok(passed) } else { Err(VersionError::Tests(failed)) }
}
