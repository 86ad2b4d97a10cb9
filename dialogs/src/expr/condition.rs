//! What `if` looks at.

use super::{Path, Wrong};
use crate::value::Value;

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
        (Value::Date(a) | Value::Birth(a), Value::Date(b) | Value::Birth(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) => Some(a.cmp(b)),
        (Value::DateTime(a), Value::DateTime(b)) => Some(a.local().cmp(&b.local())),
        // In quotes stands the office's time, however a service wrote the moment.
        (Value::DateTime(at), Value::Text(text)) => Some(Value::from(at.local()).to_string().cmp(text)),
        (Value::Text(text), Value::DateTime(at)) => Some(text.cmp(&Value::from(at.local()).to_string())),
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
