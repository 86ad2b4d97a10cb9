//! Texts that YAML cuts: ` #` begins a comment, also in the middle of what was to be said.

use super::source::{Report, Source};
use crate::{
    expr::is_name,
    yaml::{Data, Node, Pos},
};

/// Keys whose value is said, or is read aloud to somebody.
const SAID: [&str; 20] = [
    "say",
    "ask",
    "invalid",
    "unclear",
    "confirm",
    "only_one",
    "any",
    "text",
    "subject",
    "whisper",
    "about",
    "centre",
    "nombre",
    "sinonimos",
    "titulo",
    "preguntas",
    "respuesta",
    "fuente",
    "with",
    "set",
];
/// Keys below which every value is one.
const ALL_SAID: [&str; 6] = ["phrases", "templates", "texts", "intents", "catalogues", "saber"];
/// What a slot's `confirm` takes besides a question.
const WHEN: [&str; 3] = ["never", "when_unsure", "always"];

/// Warns of every text in a file that goes on after a ` #` on its line. A comment is told from the rest of a text by
/// its distance: two spaces or more.
pub(super) fn check(src: Source<'_>, text: &str, node: &Node) {
    let lines: Vec<&str> = text.strip_prefix('\u{feff}').unwrap_or(text).lines().collect();
    let whole = ["nlu/", "catalogos/", "saber/"].iter().any(|folder| src.file.starts_with(folder));
    walk(node, whole, &mut |said| warn(src, &lines, said));
}

fn walk(node: &Node, said: bool, found: &mut dyn FnMut(&Node)) {
    match &node.data {
        Data::Scalar { plain, .. } if said && *plain && !node.is_null() => found(node),
        Data::Scalar { .. } => {}
        Data::List(items) => items.iter().for_each(|item| walk(item, said, found)),
        Data::Map(pairs) => {
            for (key, value) in pairs {
                let key = key.text().unwrap_or_default();
                let said = said && key != "from";
                let own = SAID.contains(&key) && !is_no_text(node, key, value);
                // What stands below a step's `with` is said later; a branch below a question is steps.
                walk(value, said || own || ALL_SAID.contains(&key), found);
            }
        }
    }
}

/// Where the same key names something: the slot that an `ask` step asks for, when a slot confirms.
fn is_no_text(map: &Node, key: &str, value: &Node) -> bool {
    let Some(text) = value.text() else { return false };
    match key {
        "ask" => is_name(text) && map.get("type").is_none() && map.get("record").is_none(),
        "confirm" => WHEN.contains(&text),
        _ => false,
    }
}

fn warn(src: Source<'_>, lines: &[&str], node: &Node) {
    let Some(((line, column), after)) = end(lines, node) else { return };
    let rest = after.trim_start_matches([' ', '\t']);
    let gap = after.strip_suffix(rest).unwrap_or_default();
    let Some(comment) = rest.strip_prefix('#') else { return };
    let close = gap == " ";
    let figure = comment.starts_with(|c: char| c.is_ascii_digit());
    if gap.is_empty() || !(close || figure || comment.trim().is_empty()) {
        return;
    }
    let at = Pos { line, column: column + gap.chars().count() };
    let lost: String = rest.trim_end().chars().take(40).collect();
    src.warn(
        at,
        Report {
            what: "a ` #` begins a comment: this is no part of the text, and is not said:",
            found: &lost,
            nearest: None,
            cure: "put the text in quotes, or leave two spaces before the # of a comment",
        },
    );
}

/// The place after a plain text, and what stands behind it on its last line. Line breaks and indentation inside the
/// text count as spaces.
fn end<'t>(lines: &[&'t str], node: &Node) -> Option<((usize, usize), &'t str)> {
    let (mut line, mut column) = (node.at.line, node.at.column);
    let mut rest = skip(lines.get(line.checked_sub(1)?).copied()?, column.checked_sub(1)?)?;
    for wanted in node.text()?.chars().filter(|c| !c.is_whitespace()) {
        loop {
            let mut chars = rest.chars();
            match chars.next() {
                Some(c) if c.is_whitespace() => {}
                Some(c) if c == wanted => {
                    column += 1;
                    rest = chars.as_str();
                    break;
                }
                Some(_) => return None,
                None => {
                    line += 1;
                    column = 1;
                    rest = lines.get(line - 1).copied()?;
                    continue;
                }
            }
            column += 1;
            rest = chars.as_str();
        }
    }
    Some(((line, column), rest))
}

/// The line from a character on.
fn skip(line: &str, chars: usize) -> Option<&str> {
    let mut rest = line.chars();
    for _ in 0..chars {
        rest.next()?;
    }
    Some(rest.as_str())
}
