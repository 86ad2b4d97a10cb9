//! YAML 1.2 into nodes that remember where they were written.
//!
//! A scalar stays the text that was written: whether `012` is a number or a code is decided by the
//! field that reads it, so `no`, `off`, `012` and `1e3` are never turned into something else.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::problem::{Problem, Severity};
use crate::slips;

/// Nesting beyond which a file is refused: no dialog needs a tenth of it.
const MAX_DEPTH: usize = 64;

/// A place in a file: line and column from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Pos {
    pub line: usize,
    pub column: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub at: Pos,
    pub data: Data,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Data {
    Scalar { text: String, plain: bool },
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

impl Node {
    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.data {
            Data::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// True for nothing at all, `~` and `null`.
    pub fn is_null(&self) -> bool {
        matches!(&self.data, Data::Scalar { text, plain: true }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.data {
            Data::Map(pairs) => pairs.iter().find(|(k, _)| k.text() == Some(key)).map(|(_, v)| v),
            _ => None,
        }
    }

    /// A key, where it stands.
    pub fn key(&self, key: &str) -> Option<&Node> {
        match &self.data {
            Data::Map(pairs) => pairs.iter().find(|(k, _)| k.text() == Some(key)).map(|(k, _)| k),
            _ => None,
        }
    }

    /// What kind of thing was written, for messages.
    pub fn shape(&self) -> &'static str {
        match &self.data {
            _ if self.is_null() => "nothing",
            Data::Scalar { .. } => "a text",
            Data::List(_) => "a list",
            Data::Map(_) => "a map",
        }
    }

    /// A few of the characters written, for messages.
    pub fn excerpt(&self) -> String {
        match &self.data {
            Data::Scalar { text, .. } => text.chars().take(40).collect(),
            _ => String::new(),
        }
    }
}

/// Parses one file. Nothing where the file is empty. Problems of syntax and duplicate keys go to
/// `problems`; a node is given even with duplicate keys, so that later checks see the rest.
pub(crate) fn parse(file: &str, text: &str, problems: &mut Vec<Problem>) -> Option<Node> {
    let mut builder = Builder { file, problems, stack: Vec::new(), root: None, documents: 0 };
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => builder.event(event, span)?,
            Err(error) => {
                let at = pos(&Span::empty(*error.marker()));
                if error.info().contains("recursion limit") {
                    return builder.too_deep(at);
                }
                builder.not_yaml(text, at, error.info());
                return None;
            }
        }
    }
    builder.root
}

fn pos(span: &Span) -> Pos {
    Pos { line: span.start.line().max(1), column: span.start.col() + 1 }
}

enum Open {
    List(Pos, Vec<Node>),
    Map(Pos, Vec<(Node, Node)>, Option<Node>),
}

struct Builder<'a> {
    file: &'a str,
    problems: &'a mut Vec<Problem>,
    stack: Vec<Open>,
    root: Option<Node>,
    documents: usize,
}

impl Builder<'_> {
    fn report(&mut self, at: Pos, what: &str, found: &str, cure: &str) {
        self.problems.push(Problem {
            file: self.file.into(),
            line: at.line,
            column: at.column,
            what: what.into(),
            found: found.into(),
            nearest: None,
            cure: cure.into(),
            severity: Severity::Error,
        });
    }

    /// What was meant, if that can be told; else the parser's words.
    fn not_yaml(&mut self, text: &str, at: Pos, parser: &str) {
        let line = text.lines().nth(at.line.saturating_sub(1)).unwrap_or_default();
        if line.trim_start_matches(' ').starts_with('\t') {
            return self.report(at, "this is not YAML", "", "indent with spaces, not with tabs");
        }
        match slips::find(text, at, parser) {
            Some(slip) => {
                self.report(slip.at, &format!("this is not YAML: {}", slip.what), &slip.found, &slip.cure);
            }
            None => self.report(at, "this is not YAML", "", &format!("the parser says: {parser}")),
        }
    }

    /// None: the file is refused and the rest is not read.
    fn event(&mut self, event: Event<'_>, span: Span) -> Option<()> {
        let at = pos(&span);
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    self.report(at, "a second document begins here", "---", "write one file for each");
                    return None;
                }
            }
            Event::Alias(_) => {
                self.report(at, "aliases are not part of the language", "*", "write the value again");
                self.add(Node { at, data: Data::Scalar { text: String::new(), plain: false } });
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.plain_only(at, anchor, tag.is_some());
                let plain = style == ScalarStyle::Plain;
                self.add(Node { at, data: Data::Scalar { text: text.into_owned(), plain } });
            }
            Event::SequenceStart(anchor, tag) => {
                self.plain_only(at, anchor, tag.is_some());
                self.open(at, Open::List(at, Vec::new()))?;
            }
            Event::MappingStart(anchor, tag) => {
                self.plain_only(at, anchor, tag.is_some());
                self.open(at, Open::Map(at, Vec::new(), None))?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Some(())
    }

    fn plain_only(&mut self, at: Pos, anchor: usize, tag: bool) {
        if anchor != 0 {
            self.report(at, "anchors are not part of the language", "&", "take the anchor away");
        }
        if tag {
            self.report(at, "tags are not part of the language", "!", "take the tag away");
        }
    }

    fn open(&mut self, at: Pos, open: Open) -> Option<()> {
        if self.stack.len() >= MAX_DEPTH {
            return self.too_deep(at);
        }
        self.stack.push(open);
        Some(())
    }

    fn too_deep<T>(&mut self, at: Pos) -> Option<T> {
        self.report(at, "this is nested too deep", "", "write a dialog of its own and `run` it");
        None
    }

    fn close(&mut self) {
        match self.stack.pop() {
            Some(Open::List(at, items)) => self.add(Node { at, data: Data::List(items) }),
            Some(Open::Map(at, pairs, _)) => self.add(Node { at, data: Data::Map(pairs) }),
            None => {}
        }
    }

    fn add(&mut self, node: Node) {
        let mut duplicate = None;
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, pairs, key @ None)) => {
                if let Some(text) = node.text()
                    && let Some((first, _)) = pairs.iter().find(|(k, _)| k.text() == Some(text))
                {
                    duplicate = Some((node.at, text.to_owned(), first.at.line));
                }
                *key = Some(node);
            }
            Some(Open::Map(_, pairs, key)) => {
                if let Some(key) = key.take() {
                    pairs.push((key, node));
                }
            }
        }
        if let Some((at, key, line)) = duplicate {
            let cure = format!("keep one: it is already written in line {line}");
            self.report(at, "this key is written twice", &key, &cure);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_stay_as_they_were_written() {
        let mut problems = Vec::new();
        let node = parse("a.yaml", "[no, off, 012, 1e3, yes, 0x1F, 'q']", &mut problems).unwrap();
        let Data::List(items) = &node.data else { panic!("{node:?}") };
        let texts: Vec<_> = items.iter().filter_map(Node::text).collect();
        assert_eq!(texts, ["no", "off", "012", "1e3", "yes", "0x1F", "q"]);
        assert!(problems.is_empty());
    }

    #[test]
    fn positions_count_from_one_in_characters() {
        let mut problems = Vec::new();
        let node = parse("a.yaml", "a: 1\nñandú: dos\n", &mut problems).unwrap();
        assert_eq!(node.get("ñandú").unwrap().at, Pos { line: 2, column: 8 });
    }

    #[test]
    fn duplicate_keys_aliases_tags_and_second_documents_are_refused() {
        for text in ["a: 1\na: 2\n", "a: &x 1\nb: *x\n", "a: !!str 1\n", "a: 1\n---\nb: 2\n", "a: [\n"] {
            let mut problems = Vec::new();
            parse("a.yaml", text, &mut problems);
            assert!(!problems.is_empty(), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let mut problems = Vec::new();
        assert!(parse("a.yaml", &"[".repeat(100_000), &mut problems).is_none());
        assert_eq!(problems.len(), 1);
    }
}
