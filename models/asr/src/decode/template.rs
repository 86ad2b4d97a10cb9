//! The little language in which answers are written: words, `( a | b )`, `[ optional ]`,
//! `{ any number of times }` and `<name>` of another rule; `~` after any of these says that callers often go on there.
//! `es.grammar` is written in it.

use std::collections::HashMap;

/// A set of word sequences.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// One word.
    Word(String),
    /// One after the other.
    Seq(Vec<Rule>),
    /// One of them.
    Alt(Vec<Rule>),
    /// Or nothing.
    Opt(Box<Rule>),
    /// None, one or more times.
    Many(Box<Rule>),
    /// This, after which more of the answer may well come, though it may be whole («el jueves»).
    More(Box<Rule>),
}

impl Rule {
    /// The words of a plain sentence, in order.
    pub fn sentence<S: Into<String>>(words: impl IntoIterator<Item = S>) -> Self {
        Rule::Seq(words.into_iter().map(|w| Rule::Word(w.into())).collect())
    }

    /// This, preceded by any of `lead` and followed by any of `tail`, all optional.
    pub fn between(self, lead: Rule, tail: Rule) -> Self {
        Rule::Seq(vec![Rule::Opt(Box::new(lead)), self, Rule::Opt(Box::new(tail))])
    }
}

/// Named rules. A rule may use only those above it, so none is endless.
#[derive(Debug, Default)]
pub struct Rules(HashMap<String, Rule>);

impl Rules {
    /// Reads lines `name: template`; a line that starts with white space goes on with the one
    /// before it, `#` starts a comment.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut joined: Vec<String> = Vec::new();
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default();
            match joined.last_mut() {
                Some(last) if line.starts_with(' ') => last.push_str(line),
                _ if line.trim().is_empty() => {}
                _ => joined.push(line.to_string()),
            }
        }
        let mut rules = Self::default();
        for line in joined {
            let (name, template) = line.split_once(':').ok_or(format!("no `name:` in `{line}`"))?;
            let rule = rules.template(template).map_err(|e| format!("rule {name}: {e}"))?;
            rules.0.insert(name.trim().to_string(), rule);
        }
        Ok(rules)
    }

    /// The rule of that name.
    pub fn get(&self, name: &str) -> Option<&Rule> {
        self.0.get(name)
    }

    /// Reads one template.
    pub fn template(&self, text: &str) -> Result<Rule, String> {
        let mut parser = Parser { rules: self, rest: text };
        let rule = parser.alternatives()?;
        if parser.peek().is_some() {
            return Err(format!("nothing opens what closes at `{}`", parser.rest));
        }
        Ok(rule)
    }
}

struct Parser<'a> {
    rules: &'a Rules,
    rest: &'a str,
}

impl Parser<'_> {
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn take(&mut self, n: usize) -> &str {
        let (head, tail) = self.rest.split_at(n.min(self.rest.len()));
        self.rest = tail;
        head
    }

    fn close(&mut self, with: char) -> Result<(), String> {
        if self.peek() == Some(with) {
            self.take(1);
            return Ok(());
        }
        Err(format!("`{with}` is missing before `{}`", self.rest))
    }

    fn alternatives(&mut self) -> Result<Rule, String> {
        let mut all = vec![self.sequence()?];
        while self.peek() == Some('|') {
            self.take(1);
            all.push(self.sequence()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Rule::Alt(all) })
    }

    fn sequence(&mut self) -> Result<Rule, String> {
        let mut all = Vec::new();
        while let Some(c) = self.peek() {
            let part = match c {
                '|' | ')' | ']' | '}' => break,
                '(' | '[' | '{' => self.group(c)?,
                '<' => self.reference()?,
                _ => {
                    let stop = |c: char| c.is_whitespace() || "()[]{}<>|~".contains(c);
                    let end = self.rest.find(stop).unwrap_or(self.rest.len());
                    if end == 0 {
                        return Err(format!("`{}` is not understood", self.rest));
                    }
                    Rule::Word(self.take(end).to_string())
                }
            };
            let more = self.rest.starts_with('~');
            if more {
                self.take(1);
            }
            all.push(if more { Rule::More(Box::new(part)) } else { part });
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Rule::Seq(all) })
    }

    fn group(&mut self, open: char) -> Result<Rule, String> {
        self.take(1);
        let inner = self.alternatives()?;
        Ok(match open {
            '[' => {
                self.close(']')?;
                Rule::Opt(Box::new(inner))
            }
            '{' => {
                self.close('}')?;
                Rule::Many(Box::new(inner))
            }
            _ => {
                self.close(')')?;
                inner
            }
        })
    }

    fn reference(&mut self) -> Result<Rule, String> {
        self.take(1);
        let end = self.rest.find('>').ok_or("`>` is missing")?;
        let name = self.take(end).to_string();
        self.take(1);
        self.rules.get(&name).cloned().ok_or(format!("rule <{name}> is not defined above"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_read_and_their_mistakes_named() {
        let rules = Rules::parse("n: uno | dos\nx: el <n> [y <n>] # comment\n  {por favor}").unwrap();
        let Some(Rule::Seq(parts)) = rules.get("x") else { panic!() };
        assert_eq!(parts.len(), 4);
        let more = Rules::parse("n: uno~ [dos]").unwrap();
        let one = Rule::More(Box::new(Rule::Word("uno".into())));
        assert_eq!(more.get("n"), Some(&Rule::Seq(vec![one, Rule::Opt(Box::new(Rule::Word("dos".into())))])));
        assert!(Rules::parse("x: (uno").unwrap_err().contains("`)` is missing"));
        assert!(Rules::parse("x: <y>").unwrap_err().contains("<y> is not defined"));
        assert!(Rules::parse("x: uno]").unwrap_err().contains("nothing opens"));
    }
}
