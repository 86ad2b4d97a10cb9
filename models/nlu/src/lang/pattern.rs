//! Forms of phrases, as the data writes them: `[a] (la|les) {h} i {m}`.
//!
//! Words stand for themselves; `[…]` may be missing; `(…|…)` are alternatives; `{slot}` and
//! `{slot:source}` are read by whoever matches.

use super::words::phrase;
use crate::es::text::Text;

/// What a slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    Hour,
    Minute,
    Day,
    Month,
    Year,
    Weekday,
    Part,
    Count,
    Unit,
    First,
    Last,
}

impl Slot {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "h" => Self::Hour,
            "m" => Self::Minute,
            "d" => Self::Day,
            "mo" => Self::Month,
            "y" => Self::Year,
            "w" => Self::Weekday,
            "p" => Self::Part,
            "n" => Self::Count,
            "u" => Self::Unit,
            "a" => Self::First,
            "b" => Self::Last,
            _ => return None,
        })
    }
}

#[derive(Debug)]
enum Node {
    Words(String),
    Maybe(Vec<Node>),
    Either(Vec<Vec<Node>>),
    Slot(Slot, Option<String>),
}

/// A form, ready to match.
#[derive(Debug)]
pub(crate) struct Form(Vec<Node>);

/// Why a form can't be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Broken(pub String);

impl Form {
    /// Reads a form.
    pub fn new(source: &str) -> Result<Self, Broken> {
        let mut rest = source;
        let nodes = sequence(&mut rest, &[])?;
        if nodes.is_empty() { Err(Broken("it is empty".into())) } else { Ok(Self(nodes)) }
    }

    /// Every way to match at `i`: the token after it and what was read. `read` says what a slot can be at
    /// a place and adds it to what was read before.
    pub fn matches<B: Clone>(
        &self,
        text: &Text,
        (i, empty): (usize, B),
        read: &impl Fn(Slot, Option<&str>, usize, &B) -> Vec<(usize, B)>,
    ) -> Vec<(usize, B)> {
        follow(&self.0, text, vec![(i, empty)], read)
    }
}

fn follow<B: Clone>(
    nodes: &[Node],
    text: &Text,
    mut states: Vec<(usize, B)>,
    read: &impl Fn(Slot, Option<&str>, usize, &B) -> Vec<(usize, B)>,
) -> Vec<(usize, B)> {
    for node in nodes {
        let mut next: Vec<(usize, B)> = Vec::new();
        for (at, bound) in states {
            match node {
                Node::Words(words) => next.extend(text.phrase(at, words).map(|to| (to, bound))),
                Node::Slot(slot, source) => next.extend(read(*slot, source.as_deref(), at, &bound)),
                Node::Either(all) => {
                    for one in all {
                        next.extend(follow(one, text, vec![(at, bound.clone())], read));
                    }
                }
                Node::Maybe(inner) => {
                    next.extend(follow(inner, text, vec![(at, bound.clone())], read));
                    next.push((at, bound));
                }
            }
        }
        if next.is_empty() {
            return next;
        }
        states = next;
    }
    states
}

/// Nodes up to one of `ends`, which is left.
fn sequence(rest: &mut &str, ends: &[char]) -> Result<Vec<Node>, Broken> {
    let mut out = Vec::new();
    loop {
        *rest = rest.trim_start();
        let Some(c) = rest.chars().next() else {
            return if ends.is_empty() { Ok(out) } else { Err(Broken("a bracket does not close".into())) };
        };
        if ends.contains(&c) {
            return Ok(out);
        }
        let after = rest.get(c.len_utf8()..).unwrap_or("");
        match c {
            '[' => {
                *rest = after;
                out.push(Node::Maybe(sequence(rest, &[']'])?));
                *rest = rest.get(1..).unwrap_or("");
            }
            '(' => {
                *rest = after;
                out.push(Node::Either(alternatives(rest)?));
            }
            '{' => {
                let (inside, more) =
                    after.split_once('}').ok_or_else(|| Broken("a { does not close".into()))?;
                let (name, source) = inside.split_once(':').map_or((inside, None), |(n, s)| (n, Some(s)));
                let slot = Slot::named(name).ok_or_else(|| Broken(format!("there is no slot {{{name}}}")))?;
                out.push(Node::Slot(slot, source.map(str::to_owned)));
                *rest = more;
            }
            ']' | ')' | '|' => return Err(Broken(format!("{c} stands alone"))),
            _ => {
                let end = rest.find(['[', '(', '{', ']', ')', '|']).unwrap_or(rest.len());
                let (words, more) = rest.split_at_checked(end).unwrap_or((rest, ""));
                out.push(Node::Words(phrase(words)));
                *rest = more;
            }
        }
    }
}

fn alternatives(rest: &mut &str) -> Result<Vec<Vec<Node>>, Broken> {
    let mut all = Vec::new();
    loop {
        all.push(sequence(rest, &['|', ')'])?);
        let closes = rest.starts_with(')');
        *rest = rest.get(1..).unwrap_or("");
        if closes {
            return Ok(all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn longest(form: &str, said: &str) -> Option<usize> {
        let text = Text::new(said);
        let read = |_: Slot, _: Option<&str>, at: usize, (): &()| {
            if text.is_number(at) { vec![(at + 1, ())] } else { Vec::new() }
        };
        let all = Form::new(form).unwrap().matches(&text, (0, ()), &read);
        all.into_iter().map(|m| m.0).max()
    }

    #[test]
    fn forms_match_words_options_alternatives_and_slots() {
        let form = "[a] (la|les) {h} [i (mitja|{m})]";
        assert_eq!(longest(form, "a les 5 i mitja"), Some(5));
        assert_eq!(longest(form, "la 1"), Some(2));
        assert_eq!(longest(form, "les 5 i 20 del mati"), Some(4));
        assert_eq!(longest(form, "los 5"), None);
    }

    #[test]
    fn broken_forms_say_why() {
        for form in ["", "[a", "(a|b", "{x}", "a)", "{h"] {
            assert!(Form::new(form).is_err(), "{form}");
        }
    }
}
