//! Spanish values against cases written by others, counted as their authors expect.
//!
//! The cases are read in place; nothing is copied. Conventions of a suite that are options of ours (its
//! parts of the day, no opening hours) are set as options. A case is passed only if the one expression found
//! is the expected one, at its grain or finer. What is left out is counted beside it, with the reason.

mod cases;
mod exclusions;
mod forms;

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{NaiveDate, NaiveTime, Timelike};
use nlu::es::extract;
use nlu::es::time::{Open, When, whens};
use nlu::{Context, DayParts, Kind, Opening, Value};

use crate::stats::line as print;
use cases::{Expected, duckling, rustling};
use e2e::server::{Trouble, trouble};

/// Both suites' moment, a Tuesday, and their parts of the day.
fn reference() -> Option<Context> {
    let now = NaiveDate::from_ymd_opt(2013, 2, 12)?.and_hms_opt(4, 30, 0)?;
    Some(Context {
        now,
        parts: DayParts {
            madrugada: (0, 6),
            manana: (4, 12),
            mediodia: (12, 15),
            tarde: (12, 19),
            noche: (18, 24),
        },
        opening: Opening { week: Default::default() },
        past: false,
    })
}

fn agrees(got: &[(When, std::ops::Range<usize>)], expected: &Expected) -> bool {
    let [(when, _)] = got else { return false };
    match expected {
        Expected::Moment(at, grain) => when.from == *at && when.grain <= *grain && when.moment,
        Expected::Span(from, to) => when.from == *from && when.to == *to,
        Expected::After(at) => when.from == *at && when.open == Open::After,
    }
}

#[derive(Default)]
struct Count {
    passed: usize,
    failed: Vec<String>,
    /// Cases that are no value of ours to read, by reason.
    excluded: BTreeMap<String, usize>,
}

impl Count {
    fn add(&mut self, pass: bool, line: impl FnOnce() -> String) {
        if pass { self.passed += 1 } else { self.failed.push(line()) }
    }

    fn exclude(&mut self, why: &str) {
        *self.excluded.entry(why.to_owned()).or_default() += 1;
    }

    fn print(&self, name: &str, failures: bool) {
        let total = self.passed + self.failed.len();
        let share = 100.0 * self.passed as f64 / total.max(1) as f64;
        let out: usize = self.excluded.values().sum();
        let left_out = 100.0 * out as f64 / (total + out).max(1) as f64;
        let why: Vec<String> = self.excluded.iter().map(|(why, n)| format!("{n} {why}")).collect();
        let why = why.join("; ");
        print(format!("| {name} | {} of {total} | {share:.1} % | {left_out:.1} % {why} |", self.passed));
        if failures {
            self.failed.iter().for_each(|f| print(format!("    {f}")));
        }
    }
}

/// A suite, the group of its cases that are times, and how it writes what it expects.
struct Suite<'a> {
    name: &'a str,
    group: &'a str,
    parse: fn(&str) -> Option<Expected>,
}

fn times(suites: &Path, suite: &Suite, context: &Context) -> std::io::Result<Count> {
    let mut count = Count::default();
    for line in std::fs::read_to_string(suites.join(format!("{}-es/cases.tsv", suite.name)))?.lines().skip(1)
    {
        let mut columns = line.splitn(3, '\t');
        let (Some(group), Some(value), Some(text)) = (columns.next(), columns.next(), columns.next()) else {
            continue;
        };
        if group != suite.group {
            continue;
        }
        if let Some(why) = exclusions::reason(suite.name, text, value) {
            count.exclude(why);
            continue;
        }
        let Some(expected) = (suite.parse)(value) else {
            count.exclude("not an instant or a stretch");
            continue;
        };
        let got = whens(text, context);
        count.add(agrees(&got, &expected), || format!("{text} → {} (expected {value})", cases::show(&got)));
    }
    Ok(count)
}

/// The digits of a text.
fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// NeMo's inverse normalisation, by value: what its target writes in figures.
fn nemo(path: &Path, kind: &Kind, context: &Context) -> std::io::Result<Count> {
    let mut count = Count::default();
    for line in std::fs::read_to_string(path)?.lines() {
        let Some((spoken, written)) = line.split_once('~') else { continue };
        let want = digits(written);
        if want.is_empty() {
            count.exclude("target without figures");
            continue;
        }
        if want.len() > 18 {
            count.exclude("beyond a 64-bit number");
            continue;
        }
        let found = extract(kind, spoken, context);
        let got: String = match kind {
            Kind::Number => found.iter().map(|f| f.value.to_string()).collect::<Vec<_>>().join(" "),
            _ => found.first().map(|f| f.value.to_string()).unwrap_or_default(),
        };
        let pass = match kind {
            Kind::Number => got.contains('-') == written.starts_with('-') && digits(&got) == want,
            Kind::Hora => {
                hour(written).is_some_and(|t| found.first().is_some_and(|f| same_hour(&f.value, t, written)))
            }
            Kind::Fecha => day(written, &got),
            _ => digits(&got) == want,
        };
        count.add(pass, || format!("{spoken} → {got} (expected {written})"));
    }
    Ok(count)
}

/// The hour that «la 1:10 p.m.» writes; with no half of the day, as it stands.
fn hour(written: &str) -> Option<NaiveTime> {
    let at = written.find(':')?;
    let h: u32 = written.get(..at)?.rsplit(' ').next()?.parse().ok()?;
    let m: u32 = written.get(at + 1..at + 3)?.parse().ok()?;
    let h = if written.contains("p.m.") && h < 12 {
        h + 12
    } else if written.contains("a.m.") && h == 12 {
        0
    } else {
        h
    };
    NaiveTime::from_hms_opt(h, m, 0)
}

/// A target with no half of the day stands for both.
fn same_hour(got: &Value, want: NaiveTime, written: &str) -> bool {
    let Value::Time(got) = got else { return false };
    let half_said = written.contains(".m.");
    got.minute() == want.minute()
        && (got.hour() == want.hour() || (!half_said && got.hour() % 12 == want.hour() % 12))
}

/// Whether «31 de diciembre de 1992» says the day and, if there, the year.
fn day(written: &str, got: &str) -> bool {
    let numbers: Vec<&str> =
        written.split_whitespace().filter(|w| w.bytes().all(|b| b.is_ascii_digit())).collect();
    let day = numbers.first().is_some_and(|d| got.ends_with(&format!("-{d:0>2}")));
    day && numbers.get(1).is_none_or(|y| got.starts_with(y))
}

/// text2num: whole numbers and what is none.
fn text2num(path: &Path, context: &Context) -> std::io::Result<Count> {
    let mut count = Count::default();
    for line in std::fs::read_to_string(path)?.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [kind, input, expected] = columns.as_slice() else { continue };
        let whole = |k: &Kind| {
            extract(k, input, context)
                .first()
                .filter(|f| f.span == (0..input.len()))
                .map(|f| f.value.to_string())
        };
        match *kind {
            "assert_text2digits" if expected.contains('/') => count.exclude("fractions"),
            "assert_text2digits" if expected.contains(['º', 'ª', 'ᵃ', 'ᵒ']) => {
                let got = whole(&Kind::Ordinal);
                count.add(got.as_deref() == Some(&digits(expected)), || {
                    format!("{input} → {got:?} (expected {expected})")
                });
            }
            "assert_text2digits" if expected.len() > 1 && expected.starts_with('0') => {
                let got = whole(&Kind::Digits { min: expected.len(), max: expected.len() });
                count.add(got.as_deref() == Some(*expected), || {
                    format!("{input} → {got:?} (expected {expected})")
                });
            }
            "assert_text2digits" => {
                let got = whole(&Kind::Number);
                count.add(got.as_deref() == Some(*expected), || {
                    format!("{input} → {got:?} (expected {expected})")
                });
            }
            "assert_invalid" => {
                let (n, o) = (whole(&Kind::Number), whole(&Kind::Ordinal));
                count.add(n.is_none() && o.is_none(), || format!("{input} → {n:?} {o:?} (expected none)"));
            }
            _ => count.exclude("rewriting of sentences"),
        }
    }
    Ok(count)
}

/// Every suite of the folder; `failures` lists the cases that are not passed.
pub fn run(suites: &Path, failures: bool) -> Result<(), Trouble> {
    all(suites, failures).map_err(trouble("the cases of others"))
}

fn all(suites: &Path, failures: bool) -> std::io::Result<()> {
    if !suites.is_dir() {
        print(format!("no suites at {}: give their folder with --suites", suites.display()));
        return Ok(());
    }
    let context = reference().ok_or_else(|| std::io::Error::other("no such moment"))?;
    print("| cases of others | read as expected | share | left out |\n|---|---|---|---|");
    let duck = times(suites, &Suite { name: "duckling", group: "Time", parse: duckling }, &context)?;
    let rust =
        times(suites, &Suite { name: "rustling", group: "examples_datetime", parse: rustling }, &context)?;
    duck.print("duckling-es, time", failures);
    rust.print("rustling-es, datetime", failures);
    let (passed, total) =
        (duck.passed + rust.passed, duck.passed + rust.passed + duck.failed.len() + rust.failed.len());
    let out: usize = duck.excluded.values().chain(rust.excluded.values()).sum();
    let (share, left_out) = (100.0 * passed as f64 / total as f64, 100.0 * out as f64 / (total + out) as f64);
    print(format!("| both | {passed} of {total} | {share:.1} % | {left_out:.1} % |"));
    text2num(&suites.join("text2num-es/cases.tsv"), &context)?.print("text2num-es", failures);
    let itn = suites.join("nemo-es/itn");
    for (name, kind) in [
        ("cardinal", Kind::Number),
        ("telephone", Kind::Digits { min: 8, max: 14 }),
        ("time", Kind::Hora),
        ("date", Kind::Fecha),
    ] {
        nemo(&itn.join(format!("test_cases_{name}.txt")), &kind, &context)?
            .print(&format!("nemo itn {name}, by value"), failures);
    }
    let tn = suites.join("nemo-es/tn");
    let (itn_money, tn_money) = (itn.join("test_cases_money.txt"), tn.join("test_cases_money.txt"));
    forms::money(&itn_money, true, false, &context)?.print("nemo itn money, by value", failures);
    forms::money(&tn_money, false, false, &context)?.print("nemo tn money, said", failures);
    forms::money(&tn_money, false, true, &context)?.print("nemo tn money, written", failures);
    forms::email(&itn.join("test_cases_electronic.txt"), true, &context)?
        .print("nemo itn e-mail, by value", failures);
    forms::email(&tn.join("test_cases_electronic.txt"), false, &context)?
        .print("nemo tn e-mail, said", failures);
    for (suite, group) in [
        ("duckling", "AmountOfMoney"),
        ("rustling", "examples_finance"),
        ("duckling", "Duration"),
        ("rustling", "examples_durations"),
        ("rustling", "examples_percentage"),
    ] {
        forms::cases(&suites.join(format!("{suite}-es/cases.tsv")), group, &context)?
            .print(&format!("{suite}-es, {}", group.trim_start_matches("examples_")), failures);
    }
    Ok(())
}
