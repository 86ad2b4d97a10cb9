//! Templates («Le reservo {hueco.inicio | spoken}») and conditions (`huecos is empty`).
//!
//! Small and total: no functions, no loops, no code. Evaluating never fails; what is not filled is empty.

use std::time::Duration;

use crate::value::{Filter, Value};

/// `hueco.inicio`: a name and fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    pub root: String,
    pub fields: Vec<String>,
    /// Characters from the start of the text it stands in, for messages.
    pub offset: usize,
}

impl Path {
    pub fn written(&self) -> String {
        let mut out = self.root.clone();
        for field in &self.fields {
            out.push('.');
            out.push_str(field);
        }
        out
    }

    /// `hueco.inicio` and nothing else.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let mut parts = text.trim().split('.').map(str::trim);
        let root = parts.next().unwrap_or_default().to_owned();
        let fields: Vec<String> = parts.map(str::to_owned).collect();
        for name in std::iter::once(&root).chain(&fields) {
            if !is_name(name) {
                return Err(Wrong::new(0, format!("`{name}` is not a name"), "write letters, digits and _"));
            }
        }
        Ok(Self { root, fields, offset: 0 })
    }
}

/// Letters, digits and `_`, not beginning with a digit.
pub(crate) fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// What is wrong with a text, `offset` characters from its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub offset: usize,
    pub what: String,
    pub nearest: Option<String>,
    pub cure: String,
}

impl Wrong {
    fn new(offset: usize, what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { offset, what: what.into(), nearest: None, cure: cure.into() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    Value { path: Path, filter: Filter },
    Mark(Mark),
}

/// How what follows is spoken. Text channels don't show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Silence.
    Break(Duration),
    /// Slowly, until it ends.
    Slow(bool),
    /// Letter by letter, until it ends.
    Spell(bool),
}

/// Text with values in braces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Template {
    pub parts: Vec<Part>,
    /// As written: what a translation is found by.
    pub written: String,
    /// A recording of `audios/` that says it.
    pub audio: Option<String>,
    /// Other texts that do as well, said in turn with this one.
    pub variants: Vec<Template>,
}

impl Template {
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut marks = Marks::default();
        let mut chars = text.chars().enumerate().peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '<' if chars.peek().is_some_and(|(_, c)| c.is_ascii_alphabetic() || *c == '/') => {
                    let tag: String = chars.by_ref().map(|(_, c)| c).take_while(|c| *c != '>').collect();
                    let mark = marks.read(&tag).map_err(|w| Wrong { offset: at, ..w })?;
                    if !plain.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                    }
                    parts.push(Part::Mark(mark));
                }
                '}' => return Err(Wrong::new(at, "a `}` without its `{`", "take it away")),
                '{' => {
                    let mut inside = String::new();
                    let mut closed = false;
                    for (_, c) in chars.by_ref() {
                        if c == '}' {
                            closed = true;
                            break;
                        }
                        inside.push(c);
                    }
                    if !closed {
                        return Err(Wrong::new(at, "a `{` without its `}`", "close it: {nombre}"));
                    }
                    if !plain.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                    }
                    parts.push(value_part(&inside, at)?);
                }
                c => plain.push(c),
            }
        }
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        marks.all_closed(text.chars().count())?;
        Ok(Self { parts, written: text.to_owned(), ..Self::default() })
    }

    /// A text without values.
    pub fn is_fixed(&self) -> bool {
        self.all().all(|t| t.parts.iter().all(|p| !matches!(p, Part::Value { .. })))
    }

    /// The text itself and its variants.
    pub fn all(&self) -> impl Iterator<Item = &Template> {
        std::iter::once(self).chain(&self.variants)
    }

    /// `"{x}"` and nothing else: the value itself, not its text.
    pub fn as_path(&self) -> Option<&Path> {
        match self.parts.as_slice() {
            [Part::Value { path, filter: Filter::Plain }] => Some(path),
            _ => None,
        }
    }

    /// Every value of it and of its variants.
    pub fn values(&self) -> impl Iterator<Item = (&Path, Filter)> {
        self.all().flat_map(|t| &t.parts).filter_map(|p| match p {
            Part::Value { path, filter } => Some((path, *filter)),
            Part::Text(_) | Part::Mark(_) => None,
        })
    }
}

/// Marks that are open while a text is read. The language has three; SSML 1.1's `prosody rate` (section 3.2.4)
/// and `say-as interpret-as="characters"` are read as two of them.
#[derive(Default)]
struct Marks {
    open: Vec<(&'static str, Mark)>,
}

impl Marks {
    fn read(&mut self, tag: &str) -> Result<Mark, Wrong> {
        const CURE: &str = "there are <break time=\"300ms\"/>, <slow>…</slow> and <spell>…</spell>";
        let unknown = |name: &str| Wrong {
            offset: 0,
            what: format!("unknown mark `<{name}>`"),
            nearest: crate::problem::nearest(name, ["break", "slow", "spell", "prosody", "say-as"]),
            cure: CURE.into(),
        };
        let tag = tag.trim();
        if let Some(name) = tag.strip_prefix('/') {
            return match self.open.pop() {
                Some((open, mark)) if open == name.trim() => Ok(match mark {
                    Mark::Slow(_) => Mark::Slow(false),
                    _ => Mark::Spell(false),
                }),
                _ => Err(Wrong::new(0, format!("`</{name}>` closes nothing that is open"), CURE)),
            };
        }
        let name = tag.split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        let value = |key: &str| {
            let rest = tag.split_once(&format!("{key}="))?.1;
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            rest.get(1..)?.split(quote).next().map(str::to_owned)
        };
        let mark = match name {
            "break" => {
                let time = value("time").as_deref().and_then(crate::load::source::parse_duration);
                let time = time.filter(|t| *t <= Duration::from_secs(5) && tag.ends_with('/'));
                return time.map(Mark::Break).ok_or_else(|| {
                    Wrong::new(
                        0,
                        format!("`<{tag}>` is no pause"),
                        "write <break time=\"300ms\"/>, at most 5s",
                    )
                });
            }
            "slow" => ("slow", Mark::Slow(true)),
            "spell" => ("spell", Mark::Spell(true)),
            "prosody" if matches!(value("rate").as_deref(), Some("slow" | "x-slow")) => {
                ("prosody", Mark::Slow(true))
            }
            "say-as" if matches!(value("interpret-as").as_deref(), Some("characters" | "spell-out")) => {
                ("say-as", Mark::Spell(true))
            }
            other => return Err(unknown(other)),
        };
        self.open.push(mark);
        Ok(mark.1)
    }

    fn all_closed(&self, end: usize) -> Result<(), Wrong> {
        match self.open.last() {
            Some((name, _)) => Err(Wrong::new(
                end,
                format!("`<{name}>` is not closed"),
                format!("write </{name}> where it ends"),
            )),
            None => Ok(()),
        }
    }
}

fn value_part(inside: &str, at: usize) -> Result<Part, Wrong> {
    let (path, filter) = match inside.split_once('|') {
        Some((path, filter)) => {
            let filter = filter.trim();
            let found = Filter::named(filter).ok_or_else(|| Wrong {
                offset: at,
                what: format!("unknown filter `{filter}`"),
                nearest: crate::problem::nearest(filter, Filter::NAMES),
                cure: format!("filters are {}", Filter::NAMES.join(", ")),
            })?;
            (path, found)
        }
        None => (inside, Filter::Plain),
    };
    let mut path = Path::parse(path).map_err(|w| Wrong { offset: at, ..w })?;
    path.offset = at + 1;
    Ok(Part::Value { path, filter })
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    Path(Path),
    Literal(Value),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compare {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
}

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    Empty(Path),
    /// The opening hours with this name are open now.
    Open(Path),
    Compare(Operand, Compare, Operand),
    /// A yes/no value by itself.
    True(Path),
}

impl Condition {
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let tokens = tokens(text)?;
        let end = text.chars().count();
        let mut parser = Conditions { tokens: &tokens, next: 0, end, depth: 0 };
        let condition = parser.or()?;
        match parser.peek() {
            None => Ok(condition),
            Some(token) => Err(Wrong::new(
                token.0,
                format!("`{}` is not expected here", token.1.written()),
                "join conditions with `and` or `or`",
            )),
        }
    }

    /// Every path, with whether the value itself is needed (and not only whether it is empty).
    pub fn paths(&self, out: &mut Vec<(Path, bool)>) {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().for_each(|c| c.paths(out)),
            Self::Not(c) => c.paths(out),
            Self::Empty(p) => out.push((p.clone(), false)),
            Self::Open(_) => {}
            Self::True(p) => out.push((p.clone(), true)),
            Self::Compare(a, _, b) => {
                for operand in [a, b] {
                    if let Operand::Path(p) = operand {
                        out.push((p.clone(), true));
                    }
                }
            }
        }
    }

    /// The names of opening hours.
    pub fn hours<'c>(&'c self, out: &mut Vec<&'c Path>) {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().for_each(|c| c.hours(out)),
            Self::Not(c) => c.hours(out),
            Self::Open(p) => out.push(p),
            Self::Empty(_) | Self::True(_) | Self::Compare(..) => {}
        }
    }

    /// Decides; `look` finds the value of a path, `open` whether opening hours are open now.
    pub fn holds(&self, look: &dyn Fn(&Path) -> Option<Value>, open: &dyn Fn(&Path) -> bool) -> bool {
        match self {
            Self::And(all) => all.iter().all(|c| c.holds(look, open)),
            Self::Or(all) => all.iter().any(|c| c.holds(look, open)),
            Self::Not(c) => !c.holds(look, open),
            Self::Open(p) => open(p),
            Self::Empty(p) => look(p).is_none_or(|v| v.is_empty()),
            Self::True(p) => look(p) == Some(Value::YesNo(true)),
            Self::Compare(a, how, b) => {
                let value = |o: &Operand| match o {
                    Operand::Path(p) => look(p),
                    Operand::Literal(v) => Some(v.clone()),
                };
                match (value(a), value(b)) {
                    (Some(a), Some(b)) => compare(&a, *how, &b),
                    (None, None) => *how == Compare::Equal,
                    _ => *how == Compare::Unequal,
                }
            }
        }
    }
}

fn compare(a: &Value, how: Compare, b: &Value) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let order = match (a, b) {
        (Value::Number(_) | Value::Money(_), Value::Number(_) | Value::Money(_)) => {
            a.number().partial_cmp(&b.number())
        }
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) => Some(a.cmp(b)),
        (Value::DateTime(a), Value::DateTime(b)) => Some(a.cmp(b)),
        // Everything else is equal or not by its exact form; dates and hours sort by it too.
        (a, b) => Some(a.to_string().cmp(&b.to_string())),
    };
    match how {
        Compare::Equal => order == Some(Equal),
        Compare::Unequal => order != Some(Equal),
        Compare::Less => order == Some(Less),
        Compare::LessOrEqual => matches!(order, Some(Less | Equal)),
        Compare::More => order == Some(Greater),
        Compare::MoreOrEqual => matches!(order, Some(Greater | Equal)),
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Number(f64),
    Sign(&'static str),
}

impl Token {
    fn written(&self) -> String {
        match self {
            Self::Word(w) => w.clone(),
            Self::Text(t) => format!("'{t}'"),
            Self::Number(n) => n.to_string(),
            Self::Sign(s) => (*s).to_owned(),
        }
    }
}

const SIGNS: [&str; 8] = ["==", "!=", "<=", ">=", "<", ">", "(", ")"];

fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Wrong> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let start = at;
        let run = |from: usize, good: &dyn Fn(char) -> bool| -> String {
            chars.iter().skip(from).take_while(|c| good(**c)).collect()
        };
        if c.is_whitespace() {
            at += 1;
            continue;
        }
        if c == '\'' || c == '"' {
            let inside = run(at + 1, &|x| x != c);
            at += inside.chars().count() + 2;
            if at > chars.len() {
                return Err(Wrong::new(start, "a quote that is not closed", "close it"));
            }
            out.push((start, Token::Text(inside)));
        } else if c.is_ascii_digit() || c == '-' {
            let number = run(at, &|x| x.is_ascii_digit() || x == '.' || x == '-');
            at += number.chars().count();
            let value = number.parse().map_err(|_| {
                Wrong::new(start, format!("`{number}` is not a number"), "put texts in quotes: 'texto'")
            })?;
            out.push((start, Token::Number(value)));
        } else if c.is_alphabetic() || c == '_' {
            let word = run(at, &|x| x.is_alphanumeric() || x == '_' || x == '.');
            at += word.chars().count();
            out.push((start, Token::Word(word)));
        } else {
            let two: String = chars.iter().skip(at).take(2).collect();
            let sign = SIGNS.into_iter().find(|s| two.starts_with(s)).ok_or_else(|| {
                Wrong::new(
                    start,
                    format!("`{c}` is not expected here"),
                    format!("signs are {}", SIGNS.join(" ")),
                )
            })?;
            at += sign.len();
            out.push((start, Token::Sign(sign)));
        }
    }
    Ok(out)
}

struct Conditions<'a> {
    tokens: &'a [(usize, Token)],
    next: usize,
    end: usize,
    depth: usize,
}

impl Conditions<'_> {
    fn peek(&self) -> Option<&(usize, Token)> {
        self.tokens.get(self.next)
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Some((_, Token::Word(w))) if w == word);
        self.next += usize::from(found);
        found
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some((_, Token::Sign(s))) if *s == sign);
        self.next += usize::from(found);
        found
    }

    fn or(&mut self) -> Result<Condition, Wrong> {
        let mut all = vec![self.and()?];
        while self.take_word("or") {
            all.push(self.and()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::Or(all) })
    }

    fn and(&mut self) -> Result<Condition, Wrong> {
        let mut all = vec![self.not()?];
        while self.take_word("and") {
            all.push(self.not()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::And(all) })
    }

    fn not(&mut self) -> Result<Condition, Wrong> {
        self.depth += 1;
        if self.depth > 32 {
            return Err(Wrong::new(
                0,
                "a condition nested too deep",
                "write simpler conditions, one in another `if`",
            ));
        }
        let condition = if self.take_word("not") {
            Condition::Not(Box::new(self.not()?))
        } else if self.take_sign("(") {
            let inside = self.or()?;
            if !self.take_sign(")") {
                return Err(self.wrong("a `(` without its `)`", "close it"));
            }
            inside
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn wrong(&self, what: &str, cure: &str) -> Wrong {
        Wrong::new(self.peek().map_or(self.end, |t| t.0), what, cure)
    }

    fn comparison(&mut self) -> Result<Condition, Wrong> {
        let left = self.operand()?;
        if self.take_word("is") {
            let not = self.take_word("not");
            let said = ["empty", "open", "closed"].into_iter().find(|w| self.take_word(w));
            let Some(said) = said else {
                let cure = "write `x is empty`, `x is not empty`, `oficina.horario is open` or `… is closed`";
                return Err(self.wrong("`empty`, `open` or `closed` is expected after `is`", cure));
            };
            let Operand::Path(path) = left else {
                return Err(self.wrong("only a name can be empty or open", "write `nombre is empty`"));
            };
            let found = if said == "empty" { Condition::Empty(path) } else { Condition::Open(path) };
            return Ok(if not != (said == "closed") { Condition::Not(Box::new(found)) } else { found });
        }
        let how = match self.peek() {
            Some((_, Token::Sign("=="))) => Compare::Equal,
            Some((_, Token::Sign("!="))) => Compare::Unequal,
            Some((_, Token::Sign("<"))) => Compare::Less,
            Some((_, Token::Sign("<="))) => Compare::LessOrEqual,
            Some((_, Token::Sign(">"))) => Compare::More,
            Some((_, Token::Sign(">="))) => Compare::MoreOrEqual,
            _ => {
                return match left {
                    Operand::Path(path) => Ok(Condition::True(path)),
                    Operand::Literal(_) => {
                        Err(self.wrong("nothing is compared", "write `nombre == 'texto'`"))
                    }
                };
            }
        };
        self.next += 1;
        let right = self.operand()?;
        Ok(Condition::Compare(left, how, right))
    }

    fn operand(&mut self) -> Result<Operand, Wrong> {
        let Some((at, token)) = self.peek().cloned() else {
            return Err(self.wrong("the condition ends too early", "write a name, a number or a 'text'"));
        };
        self.next += 1;
        match token {
            Token::Number(n) => Ok(Operand::Literal(Value::Number(n))),
            Token::Text(t) => Ok(Operand::Literal(Value::Text(t))),
            Token::Word(w) if w == "true" || w == "false" => Ok(Operand::Literal(Value::YesNo(w == "true"))),
            Token::Word(w) if !matches!(w.as_str(), "and" | "or" | "not" | "is" | "empty") => {
                let mut path = Path::parse(&w).map_err(|e| Wrong { offset: at, ..e })?;
                path.offset = at;
                Ok(Operand::Path(path))
            }
            other => Err(Wrong::new(
                at,
                format!("`{}` is not expected here", other.written()),
                "write a name, a number or a 'text'",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str) -> bool {
        let look = |p: &Path| match p.written().as_str() {
            "edad" => Some(Value::Number(30.0)),
            "nombre" => Some(Value::Text("ana".into())),
            "socio" => Some(Value::YesNo(true)),
            "lista" => Some(Value::List(vec![])),
            _ => None,
        };
        Condition::parse(text).unwrap().holds(&look, &|p| p.written() == "oficina.horario")
    }

    #[test]
    fn conditions_decide() {
        assert!(holds("edad >= 30 and nombre == 'ana'"));
        assert!(holds("not (edad < 18 or nombre != 'ana')"));
        assert!(holds("lista is empty and nada is empty and nombre is not empty"));
        assert!(holds("socio") && holds("socio == true") && !holds("nada"));
        assert!(!holds("nada == 'x'") && holds("nada != 'x'"));
        assert!(
            holds("oficina.horario is open") && holds("oficina.tarde is closed and not otra.cosa is open")
        );
    }

    #[test]
    fn conditions_that_cannot_be_read_say_where() {
        for (text, offset) in [("a ==", 4), ("a b", 2), ("(a", 2), ("a = 1", 2), ("'x", 0), ("a is full", 5)]
        {
            assert_eq!(Condition::parse(text).unwrap_err().offset, offset, "{text}");
        }
    }

    #[test]
    fn templates_hold_values_and_filters() {
        let t = Template::parse("Es {nif | masked}, {a.b}.").unwrap();
        let values: Vec<_> = t.values().map(|(p, f)| (p.written(), f)).collect();
        assert_eq!(values, [("nif".into(), Filter::Masked), ("a.b".into(), Filter::Plain)]);
        assert_eq!(Template::parse("{x | spokn}").unwrap_err().nearest.as_deref(), Some("spoken"));
        assert!(Template::parse("a { b").is_err() && Template::parse("a } b").is_err());
    }

    #[test]
    fn marks_are_three_and_are_closed() {
        let t =
            Template::parse("Diga <slow>el <spell>{x}</spell></slow><break time=\"300ms\"/> 2 < 3").unwrap();
        let marks: Vec<_> =
            t.parts.iter().filter_map(|p| if let Part::Mark(m) = p { Some(*m) } else { None }).collect();
        let pause = Mark::Break(Duration::from_millis(300));
        assert_eq!(
            marks,
            [Mark::Slow(true), Mark::Spell(true), Mark::Spell(false), Mark::Slow(false), pause]
        );
        let ssml = "<prosody rate=\"slow\">a</prosody><say-as interpret-as='characters'>b</say-as>";
        assert_eq!(Template::parse(ssml).unwrap().parts.len(), 6);
        for bad in
            ["<slow>a", "a</slow>", "<sloow>a</sloow>", "<break/>", "<break time=\"1h\"/>", "<slow>a</spell>"]
        {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Template::parse("<slwo>a</slwo>").unwrap_err().nearest.as_deref(), Some("slow"));
    }
}
