//! The language as JSON Schema (draft 2020-12), for completion and marks in editors.
//!
//! The schema knows forms, not names: whether a slot exists only the checker can tell.

mod keys;
mod steps;
#[cfg(test)]
pub(crate) mod tests;

use serde_json::{Map as Object, Value as Json, json};

use self::{
    keys::{Key, THINGS, TYPES, Thing},
    steps::{BESIDE, STEPS},
};

/// What a key takes.
pub(crate) enum Form {
    /// A text; numbers may stand without quotes.
    Text,
    /// A text, a number, true or false.
    Scalar,
    /// Letters, digits and `_`.
    Name,
    /// true or false.
    Flag,
    /// A number and its unit.
    Duration,
    Whole(u32, u32),
    Number(f64, f64),
    Choice(&'static [&'static str]),
    /// What is said: a text, variants, or a recording with its text.
    Said,
    /// The language's phrases, by name.
    Phrases,
    /// A slot's type.
    Type,
    /// The shape of what a service returns.
    Returned,
    /// Opening hours.
    Hours,
    /// A message's text, or an e-mail's subject and text.
    Message,
    /// One step.
    Step,
    /// One step or a list of them.
    Block,
    /// A block beside which this key of [`BESIDE`] stands.
    BlockBeside(&'static str),
    /// What an intent of `always` does.
    Always,
    /// Entries of a catalogue.
    Catalogue,
    /// The [`Thing`] of this name.
    Map(&'static str),
    MapOf(&'static Form),
    ListOf(&'static Form),
    OneOrMany(&'static Form),
    Either(&'static Form, &'static Form),
    Anything,
}

/// Kinds of files, as `$defs` names them, with the key that tells each.
pub const FILES: [&str; 10] = [
    "dialog",
    "part",
    "centre",
    "services",
    "intent",
    "catalogue",
    "calendar",
    "knowledge",
    "language",
    "tests",
];

/// The schema of every file of a bot: it tells which kind a file is by its first keys. Under `$defs`, the
/// schema of each kind ([`FILES`]).
pub fn json_schema() -> Json {
    let mut defs = Object::new();
    for thing in THINGS {
        defs.insert(slug(thing.name), map(thing, &[]));
    }
    defs.insert("step".into(), step(&[]));
    for beside in &BESIDE {
        defs.insert(format!("step_{}", beside.name), step(std::slice::from_ref(beside)));
    }
    files(&mut defs);
    defs.insert("said".into(), said());
    defs.insert("shape".into(), shape());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A file of a Digame bot",
        "if": has("dialog"),
        "then": { "if": has("cases"), "then": to("tests"), "else": to("dialog") },
        "else": { "if": has("part"), "then": to("part"), "else": { "if": has("centre"), "then": to("centre"),
            "else": { "if": has("language"), "then": to("language"), "else": { "anyOf": [
                to("intent"), to("services"), to("calendar"), to("knowledge"), to("catalogue"),
            ] } } } },
        "$defs": defs,
    })
}

/// The schema of one kind of file, one of [`FILES`].
pub fn json_schema_of(file: &str) -> Option<Json> {
    let name = FILES.into_iter().find(|name| *name == file)?;
    let all = json_schema();
    Some(json!({
        "$schema": all.get("$schema"),
        "title": format!("A Digame bot's file: {name}"),
        "$ref": format!("#/$defs/{name}"),
        "$defs": all.get("$defs"),
    }))
}

/// The files, by the names of [`FILES`].
fn files(defs: &mut Object<String, Json>) {
    for (name, of) in [
        ("dialog", "a dialog"),
        ("part", "a part"),
        ("centre", "the centre"),
        ("language", "a language"),
        ("tests", "a test file"),
    ] {
        defs.insert(name.into(), to(&slug(of)));
    }
    let named = |about: &str, of: Json| json!({ "type": "object", "description": about, "minProperties": 1, "additionalProperties": of });
    defs.insert("services".into(), named("servicios.yaml: services by name.", to("a_service")));
    let knowledge = named("saber/<name>.yaml: what the bot knows.", to("an_entry_of_knowledge"));
    defs.insert("knowledge".into(), knowledge);
    let examples = with(
        schema(&Form::ListOf(&Form::Text)),
        [("minItems", json!(3)), ("description", json!("nlu/<intent>.yaml: ways to say it."))],
    );
    defs.insert("intent".into(), examples);
    let own = json!({
        "nombre": { "type": "string", "description": "The name that is read aloud." },
        "sinonimos": { "type": "array", "items": schema(&Form::Text), "description": "Other ways to say it." },
    });
    let entry =
        with(schema(&Form::MapOf(&Form::Text)), [("required", json!(["nombre"])), ("properties", own)]);
    let fetched = json!({
        "type": "object",
        "required": ["from"],
        "additionalProperties": false,
        "properties": { "from": { "type": "string", "description": "A GET without arguments: service.operation." } },
    });
    let entries = named("catalogos/<name>.yaml: entries by key.", entry);
    defs.insert("catalogue".into(), json!({ "anyOf": [fetched, entries] }));
    defs.insert(
        "calendar".into(),
        json!({
            "type": "object",
            "description": "calendarios/<name>.yaml: opening hours by name, and holidays.",
            "properties": {
                "time_zone": { "type": "string", "description": "Europe/Madrid, Atlantic/Canary." },
                "regions": {
                    "type": "array",
                    "items": { "type": "string" },
                    "description": "Whose holidays hold: ES, and a region's: ES-MD.",
                },
                "holidays": {
                    "type": "object",
                    "additionalProperties": { "type": "string" },
                    "description": "Days of the town: `2026-05-15: San Isidro`.",
                },
            },
            "additionalProperties": to("a_schedule"),
        }),
    );
}

fn has(key: &str) -> Json {
    json!({ "type": "object", "required": [key] })
}

fn to(name: &str) -> Json {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// A thing's name in `$defs`.
fn slug(name: &str) -> String {
    name.replace(['`', '\'', ':'], "").replace(['-', ' '], "_")
}

/// A schema with more members.
fn with<const N: usize>(mut schema: Json, members: [(&str, Json); N]) -> Json {
    if let Some(object) = schema.as_object_mut() {
        object.extend(members.map(|(name, value)| (name.to_owned(), value)));
    }
    schema
}

/// A map with the thing's keys, and those that stand beside them.
fn map(thing: &Thing, beside: &[Key]) -> Json {
    let mut properties = Object::new();
    for key in thing.keys.iter().chain(beside) {
        let form = with(schema(&key.form), [("description", json!(key.about))]);
        properties.insert(key.name.into(), form);
    }
    json!({
        "type": "object",
        "properties": properties,
        "required": thing.required,
        "additionalProperties": false,
    })
}

fn step(beside: &[Key]) -> Json {
    json!({ "anyOf": STEPS.iter().map(|s| map(s, beside)).collect::<Vec<_>>() })
}

fn one_or_many(one: Json) -> Json {
    json!({ "anyOf": [one.clone(), { "type": "array", "items": one }] })
}

fn schema(form: &Form) -> Json {
    match form {
        Form::Text | Form::Scalar => json!({ "type": ["string", "number", "boolean"] }),
        Form::Name => json!({ "type": "string", "pattern": r"^[\p{L}_][\p{L}\p{N}_]*$" }),
        Form::Flag => json!({ "type": "boolean" }),
        Form::Duration => json!({ "type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?(ms|s|min|h)$" }),
        Form::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Form::Number(least, most) => json!({ "type": "number", "minimum": least, "maximum": most }),
        Form::Choice(names) => json!({ "type": "string", "enum": names }),
        Form::Said => to("said"),
        Form::Phrases => {
            let names = crate::load::phrase_names();
            let all: Object<String, Json> = names.into_iter().map(|n| (n, schema(&Form::Text))).collect();
            json!({ "type": "object", "properties": all, "additionalProperties": false })
        }
        Form::Type => slot_type(),
        Form::Returned => to("shape"),
        Form::Hours => {
            json!({ "type": "string", "pattern": "^ *[0-9]{1,2}:[0-9]{2} *- *[0-9]{1,2}:[0-9]{2} *$" })
        }
        Form::Message => json!({ "anyOf": [{ "type": "string" }, to("an_e_mails_template")] }),
        Form::Step => to("step"),
        Form::Block => one_or_many(to("step")),
        // The key stands in one step; a list has none beside it.
        Form::BlockBeside(key) => to(&format!("step_{key}")),
        Form::Always => json!({
            "type": "object",
            "additionalProperties": {
                "anyOf": [to("repeat"), to("speak"), to("go"), to("step_then"), { "type": "array", "items": to("step") }],
            },
        }),
        Form::Catalogue => json!({
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["nombre"],
                "additionalProperties": { "type": ["string", "number", "array"] },
            },
        }),
        Form::Map(name) => to(&slug(name)),
        Form::MapOf(of) => json!({ "type": "object", "additionalProperties": schema(of) }),
        Form::ListOf(of) => json!({ "type": "array", "items": schema(of) }),
        Form::OneOrMany(of) => one_or_many(schema(of)),
        Form::Either(one, other) => json!({ "anyOf": [schema(one), schema(other)] }),
        Form::Anything => json!({}),
    }
}

fn slot_type() -> Json {
    let all = TYPES.iter().map(|(written, about)| match written.strip_suffix("(…)") {
        Some(word) => json!({
            "type": "string",
            "pattern": format!(r"^{word} *\(.+\)$"),
            "description": about,
        }),
        None => json!({ "const": written, "description": about }),
    });
    json!({ "anyOf": all.collect::<Vec<_>>() })
}

fn said() -> Json {
    json!({
        "description": "What is said: {name}, {name.part}, {name | spoken}, <break time=\"300ms\"/>, <slow>, <spell>.",
        "anyOf": [schema(&Form::Text), to("a_text_with_variants"), to("a_recorded_text")],
    })
}

fn shape() -> Json {
    json!({
        "anyOf": [
            { "type": "string", "enum": crate::load::SHAPES },
            { "type": "array", "items": to("shape"), "minItems": 1, "maxItems": 1 },
            { "type": "object", "additionalProperties": to("shape") },
        ],
    })
}
