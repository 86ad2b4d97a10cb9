//! Amounts, e-mail addresses, lengths of time and percentages, by value.
//!
//! Only euros are amounts of ours: cases in other money are read with «euros» and
//! «céntimos» in place of its names, which tries the grammar of amounts and no more.

use std::path::Path;

use nlu::es::extract;
use nlu::{Context, Kind, Value};

use super::Count;

/// Names of other money and what stands for them, longest first.
const MONEY: &[(&str, &[&str])] = &[
    (
        "euros",
        &[
            "dólares de trinidad y tobago",
            "dólares de hong kong",
            "dólares estadounidenses",
            "dólares americanos",
            "pesos mexicanos",
            "colones costarricenses",
            "francos suizos",
            "dólares",
            "córdobas",
            "balboas",
            "quetzales",
            "rupias",
            "coronas",
            "colones",
            "francos",
            "pesetas",
            "libras",
            "marcos",
            "wones",
            "yenes",
            "pesos",
        ],
    ),
    (
        "euro",
        &[
            "dólar de hong kong",
            "colón costarricense",
            "florín arubeño",
            "real brasileño",
            "peso boliviano",
            "franco suizo",
            "lempira",
            "quetzal",
            "corona",
            "rupia",
            "franco",
            "peseta",
            "colón",
            "dólar",
            "marco",
            "libra",
            "real",
            "peso",
            "won",
            "yen",
        ],
    ),
    ("céntimos", &["centavos", "peniques"]),
    ("céntimo", &["centavo", "penique"]),
];

/// The same words in euros.
fn in_euros(said: &str) -> String {
    let mut said = format!(" {said} ");
    for (name, others) in MONEY {
        for other in *others {
            said = said.replace(&format!(" {other} "), &format!(" {name} "));
        }
    }
    said.trim().to_owned()
}

/// The amounts that a target writes, in cents: «$12,05», «$2 y $63», «9.5 millones».
fn written(target: &str) -> Option<Vec<i64>> {
    target.split(" y ").map(one).collect()
}

fn one(target: &str) -> Option<i64> {
    let figures =
        target.split(|c: char| !c.is_ascii_digit() && c != ',' && c != '.').find(|f| !f.is_empty())?;
    let decimals = figures.rfind([',', '.']).filter(|at| figures.len() - at <= 3);
    let (whole, rest) = figures.split_at(decimals.unwrap_or(figures.len()));
    let digits = |s: &str| s.chars().filter(char::is_ascii_digit).collect::<String>();
    let cents: i64 = format!("{}{:0<2}", digits(whole), digits(rest)).parse().ok()?;
    let scale = [("billones", 1_000_000_000_000), ("millones", 1_000_000)];
    Some(cents * scale.iter().find(|(name, _)| target.contains(name)).map_or(1, |(_, n)| *n))
}

/// Money: `spoken~written` or `written~spoken`; with `figures`, euros as they are written.
pub fn money(path: &Path, spoken_first: bool, figures: bool, context: &Context) -> std::io::Result<Count> {
    let mut count = Count::default();
    for line in std::fs::read_to_string(path)?.lines() {
        let Some((a, b)) = line.split_once('~') else { continue };
        let (spoken, target) = if spoken_first { (a, b) } else { (b, a) };
        if figures && !target.contains('€') {
            count.exclude("not euros: its figures are no amount of ours");
            continue;
        }
        if spoken.ends_with(" chon") {
            count.exclude("a hundredth of a won");
            continue;
        }
        let said = if figures { target.to_owned() } else { in_euros(spoken) };
        let mut found = extract(&Kind::Importe, &said, context);
        found.sort_by_key(|f| f.span.start);
        let got: Vec<i64> = found
            .iter()
            .filter_map(|f| if let Value::Money(cents) = f.value { Some(cents) } else { None })
            .collect();
        count.add(Some(&got) == written(target).as_ref(), || format!("{said} → {got:?} (expected {target})"));
    }
    Ok(count)
}

/// E-mail addresses among NeMo's electronic cases.
pub fn email(path: &Path, spoken_first: bool, context: &Context) -> std::io::Result<Count> {
    let mut count = Count::default();
    for line in std::fs::read_to_string(path)?.lines() {
        let Some((a, b)) = line.split_once('~') else { continue };
        let (spoken, target) = if spoken_first { (a, b) } else { (b, a) };
        if target.find('@').is_none_or(|at| at == 0) {
            count.exclude("an address of the web or of a network, not of e-mail");
            continue;
        }
        let got = extract(&Kind::Correo, spoken, context).first().map(|f| f.value.to_string());
        count.add(got.as_deref() == Some(target), || format!("{spoken} → {got:?} (expected {target})"));
    }
    Ok(count)
}

/// Amounts in euros, lengths of time and percentages of the other suites.
pub fn cases(path: &Path, group: &str, context: &Context) -> std::io::Result<Count> {
    let mut count = Count::default();
    for line in std::fs::read_to_string(path)?.lines().skip(1) {
        let columns: Vec<&str> = line.splitn(3, '\t').collect();
        let [in_group, value, text] = columns.as_slice() else { continue };
        if *in_group != group {
            continue;
        }
        let Some((kind, expected)) = expected(group, value) else {
            count.exclude("other money, or a bound");
            continue;
        };
        let got = extract(&kind, text, context).into_iter().next().map(|f| f.value);
        count.add(got.as_ref() == Some(&expected), || format!("{text} → {got:?} (expected {value})"));
    }
    Ok(count)
}

/// `(simple EUR 29.99)`, `check_finance(2.05, Some("EUR"), …)`, `(DurationData 92 Minute)`,
/// `check_duration!([years, months, weeks, days, hours, minutes, seconds])`, `check_percentage(0.3)`.
fn expected(group: &str, value: &str) -> Option<(Kind, Value)> {
    let list = value.split(|c: char| !c.is_ascii_digit() && c != '.');
    let numbers: Vec<f64> = list.filter_map(|n| n.parse().ok()).collect();
    let at = |i: usize| numbers.get(i).copied().unwrap_or(0.0);
    let hundredths = (at(0) * 100.0).round() as i64;
    let time = |months: f64, seconds: f64| Value::Duration { months: months as u32, seconds: seconds as u64 };
    Some(match group {
        "AmountOfMoney" | "examples_finance" if value.contains("EUR") => {
            (Kind::Importe, Value::Money(hundredths))
        }
        "examples_percentage" => (Kind::Percentage, Value::Percentage(hundredths)),
        "Duration" => (Kind::Duration, time(0.0, at(0) * 60.0)),
        "examples_durations" => {
            let days = at(2) * 7.0 + at(3);
            let seconds = ((days * 24.0 + at(4)) * 60.0 + at(5)) * 60.0 + at(6);
            (Kind::Duration, time(at(0) * 12.0 + at(1), seconds))
        }
        _ => return None,
    })
}
