//! Reading typed values from nodes, gathering problems instead of stopping at the first.

use std::{cell::RefCell, collections::BTreeMap, time::Duration};

use crate::{
    expr::{Template, Wrong, is_name},
    problem::{Problem, Severity, nearest},
    yaml::{Data, Node, Pos},
};

/// One file being read. All files share the list of problems.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub file: &'a str,
    pub problems: &'a RefCell<Vec<Problem>>,
}

/// What is wrong, short of its place.
#[derive(Default)]
pub(crate) struct Report<'a> {
    pub what: &'a str,
    pub found: &'a str,
    pub nearest: Option<String>,
    pub cure: &'a str,
}

impl<'a> Source<'a> {
    pub fn report(&self, at: Pos, report: Report<'_>) {
        self.push(at, report, Severity::Error);
    }

    /// What does not stop the bot, but should be looked at.
    pub fn warn(&self, at: Pos, report: Report<'_>) {
        self.push(at, report, Severity::Warning);
    }

    /// A mistake for which a bot that answers already is not stopped.
    pub fn report_mended(&self, at: Pos, report: Report<'_>) {
        self.push(at, report, Severity::Mended);
    }

    fn push(&self, at: Pos, report: Report<'_>, severity: Severity) {
        self.problems.borrow_mut().push(Problem {
            file: self.file.to_owned(),
            line: at.line,
            column: at.column,
            what: report.what.to_owned(),
            found: report.found.to_owned(),
            nearest: report.nearest,
            cure: report.cure.to_owned(),
            severity,
        });
    }

    pub fn wrong(&self, at: Pos, what: &str, found: &str, cure: &str) {
        self.report(at, Report { what, found, nearest: None, cure });
    }

    /// The same, where the loader makes up for it.
    pub fn mended(&self, at: Pos, what: &str, found: &str, cure: &str) {
        self.report_mended(at, Report { what, found, nearest: None, cure });
    }

    fn wrong_shape(&self, node: &Node, wanted: &str, cure: &str) {
        let what = format!("{wanted} is expected here, not {}", node.shape());
        self.wrong(node.at, &what, &node.excerpt(), cure);
    }

    /// A map whose keys are all among `keys`.
    pub fn map<'n>(&self, node: &'n Node, thing: &str, keys: &[&str]) -> Option<&'n [(Node, Node)]> {
        let pairs = self.any_map(node, thing)?;
        #[cfg(test)]
        crate::schema::tests::seen(thing, keys);
        for (key, value) in pairs {
            let name = key.text().unwrap_or_default();
            if !keys.contains(&name) && value.is_null() && name.contains(' ') {
                let cure = "a text with a comma inside { } stands in quotes: { say: \"Sí, claro.\" }";
                self.wrong(key.at, "the text before this was cut at its comma:", name, cure);
            } else if !keys.contains(&name) {
                self.report(
                    key.at,
                    Report {
                        what: &format!("{thing} has no"),
                        found: name,
                        nearest: nearest(name, keys.iter().copied()),
                        cure: &format!("it takes {}", keys.join(", ")),
                    },
                );
            }
        }
        Some(pairs)
    }

    /// A map with keys of the designer's own.
    pub fn any_map<'n>(&self, node: &'n Node, thing: &str) -> Option<&'n [(Node, Node)]> {
        match &node.data {
            Data::Map(pairs) => Some(pairs),
            _ => {
                self.wrong_shape(node, &format!("{thing}, a map,"), "write `key: value`");
                None
            }
        }
    }

    pub fn list<'n>(&self, node: &'n Node, thing: &str) -> Option<&'n [Node]> {
        match &node.data {
            Data::List(items) => Some(items),
            _ => {
                self.wrong_shape(node, &format!("{thing}, a list,"), "write `[one, two]` or a `-` a line");
                None
            }
        }
    }

    /// One thing or a list of them.
    pub fn one_or_many<'n>(&self, node: &'n Node) -> Vec<&'n Node> {
        match &node.data {
            Data::List(items) => items.iter().collect(),
            _ => vec![node],
        }
    }

    /// The value of a key that must be there.
    pub fn required<'n>(&self, node: &'n Node, key: &str, cure: &str) -> Option<&'n Node> {
        let found = node.get(key);
        if found.is_none() {
            self.wrong(node.at, "this lacks", key, cure);
        }
        found
    }

    pub fn text<'n>(&self, node: &'n Node, thing: &str) -> Option<&'n str> {
        match node.text() {
            Some(text) if !node.is_null() && !text.trim().is_empty() => Some(text),
            Some(text) if !node.is_null() => {
                let cure = "write its words, or take it away with its key";
                self.wrong(node.at, &format!("{thing} is empty:"), &format!("\"{text}\""), cure);
                None
            }
            _ => {
                self.wrong_shape(
                    node,
                    &format!("{thing}, a text,"),
                    "write it on one line, in quotes if it has `: `",
                );
                None
            }
        }
    }

    /// A text that is a name: letters, digits, `_`.
    pub fn name(&self, node: &Node, thing: &str) -> Option<String> {
        let text = self.text(node, thing)?;
        if is_name(text) {
            return Some(text.to_owned());
        }
        self.wrong(node.at, &format!("{thing} is not a name:"), text, "write letters, digits and _");
        None
    }

    /// One of the names that exist.
    pub fn known<'k>(
        &self,
        node: &Node,
        thing: &str,
        names: impl IntoIterator<Item = &'k str>,
    ) -> Option<String> {
        let text = self.text(node, thing)?;
        let names: Vec<&str> = names.into_iter().collect();
        if names.contains(&text) {
            return Some(text.to_owned());
        }
        let cure = match names.len() {
            0 => format!("there is no {thing} yet"),
            1..=12 => format!("there is {}", names.join(", ")),
            n => format!("there are {n} others"),
        };
        self.report(
            node.at,
            Report {
                what: &format!("unknown {thing}"),
                found: text,
                nearest: nearest(text, names.iter().copied()),
                cure: &cure,
            },
        );
        None
    }

    pub fn number(&self, node: &Node, thing: &str, range: std::ops::RangeInclusive<f64>) -> Option<f64> {
        // Digits, a point, a sign: `1e3` and `inf` are texts.
        let digits = |t: &&str| t.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-'));
        let number = node.text().filter(digits).and_then(|t| t.parse().ok()).filter(|n| range.contains(n));
        if number.is_none() {
            let cure = format!("write a number from {} to {}", range.start(), range.end());
            self.wrong(node.at, &format!("{thing} is not such a number:"), &node.excerpt(), &cure);
        }
        number
    }

    pub fn whole(&self, node: &Node, thing: &str, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
        let number = self.number(node, thing, f64::from(*range.start())..=f64::from(*range.end()))?;
        if number.fract() != 0.0 {
            self.wrong(
                node.at,
                &format!("{thing} is not a whole number:"),
                &node.excerpt(),
                "take the fraction away",
            );
            return None;
        }
        Some(number as u32)
    }

    pub fn flag(&self, node: &Node, thing: &str) -> Option<bool> {
        match node.text() {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => {
                self.wrong(
                    node.at,
                    &format!("{thing} is not true or false:"),
                    &node.excerpt(),
                    "write true or false",
                );
                None
            }
        }
    }

    /// A time with its unit: `800ms`, `6s`, `2min`, `1h`; at most a day.
    pub fn duration(&self, node: &Node, thing: &str) -> Option<Duration> {
        let found = node.text().and_then(parse_duration);
        if found.is_none() {
            let cure = "write a number and its unit: 800ms, 6s, 2min, 1h (at most 24h)";
            self.wrong(node.at, &format!("{thing} is not a time with its unit:"), &node.excerpt(), cure);
        }
        found
    }

    /// A text with values: written as such, as `{ any: [text, text] }`, or as `{ audio: file, text: … }`.
    pub fn template(&self, node: &Node, thing: &str) -> Option<Template> {
        if node.get("any").is_some() {
            self.map(node, "a text with variants", &["any"]);
            let texts = self.list(node.get("any")?, "the variants")?;
            if texts.len() < 2 {
                self.wrong(node.at, "one variant is none", "", "write two texts at least, or the text alone");
            }
            let mut all = texts.iter().filter_map(|n| self.template(n, thing));
            let first = all.next()?;
            return Some(Template { variants: all.flat_map(flat).collect(), ..first });
        }
        if node.get("audio").is_some() {
            self.map(node, "a recorded text", &["audio", "text"]);
            let cure = "write the words too: they are said where the recording is missing";
            let text = self.template(self.required(node, "text", cure)?, thing)?;
            let file = self.text(node.get("audio")?, "a recording")?;
            if !is_audio_name(file) {
                let cure = "name a WAV file of the folder audios/: bienvenida.wav";
                self.wrong(node.get("audio")?.at, "this is not the name of a recording:", file, cure);
            }
            if !text.is_fixed() || !text.variants.is_empty() {
                self.wrong(
                    node.at,
                    "a recording can't say values or variants",
                    "",
                    "record one text without {…}",
                );
            }
            return Some(Template { audio: Some(file.to_owned()), ..text });
        }
        let text = self.text(node, thing)?;
        match Template::parse(text) {
            Ok(template) => Some(template),
            Err(wrong) => {
                self.wrong_at(node, wrong);
                None
            }
        }
    }

    /// A problem inside a text.
    pub fn wrong_at(&self, node: &Node, wrong: Wrong) {
        self.report(
            inside(node, wrong.offset),
            Report { what: &wrong.what, found: "", nearest: wrong.nearest, cure: &wrong.cure },
        );
    }

    /// A map of texts with values in them.
    pub fn templates(&self, node: &Node, thing: &str) -> Vec<(String, Template, Node)> {
        let pairs = self.any_map(node, thing).unwrap_or_default();
        pairs
            .iter()
            .filter_map(|(k, v)| Some((self.name(k, thing)?, self.template(v, thing)?, v.clone())))
            .collect()
    }
}

/// A template and its variants, each by itself.
fn flat(mut template: Template) -> Vec<Template> {
    let variants = std::mem::take(&mut template.variants);
    std::iter::once(template).chain(variants).collect()
}

fn is_audio_name(file: &str) -> bool {
    let good = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    file.ends_with(".wav") && !file.starts_with('.') && !file.contains("..") && file.chars().all(good)
}

/// The place of a character of a scalar; exact where the text stands on one line.
pub(super) fn inside(node: &Node, offset: usize) -> Pos {
    let quote = matches!(&node.data, Data::Scalar { plain: false, .. });
    Pos { line: node.at.line, column: node.at.column + offset + usize::from(quote) }
}

pub(crate) fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    let (number, unit) = text.split_at_checked(digits)?;
    let number: f64 = number.parse().ok()?;
    let seconds = match unit {
        "ms" => number / 1000.0,
        "s" => number,
        "min" => number * 60.0,
        "h" => number * 3600.0,
        _ => return None,
    };
    (0.0..=86_400.0).contains(&seconds).then(|| Duration::from_secs_f64(seconds))
}

/// Names and what they stand for, gathered before the dialogs are read.
pub(super) type Roots = BTreeMap<String, crate::model::Shape>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_units() {
        assert_eq!(parse_duration("800ms"), Some(Duration::from_millis(800)));
        assert_eq!(parse_duration("1.5s"), Some(Duration::from_millis(1500)));
        assert_eq!(parse_duration("2min"), Some(Duration::from_secs(120)));
        for bad in ["6", "6 s", "s", "-1s", "1e3s", "25h", "6sec", ""] {
            assert_eq!(parse_duration(bad), None, "{bad}");
        }
    }
}
