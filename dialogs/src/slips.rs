//! What was probably meant where a file is not YAML: the parser says where it stopped, not what a designer did.

use crate::yaml::Pos;

/// A slip of the fingers, and its cure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slip {
    pub at: Pos,
    pub what: String,
    pub found: String,
    pub cure: String,
}

/// A line that says something, short of its indentation.
#[derive(Clone, Copy)]
struct Line<'t> {
    number: usize,
    indent: usize,
    text: &'t str,
}

impl<'t> Line<'t> {
    /// What stands behind the dashes of a list, with its column from 0.
    fn inside(self) -> (usize, &'t str) {
        let (mut column, mut text) = (self.indent, self.text);
        while let Some(rest) = text.strip_prefix("- ") {
            let inner = rest.trim_start_matches(' ');
            column += text.chars().count() - inner.chars().count();
            text = inner;
        }
        (column, text)
    }

    fn is_item(self) -> bool {
        self.text.starts_with("- ")
    }

    /// Key and value, where the line has one, and the value's column from 0.
    fn pair(self) -> Option<(&'t str, &'t str, usize)> {
        let (column, text) = self.inside();
        let (key, value) = text.split_once(':')?;
        let named = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_');
        let value = value.split(" #").next().unwrap_or(value);
        let inner = value.trim_start_matches(' ');
        if !named || (inner.len() == value.len() && !value.is_empty()) {
            return None;
        }
        let at = column + key.chars().count() + 1 + value.chars().count() - inner.chars().count();
        Some((key, inner.trim_end(), at))
    }
}

/// The slip that explains best why the parser stopped at `at`, and with which words. Inside brackets indentation means
/// nothing.
pub(crate) fn find(text: &str, at: Pos, parser: &str) -> Option<Slip> {
    let flow = parser.contains("flow");
    let lines: Vec<Line<'_>> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
        .map(|(i, line)| {
            let inner = line.trim_start_matches(' ');
            Line { number: i + 1, indent: line.len() - inner.len(), text: inner }
        })
        .collect();
    let here = lines.iter().rposition(|line| line.number <= at.line)?;
    let stopped = *lines.get(here)?;
    let before = here.checked_sub(1).and_then(|i| lines.get(i)).copied();
    let near = [Some(stopped), before];
    let block = before.filter(|_| !flow);
    near.into_iter()
        .flatten()
        .find_map(needs_quotes)
        .or_else(|| block.and_then(|before| lacks_then(before, stopped)))
        .or_else(|| lines.iter().take(here + 1).find_map(|line| open_quote(*line)))
        .or_else(|| block.and_then(|_| indentation(lines.get(..here).unwrap_or_default(), stopped)))
}

/// A text that YAML takes for something else.
fn needs_quotes(line: Line<'_>) -> Option<Slip> {
    let (column, inside) = line.inside();
    let (head, value, at) = match line.pair() {
        Some((key, value, at)) => (format!("{key}: "), value, at),
        // An item that is a text: one with `: ` inside would be a map.
        None => (String::new(), inside.trim_end(), column),
    };
    let first = value.chars().next()?;
    let what = match first {
        '"' | '\'' | '|' | '>' => return None,
        '{' | '[' => {
            let close = if first == '{' { '}' } else { ']' };
            let (_, after) = value.rsplit_once(close)?;
            if after.trim().is_empty() || after.trim_start().starts_with('#') {
                return None;
            }
            format!("a text that begins with {first} needs quotes:")
        }
        '%' | '@' | '`' | '*' | '&' | '!' => format!("a text that begins with {first} needs quotes:"),
        _ if value.ends_with(':') => "a text that ends with a colon needs quotes:".to_owned(),
        _ if value.contains(": ") => "a text with a colon and a space inside needs quotes:".to_owned(),
        _ => return None,
    };
    let quote = if value.contains('"') { '\'' } else { '"' };
    let quoted = if quote == '\'' { value.replace('\'', "''") } else { value.replace('\\', "\\\\") };
    Some(Slip {
        at: Pos { line: line.number, column: at + 1 },
        what,
        found: value.chars().take(40).collect(),
        cure: format!("write {head}{quote}{quoted}{quote}"),
    })
}

/// Steps below an `if` without their key.
fn lacks_then(before: Line<'_>, stopped: Line<'_>) -> Option<Slip> {
    let (column, _) = before.inside();
    let (key, value, _) = before.pair()?;
    if key != "if" || value.is_empty() || stopped.indent <= column {
        return None;
    }
    Some(Slip {
        at: Pos { line: stopped.number, column: stopped.indent + 1 },
        what: "these steps stand below `if` without a key".to_owned(),
        found: String::new(),
        cure: "write `then:` in a line of its own between them".to_owned(),
    })
}

/// A quote that its line does not close. Texts of several lines in quotes are rare; a quote forgotten is not.
fn open_quote(line: Line<'_>) -> Option<Slip> {
    let mut open: Option<(char, usize)> = None;
    let mut last = ' ';
    let mut chars = line.text.chars().enumerate().peekable();
    while let Some((i, c)) = chars.next() {
        match open {
            None if c == '#' && last == ' ' => break,
            // A quote opens only where a value begins.
            None if (c == '"' || c == '\'') && " [{,".contains(last) => open = Some((c, i)),
            Some((quote, _)) if c == '\\' && quote == '"' => {
                chars.next();
            }
            Some((quote, _)) if c == quote => {
                // A doubled ' is a ' inside.
                if quote == '\'' && chars.peek().is_some_and(|(_, next)| *next == '\'') {
                    chars.next();
                } else {
                    open = None;
                }
            }
            _ => {}
        }
        last = c;
    }
    let (quote, at) = open?;
    Some(Slip {
        at: Pos { line: line.number, column: line.indent + at + 1 },
        what: "a quote is opened here and not closed on its line".to_owned(),
        found: line.text.chars().skip(at).take(40).collect(),
        cure: format!("close it with {quote} where the text ends"),
    })
}

/// The line short of its comment.
fn shown(line: Line<'_>) -> String {
    let text = line.text.split(" #").next().unwrap_or_default();
    text.trim_end().chars().take(40).collect()
}

/// A line that is indented like none of those it could belong to, or that lacks its dash.
fn indentation(before: &[Line<'_>], stopped: Line<'_>) -> Option<Slip> {
    // The columns at which keys and dashes stand open above the line, the deepest first.
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut limit = usize::MAX;
    for line in before.iter().rev().filter(|line| line.pair().is_some() || line.is_item()) {
        let (column, _) = line.inside();
        for (column, item) in [(column, false), (line.indent, line.is_item())] {
            if column < limit && !open.contains(&(column, item)) {
                open.push((column, item));
            }
        }
        limit = limit.min(line.indent.max(1));
        if line.indent == 0 {
            open.push((0, false));
            break;
        }
    }
    let at = Pos { line: stopped.number, column: stopped.indent + 1 };
    let item = open.iter().any(|(column, item)| *item && *column == stopped.indent);
    let key = open.iter().any(|(column, item)| !*item && *column == stopped.indent);
    if item && !stopped.is_item() {
        return Some(Slip {
            at,
            what: "this line stands among the items of a list without a dash".to_owned(),
            found: shown(stopped),
            cure: "each step, each item begins with `- `; what belongs to one stands below its first word"
                .to_owned(),
        });
    }
    if item || key {
        return None;
    }
    let (nearest, _) = open.iter().min_by_key(|(column, _)| column.abs_diff(stopped.indent))?;
    if nearest.abs_diff(stopped.indent) > 2 {
        return None;
    }
    Some(Slip {
        at,
        what: format!("this line is indented by {}, those it belongs to by {nearest}", stopped.indent),
        found: shown(stopped),
        cure: "give it as many spaces as its sisters have".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use crate::yaml;

    /// What is said of a file.
    fn said(text: &str) -> String {
        let mut problems = Vec::new();
        yaml::parse("a.yaml", text, &mut problems);
        problems.first().map(ToString::to_string).unwrap_or_default()
    }

    #[test]
    fn what_was_meant_is_said_where_it_stands() {
        for (text, wanted) in [
            (
                "steps:\n  - ask: Dígame: ¿qué calle?\n",
                "a.yaml:2:10: this is not YAML: a text with a colon and a space inside needs quotes: `Dígame: ¿qué calle?`; write ask: \"Dígame: ¿qué calle?\"",
            ),
            (
                "steps:\n  - say: Su número:\n",
                "a.yaml:2:10: this is not YAML: a text that ends with a colon needs quotes: `Su número:`; write say: \"Su número:\"",
            ),
            (
                "steps:\n  - say: {libro.titulo} renovado.\n  - end: x\n",
                "a.yaml:2:10: this is not YAML: a text that begins with { needs quotes: `{libro.titulo} renovado.`; write say: \"{libro.titulo} renovado.\"",
            ),
            (
                "steps:\n  - say: @secretaria abre hoy.\n",
                "a.yaml:2:10: this is not YAML: a text that begins with @ needs quotes: `@secretaria abre hoy.`; write say: \"@secretaria abre hoy.\"",
            ),
            (
                "steps:\n  - say: \"Hola, buenos días.\n  - say: \"Adiós.\"\n  - end: x\n",
                "a.yaml:2:10: this is not YAML: a quote is opened here and not closed on its line `\"Hola, buenos días.`; close it with \" where the text ends",
            ),
            (
                "slots:\n  dato:\n    type: number\n   ask: ¿Cuál?\n",
                "a.yaml:4:4: this is not YAML: this line is indented by 3, those it belongs to by 4 `ask: ¿Cuál?`; give it as many spaces as its sisters have",
            ),
            (
                "steps:\n  - call: a.b\n    save: c\n   on_error: { end: mal }\n  - end: x\n",
                "a.yaml:4:4: this is not YAML: this line is indented by 3, those it belongs to by 4 `on_error: { end: mal }`; give it as many spaces as its sisters have",
            ),
            (
                "steps:\n  - say: Hola.\n  collect: dato\n  - end: x\n",
                "a.yaml:3:3: this is not YAML: this line stands among the items of a list without a dash `collect: dato`; each step, each item begins with `- `; what belongs to one stands below its first word",
            ),
            (
                "steps:\n  - if: huecos is empty\n      - say: No queda nada.\n  - end: x\n",
                "a.yaml:3:7: this is not YAML: these steps stand below `if` without a key; write `then:` in a line of its own between them",
            ),
        ] {
            assert_eq!(said(text), wanted, "{text}");
        }
    }
}
