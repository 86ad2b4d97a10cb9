//! Cardinals of a language by its rules of composition: words → number and back.

use std::collections::BTreeMap;

use super::data;
use super::words::{alternatives, any, phrase, phrases, said};
use crate::es::number::Read;
use crate::es::text::Text;

/// How a number agrees with what it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agreement {
    Alone,
    Masculine,
    Feminine,
}

#[derive(Debug)]
struct Step {
    at: u32,
    span: u32,
    alone: Vec<String>,
    /// Before the rest: alone, or as they are joined («hogeita», «cento»).
    heads: Vec<String>,
    word: String,
    join: String,
}

/// The cardinals of a language.
#[derive(Debug)]
pub(crate) struct Numbers {
    units: Vec<(String, Vec<String>)>,
    steps: Vec<Step>,
    thousand: data::Thousand,
    thousand_words: Vec<String>,
    thousand_one: Vec<String>,
    links: Vec<String>,
    pub minus: String,
    minus_heard: Vec<String>,
    mark: String,
    pub articles: Vec<String>,
    pub halves: Vec<String>,
    masculine: BTreeMap<String, String>,
    feminine: BTreeMap<String, String>,
    cases: BTreeMap<String, Case>,
}

#[derive(Debug)]
struct Case {
    /// Folded last word → its folded form.
    heard: BTreeMap<String, Vec<String>>,
    said: BTreeMap<String, String>,
    suffixes: Vec<String>,
}

impl Numbers {
    pub fn new(number: data::Number, cases: BTreeMap<String, data::Case>) -> Self {
        let ends: Vec<u32> = number.steps.iter().skip(1).map(|s| s.at).chain([1000]).collect();
        let steps = number.steps.into_iter().zip(ends).map(|(s, end)| {
            let alone = alternatives(&s.word);
            let mut heads = alone.clone();
            heads.extend(s.join.split("{r}").next().map(phrase).filter(|p| !p.is_empty()));
            heads.sort_by_key(|h| std::cmp::Reverse(h.split(' ').count()));
            heads.dedup();
            Step {
                at: s.at,
                span: end - s.at.min(end),
                alone,
                heads,
                word: said(&s.word).to_owned(),
                join: s.join,
            }
        });
        Self {
            units: number.units.iter().map(|u| (said(u).to_owned(), alternatives(u))).collect(),
            steps: steps.collect(),
            thousand_words: alternatives(&number.thousand.word),
            thousand_one: alternatives(&number.thousand.one),
            thousand: number.thousand,
            links: phrases(&number.links),
            minus: said(&number.minus).to_owned(),
            minus_heard: alternatives(&number.minus),
            mark: number.mark,
            articles: phrases(&number.articles),
            halves: phrases(&number.halves),
            masculine: number.masculine,
            feminine: number.feminine,
            cases: cases.into_iter().map(|(name, case)| (name, Case::new(case))).collect(),
        }
    }

    pub fn has_case(&self, name: &str) -> bool {
        self.cases.contains_key(name)
    }

    /// Whether a minus stands right before `i`; then where.
    pub fn minus_before(&self, text: &Text, i: usize) -> Option<usize> {
        let before = i.checked_sub(1)?;
        let sign = text.word(before) == "-" && text.glued(i);
        (sign || any(text, before, &self.minus_heard) == Some(i)).then_some(before)
    }

    /// A cardinal at `i`: words, figures, or figures and «thousand».
    pub fn cardinal(&self, text: &Text, i: usize) -> Option<Read> {
        self.read(text, i, None)
    }

    /// A cardinal whose last word is in a case.
    pub fn declined(&self, text: &Text, i: usize, case: &str) -> Option<Read> {
        self.read(text, i, Some(self.cases.get(case)?))
    }

    /// Whether a case is written so after figures.
    pub fn suffix(&self, case: &str, written: &str) -> bool {
        self.cases.get(case).is_some_and(|c| c.suffixes.iter().any(|s| s == written))
    }

    /// Under a hundred, in words or figures.
    pub fn small(&self, text: &Text, i: usize) -> Option<Read> {
        self.figures(text, i).or_else(|| self.words_under(text, i, 100, None))
    }

    fn read(&self, text: &Text, i: usize, case: Option<&Case>) -> Option<Read> {
        let thousands = |at: usize| any(text, at, &self.thousand_words);
        let head = self.figures(text, i).or_else(|| self.words_under(text, i, 1000, None));
        let multiplied = head
            .filter(|h| h.value > 0)
            .and_then(|h| Some((h.value, thousands(h.next)?)))
            .or_else(|| Some((1, any(text, i, &self.thousand_one).or_else(|| thousands(i))?)));
        if let Some((q, next)) = multiplied {
            let link = any(text, next, &self.links).unwrap_or(next);
            let rest = |at: usize| {
                self.words_under(text, at, 1000, case).filter(|r| r.value > 0 && thousands(r.next).is_none())
            };
            if let Some(low) = rest(link).or_else(|| rest(next)) {
                return Some(Read { value: q.checked_mul(1000)?.checked_add(low.value)?, next: low.next });
            }
            if case.is_none() {
                return Some(Read { value: q.checked_mul(1000)?, next });
            }
        }
        let Some(case) = case else { return head };
        if let Some(read) = self.figures(text, i) {
            let suffixed = text.glued(read.next) && case.suffixes.iter().any(|s| s == text.word(read.next));
            return suffixed.then_some(Read { next: read.next + 1, ..read });
        }
        // «bi milako»: the thousand itself in its case.
        let in_case = |at: usize| case.any(text, at, &self.thousand_words);
        let round = match head {
            Some(h) => in_case(h.next).map(|next| (h.value, next)),
            None => in_case(i).map(|next| (1, next)),
        };
        if let Some((q, next)) = round {
            return Some(Read { value: q.checked_mul(1000)?, next });
        }
        self.words_under(text, i, 1000, Some(case))
    }

    /// Words for less than `limit` at `i`, the longest.
    fn words_under(&self, text: &Text, i: usize, limit: u32, case: Option<&Case>) -> Option<Read> {
        let last = |at: usize, p: &[String]| case.map_or_else(|| any(text, at, p), |c| c.any(text, at, p));
        let mut best: Option<Read> = None;
        let mut keep = |value: u32, next: usize| {
            if best.is_none_or(|b| next > b.next) {
                best = Some(Read { value: i64::from(value), next });
            }
        };
        for (n, (_, forms)) in (0..limit.min(20)).zip(&self.units) {
            if let Some(next) = last(i, forms) {
                keep(n, next);
            }
        }
        for step in self.steps.iter().filter(|s| s.at < limit) {
            if let Some(next) = last(i, &step.alone) {
                keep(step.at, next);
            }
            for head in &step.heads {
                let Some(next) = text.phrase(i, head) else { continue };
                let link = any(text, next, &self.links).unwrap_or(next);
                let rest = self
                    .words_under(text, link, step.span, case)
                    .or_else(|| self.words_under(text, next, step.span, case))
                    .filter(|r| r.value > 0);
                if let Some(rest) = rest
                    && let Ok(low) = u32::try_from(rest.value)
                {
                    keep(step.at + low, rest.next);
                }
            }
        }
        best
    }

    /// Figures at `i`, with their mark between thousands.
    pub fn figures(&self, text: &Text, i: usize) -> Option<Read> {
        let first = text.get(i).filter(|_| text.is_number(i))?;
        let mut digits = first.text.clone();
        let mut next = i + 1;
        let group = |at: usize| {
            text.word(at) == self.mark
                && text.glued(at)
                && text.glued(at + 1)
                && text.is_number(at + 1)
                && text.word(at + 1).len() == 3
        };
        if digits.len() <= 3 && !digits.starts_with('0') {
            while group(next) {
                digits.push_str(text.word(next + 1));
                next += 2;
            }
        }
        Some(Read { value: digits.parse().ok()?, next })
    }

    /// In words; figures where the language's data does not reach.
    pub fn say(&self, n: i64, agreement: Agreement) -> String {
        let Ok(size) = u32::try_from(n.unsigned_abs()) else { return n.to_string() };
        let words = match size {
            0..1000 => self.say_under(size, agreement),
            1000..1_000_000 => self.say_thousands(size, agreement),
            _ => return n.to_string(),
        };
        if n < 0 { format!("{} {words}", self.minus) } else { words }
    }

    /// In words, the last one in a case.
    pub fn say_in(&self, n: u32, case: &str) -> String {
        let words = self.say(i64::from(n), Agreement::Alone);
        let (before, last) = words.rsplit_once(' ').unwrap_or(("", &words));
        let declined = self.cases.get(case).and_then(|c| c.said.get(last)).map_or(last, String::as_str);
        if before.is_empty() { declined.to_owned() } else { format!("{before} {declined}") }
    }

    fn say_thousands(&self, n: u32, agreement: Agreement) -> String {
        let (q, r) = (n / 1000, n % 1000);
        let own = if agreement == Agreement::Feminine { agreement } else { Agreement::Masculine };
        let head = match q {
            1 => said(&self.thousand.one).to_owned(),
            _ => format!("{} {}", self.say_under(q, own), said(&self.thousand.word)),
        };
        let join = match r {
            0 => return head,
            1..100 => &self.thousand.join_low,
            _ if r.is_multiple_of(100) => &self.thousand.join_hundreds,
            _ => &self.thousand.join,
        };
        join.replace("{q}", &head).replace("{r}", &self.say_under(r, agreement))
    }

    fn say_under(&self, n: u32, agreement: Agreement) -> String {
        if let Some((word, _)) = usize::try_from(n).ok().and_then(|n| self.units.get(n)) {
            return self.agreed(word, agreement);
        }
        let Some(step) = self.steps.iter().rev().find(|s| s.at <= n) else { return n.to_string() };
        let word = self.agreed(&step.word, agreement);
        match n - step.at {
            0 => word,
            r => step.join.replacen(&step.word, &word, 1).replace("{r}", &self.say_under(r, agreement)),
        }
    }

    fn agreed(&self, word: &str, agreement: Agreement) -> String {
        let table = match agreement {
            Agreement::Alone => return word.to_owned(),
            Agreement::Masculine => &self.masculine,
            Agreement::Feminine => &self.feminine,
        };
        table.get(word).cloned().unwrap_or_else(|| word.to_owned())
    }
}

impl Case {
    fn new(case: data::Case) -> Self {
        let heard = case.words.iter().map(|(word, form)| (phrase(word), alternatives(form))).collect();
        let said = case.words.iter().map(|(word, form)| (word.clone(), said(form).to_owned())).collect();
        Self { heard, said, suffixes: phrases(&case.suffixes) }
    }

    /// One of `phrases` at `i` with its last word in this case.
    fn any(&self, text: &Text, i: usize, phrases: &[String]) -> Option<usize> {
        phrases.iter().find_map(|p| {
            let (before, last) = p.rsplit_once(' ').map_or((None, p.as_str()), |(b, l)| (Some(b), l));
            let at = before.map_or(Some(i), |b| text.phrase(i, b))?;
            self.heard.get(last)?.iter().find_map(|form| text.phrase(at, form))
        })
    }
}
