//! Compiles what a question expects into one automaton over words.

use std::ops::RangeInclusive;
use std::sync::OnceLock;

use super::automaton::{ANSWER, Automaton, Builder, PHRASE};
use super::letters::tokens;
use super::lexicon::{Lexicon, LocalWords};
use super::template::{Rule, Rules};
use crate::{Expectation, Grammar};

/// Digits a grammar may ask for at most.
const MOST_DIGITS: u8 = 40;
/// Digits of a plate.
const PLATE_DIGITS: u8 = 4;
/// Digits of a DNI before its letter, and of a NIE between its letters.
const DNI_DIGITS: u8 = 8;
const NIE_DIGITS: u8 = 7;

/// The rules that ship: names first, for the answers are made of them.
const RULES: &str = concat!(include_str!("es_names.grammar"), "\n", include_str!("es.grammar"));

/// The rules of `es_names.grammar` and `es.grammar`.
pub fn rules() -> &'static Rules {
    static READ: OnceLock<Rules> = OnceLock::new();
    // A mistake in a file that ships is caught by the test below.
    READ.get_or_init(|| Rules::parse(RULES).unwrap_or_default())
}

/// What a question expects, ready for the search.
pub struct Compiled {
    /// The answers and phrases.
    pub automaton: Automaton,
    /// Words that the base lexicon lacks, and a tree of all words of the expectation.
    pub words: LocalWords,
    /// Whether what was not expected is as welcome.
    pub open: bool,
}

impl Compiled {
    /// Compiles an expectation over the base lexicon; a word of a grammar costs `word_cost`.
    pub fn new(expect: &Expectation, base: &'static Lexicon, word_cost: f32) -> Self {
        let mut words = LocalWords::new(base);
        let mut builder = Builder::default();
        let values = values_of(expect);
        for grammar in &expect.grammars {
            add_grammar(&mut builder, grammar, &mut words);
        }
        for phrase in &expect.phrases {
            builder.inside = false;
            let end = builder.add(0, &phrase_rule(phrase, &values), &mut |w| words.number(w));
            builder.accept(end, PHRASE);
        }
        let automaton = builder.determine(&|w| words.letters(w).to_vec(), word_cost);
        words.plant(expect.phrases.iter().map(String::as_str).chain(values.iter().map(String::as_str)));
        Self { automaton, words, open: expect.open }
    }
}

fn values_of(expect: &Expectation) -> Vec<String> {
    let lists = expect.grammars.iter().filter_map(|g| match g {
        Grammar::List(values) => Some(values.clone()),
        _ => None,
    });
    lists.flatten().collect()
}

/// A phrase as a rule; a `{slot}` in it is any value of the lists expected, or nothing.
fn phrase_rule(phrase: &str, values: &[String]) -> Rule {
    let part = |token: String| {
        if !token.starts_with('{') {
            return Rule::Word(token);
        }
        Rule::Opt(Box::new(Rule::Alt(values.iter().map(|v| Rule::sentence(tokens(v))).collect())))
    };
    Rule::Seq(tokens(phrase).into_iter().map(part).collect())
}

fn rule(name: &str) -> Rule {
    rules().get(name).cloned().unwrap_or(Rule::Seq(Vec::new()))
}

fn template(text: &str) -> Rule {
    rules().template(text).unwrap_or(Rule::Seq(Vec::new()))
}

fn add_grammar(b: &mut Builder, grammar: &Grammar, words: &mut LocalWords) {
    match grammar {
        Grammar::YesNo => {
            // "No" and "sí" are the answer here, not a hesitation before it.
            let yes_no = template("[pues | eh | ah | bueno | hombre | mire] <yesno> {<yesno>} [<please>]");
            b.inside = false;
            close(b, 0, &yes_no, words);
        }
        Grammar::Digits { min, max } => add_digits(b, (*min).max(1), (*max).min(MOST_DIGITS), words),
        Grammar::Nif => add_nif(b, words),
        Grammar::Plate => add_plate(b, words),
        Grammar::Name => {
            let at = lead(b, "lead_name", words);
            let given = template("<given> {[<particle>] <given>}");
            let family = template("[<particle>] <surname>");
            let whole = add_open(b, at, &[given, family.clone(), family], words);
            ended(b, whole, words);
        }
        Grammar::Address => {
            let at = lead(b, "lead_address", words);
            add_open(b, at, &[template("<way>"), template("[<particle>] <street>"), rule("house")], words);
            // After a street that no list has.
            add_open(b, 0, &[rule("house")], words);
            add_open(b, 0, &[rule("within")], words);
        }
        Grammar::Email => {
            let at = lead(b, "lead_mail", words);
            let name = template("(<given> | <surname>) {[<joint>] (<given> | <surname>)}");
            let host = template("arroba <company> punto <host>");
            let local = add_open(b, at, &[name], words);
            add_open(b, local, &[template("[<number>]"), host.clone()], words);
            // After a name that no list has; and the end of a host of one's own.
            add_open(b, 0, &[host], words);
            add_open(b, 0, &[template("punto <host>")], words);
        }
        Grammar::Date => framed(b, "lead", &rule("dates"), words),
        Grammar::Time => framed(b, "lead", &template("<time> | <span> | <part>"), words),
        Grammar::Number => framed(b, "lead_digits", &rule("number"), words),
        Grammar::Ordinal => framed(b, "lead_choice", &rule("option"), words),
        Grammar::List(values) => {
            let all = values.iter().map(|v| value(v, values)).collect();
            let article = template("el | la | los | las | un | una | lo del | lo de | al | del");
            let value = Rule::Alt(all).between(article, Rule::Seq(Vec::new()));
            b.inside = false;
            let at = lead(b, "lead", words);
            close(b, at, &value, words);
        }
    }
}

/// A value of a list; callers go on after it where another one begins with the same words.
fn value(value: &str, all: &[String]) -> Rule {
    let words: Vec<String> = tokens(value);
    let longer = |other: &String| {
        let other = tokens(other);
        other.len() > words.len() && other.starts_with(&words)
    };
    let rule = Rule::sentence(words.iter().cloned());
    if all.iter().any(longer) { Rule::More(Box::new(rule)) } else { rule }
}

/// Adds the words people put before an answer; gives the state in which the answer starts.
fn lead(b: &mut Builder, name: &str, words: &mut LocalWords) -> u32 {
    b.inside = false;
    b.add(0, &Rule::Opt(Box::new(rule(name))), &mut |w| words.number(w))
}

/// Adds the answer itself and the courtesies after it.
fn close(b: &mut Builder, from: u32, answer: &Rule, words: &mut LocalWords) {
    let end = b.add(from, answer, &mut |w| words.number(w));
    ended(b, end, words);
}

fn ended(b: &mut Builder, end: u32, words: &mut LocalWords) {
    b.accept(end, ANSWER);
    b.inside = false;
    let polite = b.add(end, &rule("please"), &mut |w| words.number(w));
    b.accept(polite, ANSWER);
}

fn framed(b: &mut Builder, before: &str, answer: &Rule, words: &mut LocalWords) {
    let at = lead(b, before, words);
    b.inside = true;
    close(b, at, answer, words);
}

/// Adds parts one after another, after each of which any other words may follow: names have no end that could be
/// known. Gives the state after the last.
fn add_open(b: &mut Builder, from: u32, parts: &[Rule], words: &mut LocalWords) -> u32 {
    b.inside = false;
    parts.iter().fold(from, |at, part| {
        let end = b.add(at, part, &mut |w| words.number(w));
        b.accept(end, PHRASE);
        end
    })
}

/// States for 0..=`count` digits heard from `from` on, with every way to say them in between.
fn digit_ladder(b: &mut Builder, from: u32, count: u8, words: &mut LocalWords) -> Vec<u32> {
    let groups = [
        (1, rule("digit")),
        (2, rule("pair")),
        (2, template("doble <digit>")),
        (3, rule("triple")),
        (3, template("triple <digit>")),
    ];
    let mut ladder = vec![from];
    ladder.extend((0..count).map(|_| b.state()));
    b.inside = true;
    for (heard, &at) in ladder.iter().enumerate() {
        for (size, group) in &groups {
            if let Some(&to) = ladder.get(heard + size) {
                let end = b.add(at, group, &mut |w| words.number(w));
                b.join(end, to);
            }
        }
    }
    ladder
}

fn add_digits(b: &mut Builder, min: u8, max: u8, words: &mut LocalWords) {
    let at = lead(b, "lead_digits", words);
    let start = b.state();
    b.join(at, start);
    let ladder = digit_ladder(b, start, max, words);
    let end = b.state();
    for (heard, state) in ladder.into_iter().enumerate().skip(usize::from(min)) {
        b.join(state, end);
        if heard < usize::from(max) {
            b.more(state);
        }
    }
    ended(b, end, words);
}

fn add_nif(b: &mut Builder, words: &mut LocalWords) {
    let at = lead(b, "lead_nif", words);
    let plain = b.state();
    b.join(at, plain);
    let digits = digit_ladder(b, plain, DNI_DIGITS, words);
    let before_letter = b.state();
    if let Some(&last) = digits.last() {
        b.join(last, before_letter);
    }
    let whole = b.add(plain, &rule("millions"), &mut |w| words.number(w));
    b.join(whole, before_letter);
    let foreign = b.add(at, &rule("foreign"), &mut |w| words.number(w));
    if let Some(&last) = digit_ladder(b, foreign, NIE_DIGITS, words).last() {
        b.join(last, before_letter);
    }
    b.inside = true;
    let end = b.add(before_letter, &template("[<link_letter>] <letter>"), &mut |w| words.number(w));
    ended(b, end, words);
}

/// Four digits and three letters, or a province, four digits and one or two letters.
fn add_plate(b: &mut Builder, words: &mut LocalWords) {
    let at = lead(b, "lead_plate", words);
    add_registration(b, at, ("consonant", 3..=3), words);
    b.inside = true;
    let province = b.add(at, &template("<letter> [<letter>]"), &mut |w| words.number(w));
    add_registration(b, province, ("letter", 1..=2), words);
}

/// Four digits, and so many letters of a rule.
fn add_registration(
    b: &mut Builder,
    from: u32,
    (letter, count): (&str, RangeInclusive<usize>),
    words: &mut LocalWords,
) {
    let digits = digit_ladder(b, from, PLATE_DIGITS, words);
    let mut end = b.add(from, &template("<thousands> [<below1000>]"), &mut |w| words.number(w));
    if let Some(&last) = digits.last() {
        b.join(last, end);
    }
    for n in 1..=*count.end() {
        b.inside = true;
        end = b.add(end, &rule(letter), &mut |w| words.number(w));
        if count.contains(&n) {
            ended(b, end, words);
            if n < *count.end() {
                b.more(end);
            }
        }
    }
}

#[cfg(test)]
#[path = "grammar_tests.rs"]
mod tests;
