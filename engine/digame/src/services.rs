//! Who answers for a bot's services where it is tried by text: they themselves, or what its test files feign.
use crate::bots::Material;
use chrono::NaiveDateTime;
use dialogs::testing::{Feigned, Mock, Suite};
use dialogs::{CallError, Json, ServiceCall};
use std::collections::BTreeMap;

/// Who answers.
pub enum Services {
    /// They do, where `servicios.yaml` says.
    Real(reqwest::Client),
    /// Nobody is asked.
    Feigned(Feigned),
}

impl Services {
    /// The answer to a call, or why there is none.
    ///
    /// # Errors
    /// No answer, a refusal; feigned ones, or that nothing is feigned for it.
    pub async fn answer(&mut self, call: ServiceCall) -> Result<Json, CallError> {
        match self {
            Self::Real(client) => call::service::ask(client.clone(), call).await.result,
            Self::Feigned(answers) => answers
                .answer(&call.service)
                .unwrap_or_else(|| Err(CallError::Failed("no test answer is written for it".into()))),
        }
    }

    /// What the opening of a case answers: this code, unless a failure is feigned.
    ///
    /// # Errors
    /// The feigned one.
    pub fn open_case(&mut self, code: &str) -> Result<Json, CallError> {
        let feigned = match self {
            Self::Real(_) => None,
            Self::Feigned(answers) => answers.answer("case.open"),
        };
        feigned.unwrap_or_else(|| Ok(serde_json::json!({ "codigo": code }).into()))
    }
}

/// What a bot's test files let services answer, and when they take place: the file of the dialog that has the bot's
/// name goes before the others, whose failures are their own. What can't be read is left out.
pub fn of_tests(bot: &str, material: &Material) -> (BTreeMap<String, Vec<Mock>>, Option<NaiveDateTime>) {
    let own = format!("{bot}.test.yaml");
    let (first, others): (Vec<_>, Vec<_>) = material.tests.iter().partition(|(file, _)| *file == own);
    let (mut services, mut now) = (BTreeMap::new(), None);
    for suite in first.into_iter().chain(others).filter_map(|(file, text)| Suite::parse(file, text).ok()) {
        let wanted = |answers: &[Mock]| now.is_none() || matches!(answers.first(), Some(Mock::Returns(_)));
        for (service, answers) in suite.services.into_iter().filter(|(_, answers)| wanted(answers)) {
            services.entry(service).or_insert(answers);
        }
        now = now.or(Some(suite.now));
    }
    (services, now)
}
