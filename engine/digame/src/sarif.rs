//! Problems as SARIF 2.1.0 (OASIS standard of 2020), which editors and code review show in their place.
use dialogs::Problem;
use serde_json::{Value, json};
use std::path::Path;

/// One run of the checker.
pub fn report(problems: &[Problem]) -> Value {
    let mut rules: Vec<(String, &str)> = Vec::new();
    for problem in problems {
        let id = rule(&problem.what);
        if !rules.iter().any(|(known, _)| *known == id) {
            rules.push((id, &problem.what));
        }
    }
    rules.sort();
    let described: Vec<Value> =
        rules.iter().map(|(id, what)| json!({ "id": id, "shortDescription": { "text": what } })).collect();
    let results: Vec<Value> = problems.iter().map(|p| result(p, &rules)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "digame", "version": env!("CARGO_PKG_VERSION"), "rules": described } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(problem: &Problem, rules: &[(String, &str)]) -> Value {
    let id = rule(&problem.what);
    let index = rules.iter().position(|(known, _)| *known == id);
    let mut place = json!({ "artifactLocation": { "uri": uri(&problem.file) } });
    if problem.line > 0 {
        let mut region = json!({ "startLine": problem.line });
        if problem.column > 0 {
            region["startColumn"] = json!(problem.column);
            let found = problem.found.chars().count();
            if found > 0 && !problem.found.contains('\n') {
                region["endColumn"] = json!(problem.column + found);
            }
        }
        place["region"] = region;
    }
    json!({
        "ruleId": id,
        "ruleIndex": index,
        "level": if problem.is_error() { "error" } else { "warning" },
        "message": { "text": message(problem) },
        "locations": [{ "physicalLocation": place }],
    })
}

/// The line that the checker prints, without the place.
fn message(problem: &Problem) -> String {
    let bare = Problem { file: String::new(), line: 0, column: 0, ..problem.clone() };
    let text = bare.to_string();
    text.trim_start_matches(": ").trim_start_matches("warning: ").to_owned()
}

/// What is wrong, in a few words that stay the same whatever name stands in them.
fn rule(what: &str) -> String {
    let outside: String = what.split('`').step_by(2).collect();
    let words = outside.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty());
    let id: Vec<String> = words.take(8).map(str::to_lowercase).collect();
    if id.is_empty() { "problem".to_owned() } else { id.join("-") }
}

/// A relative URI from where the checker runs, if the file lies below; else an absolute one.
fn uri(file: &str) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let path = Path::new(file);
    let relative = path.strip_prefix(&here).unwrap_or(path);
    let mut out = String::from(if relative.is_absolute() { "file://" } else { "" });
    for byte in relative.to_string_lossy().trim_start_matches("./").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte))
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use dialogs::Severity;

    fn problems() -> Vec<Problem> {
        let problem = |file: &str, line, what: &str, found: &str, severity| Problem {
            file: file.into(),
            line,
            column: if line > 3 { 7 } else { 0 },
            what: what.into(),
            found: found.into(),
            nearest: (found == "colect").then(|| "collect".into()),
            cure: "write it right".into(),
            severity,
        };
        vec![
            problem("cita previa.yaml", 4, "unknown step", "colect", Severity::Error),
            problem("nlu/año.yaml", 2, "nothing is done with this intent:", "año", Severity::Warning),
            problem("centro.yaml", 0, "`call` has no", "", Severity::Error),
        ]
    }

    #[test]
    fn a_run_has_what_the_standard_requires() {
        let mut report = report(&problems());
        report["runs"][0]["tool"]["driver"]["version"] = json!("*");
        insta::assert_json_snapshot!(report);
    }

    /// The schema of the standard (OASIS, 2.1.0), as the crate serde-sarif carries it.
    #[test]
    fn every_report_fits_the_schema_of_the_standard() {
        let schema: Value = serde_json::from_str(include_str!("sarif/sarif-schema-2.1.0.json")).unwrap();
        let schema = jsonschema::draft7::new(&schema).unwrap();
        for problems in [Vec::new(), problems()] {
            let report = report(&problems);
            let wrong: Vec<String> =
                schema.iter_errors(&report).map(|e| format!("{}: {e}", e.instance_path)).collect();
            assert!(wrong.is_empty(), "{wrong:?}\n{report:#}");
        }
        // It does refuse: a result without its message, a level that is none, a line before the first.
        for (pointer, value) in [
            ("/runs/0/results/0", json!({ "ruleId": "x" })),
            ("/runs/0/results/0/level", json!("mistake")),
            ("/runs/0/results/0/locations/0/physicalLocation/region/startLine", json!(0)),
        ] {
            let mut report = report(&problems());
            *report.pointer_mut(pointer).unwrap() = value;
            assert!(!schema.is_valid(&report), "{pointer}");
        }
    }

    #[test]
    fn json_keeps_its_fields_and_has_the_severity() {
        insta::assert_json_snapshot!(problems());
    }
}
