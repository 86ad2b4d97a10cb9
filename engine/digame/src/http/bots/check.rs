//! The checker and the graph, over what is not saved yet.
use super::{Body, Material, Problem, Unsaved, aside, overlay};
use crate::http::App;
use axum::Json;
use axum::extract::{Path, Query, State};
use dialogs::testing::Suite;
use serde::Deserialize;
use serde_json::{Value, json};

/// A bot with changes that are not saved.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    #[serde(default)]
    files: Unsaved,
}

/// Everything that the checker says of a bot and of its test files, warnings too.
pub fn problems(material: &Material) -> Vec<dialogs::Problem> {
    let mut problems = match crate::lists::bot(&material.texts) {
        Ok(bot) => bot.warnings().to_vec(),
        Err(problems) => problems,
    };
    for (file, text) in &material.tests {
        problems.extend(Suite::parse(file, text).err().unwrap_or_default());
    }
    problems
}

pub async fn check(
    State(app): State<App>,
    Path(bot): Path<String>,
    Body(changed): Body<Changed>,
) -> Result<Json<Value>, Problem> {
    aside(move || {
        let material = overlay(app.design.material(&bot)?, changed.files)?;
        Ok(Json(json!({ "problems": problems(&material) })))
    })
    .await
}

pub async fn graph(
    State(app): State<App>,
    Path(bot): Path<String>,
    Body(changed): Body<Changed>,
) -> Result<Json<Value>, Problem> {
    aside(move || draw(&overlay(app.design.material(&bot)?, changed.files)?)).await
}

/// Query of a saved graph.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Which {
    version: Option<String>,
}

pub async fn saved_graph(
    State(app): State<App>,
    Path(bot): Path<String>,
    Query(which): Query<Which>,
) -> Result<Json<Value>, Problem> {
    aside(move || draw(&super::history::material(&app.design, &bot, which.version.as_deref())?)).await
}

fn draw(material: &Material) -> Result<Json<Value>, Problem> {
    let bot = crate::lists::bot(&material.texts).map_err(|problems| refused(&problems))?;
    Ok(Json(json!({ "svg": dialogs::graph::svg(&bot), "mermaid": dialogs::graph::mermaid(&bot) })))
}

/// 422 with the checker's problems.
pub fn refused(problems: &[dialogs::Problem]) -> Problem {
    let errors = problems.iter().filter(|p| p.is_error()).count();
    Problem::unprocessable(format!("the bot has {errors} mistake(s)")).with("problems", problems)
}

/// The JSON Schema of the bot language.
pub async fn schema() -> Json<Value> {
    Json(dialogs::schema::json_schema())
}
