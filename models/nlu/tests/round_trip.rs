//! What is read aloud is understood as the same value, and no text breaks anything.

#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime};
use nlu::es::{self, extract};
use nlu::{Context, Item, Kind, Opening, Status, Value};
use proptest::prelude::*;

fn monday() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 5, 11).unwrap().and_hms_opt(10, 0, 0).unwrap()
}

fn first(kind: &Kind, text: &str) -> Option<Value> {
    extract(kind, text, &Context::at(monday())).into_iter().next().map(|f| f.value)
}

/// Spoken as a recogniser writes it: no accents, no commas.
fn as_recognised(text: &str) -> String {
    es::fold(text).replace(',', "")
}

const WEEK: [&str; 7] = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];
/// What is asked for, and what is taken away: before the days, and between them.
const FRAMES: [&str; 6] =
    ["", "cualquier día", "cualquier tarde", "por las mañanas", "todos los días", "la semana que viene"];
const BUT: [(&str, &str); 6] = [
    ("menos el", " y el "),
    ("que no sea", " ni "),
    ("excepto los", " y los "),
    ("salvo", " y "),
    ("quitando el", " y el "),
    ("ni", " ni "),
];

fn nif() -> impl Strategy<Value = String> {
    prop_oneof!["[0-9]{8}".prop_map(|n| n), "[XYZ][0-9]{7}".prop_map(|n| n),]
        .prop_map(|n| format!("{n}{}", es::nif::check_letter(&n).unwrap()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn numbers(n in prop_oneof![-1_000_000i64..1_000_000, 0i64..=1_000_000_000_000]) {
        let said = es::spoken(&Value::Number(n));
        prop_assert_eq!(first(&Kind::Number, &said), Some(Value::Number(n)), "{}", said);
        prop_assert_eq!(first(&Kind::Number, &as_recognised(&said)), Some(Value::Number(n)), "{}", said);
    }

    #[test]
    fn ordinals(n in 1u32..=999, feminine: bool) {
        let said = es::aloud::ordinal(n, feminine);
        prop_assert_eq!(first(&Kind::Ordinal, &said), Some(Value::Ordinal(n)), "{}", said);
    }

    #[test]
    fn digits(s in "[0-9]{1,16}") {
        let kind = Kind::Digits { min: s.len(), max: s.len() };
        let said = es::grouped(&s);
        prop_assert_eq!(first(&kind, &said), Some(Value::Digits(s.clone())), "{}", said);
        let one_by_one = es::spelled(&s);
        prop_assert_eq!(first(&kind, &as_recognised(&one_by_one)), Some(Value::Digits(s)), "{}", one_by_one);
    }

    #[test]
    fn nifs(n in nif()) {
        for said in [es::spoken(&Value::Nif(n.clone())), es::spelled(&n), n.clone()] {
            prop_assert_eq!(first(&Kind::Nif, &said), Some(Value::Nif(n.clone())), "{}", said);
            let heard = as_recognised(&said);
            let found = extract(&Kind::Nif, &heard, &Context::at(monday()));
            prop_assert_eq!(found.first().map(|f| f.status), Some(Status::Sound), "{}", heard);
        }
    }

    #[test]
    fn one_confused_digit_is_never_taken_for_sound(n in "[0-9]{8}", at in 0usize..8, six: bool) {
        let with = |digit: &str| format!("{}{digit}{}", &n[..at], &n[at + 1..]);
        let (said, heard) = if six { (with("6"), with("7")) } else { (with("7"), with("6")) };
        let letter = es::nif::check_letter(&said).unwrap();
        let found = extract(&Kind::Nif, &format!("{heard}{letter}"), &Context::at(monday()));
        prop_assert!(found[0].status != Status::Sound);
        if found[0].status == Status::Unsure {
            prop_assert!(es::nif::is_valid(&found[0].value.to_string()));
        }
    }

    #[test]
    fn telephones(n in "[6789][0-9]{8}") {
        let said = es::spoken(&Value::Phone(n.clone()));
        prop_assert_eq!(first(&Kind::Telefono, &said), Some(Value::Phone(n)), "{}", said);
    }

    #[test]
    fn hours(h in 0u32..24, m in 0u32..60) {
        let time = NaiveTime::from_hms_opt(h, m, 0).unwrap();
        let said = es::spoken(&Value::Time(time));
        prop_assert_eq!(first(&Kind::Hora, &said), Some(Value::Time(time)), "{}", said);
        prop_assert_eq!(first(&Kind::Hora, &as_recognised(&said)), Some(Value::Time(time)), "{}", said);
    }

    #[test]
    fn days(ahead in 0i64..1500) {
        let day = monday().date() + Duration::days(ahead);
        let said = es::spoken_on(&Value::Date(day), monday().date());
        prop_assert_eq!(first(&Kind::Fecha, &said), Some(Value::Date(day)), "{}", said);
        prop_assert_eq!(first(&Kind::Fecha, &as_recognised(&said)), Some(Value::Date(day)), "{}", said);
    }

    #[test]
    fn moments(ahead in 1i64..330, h in 0u32..24, m in 0u32..60) {
        let at = (monday().date() + Duration::days(ahead)).and_hms_opt(h, m, 0).unwrap();
        let said = es::spoken(&Value::DateTime(at));
        prop_assert_eq!(first(&Kind::DatetimeRange, &said), Some(Value::DateTime(at)), "{}", said);
        prop_assert_eq!(first(&Kind::DatetimeRange, &as_recognised(&said)), Some(Value::DateTime(at)), "{}", said);
    }

    #[test]
    fn moments_of_other_years(ahead in 1i64..1500, h in 0u32..24, m in 0u32..60) {
        let at = (monday().date() + Duration::days(ahead)).and_hms_opt(h, m, 0).unwrap();
        let said = es::spoken_on(&Value::DateTime(at), monday().date());
        prop_assert_eq!(first(&Kind::DatetimeRange, &said), Some(Value::DateTime(at)), "{}", said);
        prop_assert_eq!(es::options_on(&[Value::DateTime(at)], monday().date()), said);
    }

    #[test]
    fn a_day_is_said_with_its_year_where_it_is_not_within_the_next_months(ahead in -1500i64..1500) {
        let day = monday().date() + Duration::days(ahead);
        let said = es::spoken_on(&Value::Date(day), monday().date());
        let year = es::spoken(&Value::Number(day.year().into()));
        let near = (0..=183).contains(&ahead) || ((-183..0).contains(&ahead) && day.year() == 2026);
        prop_assert_eq!(said.contains(&year), !near, "{}", said);
    }

    #[test]
    fn stretches_of_other_years(ahead in 1i64..1200, length in 2i64..40) {
        let from = (monday().date() + Duration::days(ahead)).and_time(NaiveTime::MIN);
        let value = Value::Range { from, to: from + Duration::days(length) };
        let said = es::spoken_on(&value, monday().date());
        prop_assert_eq!(first(&Kind::DatetimeRange, &said), Some(value), "{}", said);
    }

    #[test]
    fn births(back in 0i64..43_000) {
        let day = monday().date() - Duration::days(back);
        let said = es::spoken(&Value::Birth(day));
        prop_assert_eq!(first(&Kind::Nacimiento, &said), Some(Value::Birth(day)), "{}", said);
        prop_assert_eq!(first(&Kind::Nacimiento, &as_recognised(&said)), Some(Value::Birth(day)), "{}", said);
    }

    #[test]
    fn a_birth_with_two_figures_of_its_year_is_past_or_asked(back in 0i64..38_000, way in 0usize..4) {
        let day = monday().date() - Duration::days(back);
        let (dom, month, yy) = (day.day(), day.month(), day.year() % 100);
        // Of the year two thousand nobody says two figures.
        prop_assume!(yy > 0);
        let words = |n: i64| es::spoken(&Value::Number(n));
        let months = ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
            "noviembre", "diciembre"];
        let (d, m, y) = (words(dom.into()), months[month as usize - 1], words(yy.into()));
        let said = match way {
            0 => format!("el {d} de {m} del {y}"),
            1 => format!("nací el {d} del {} del {y}", words(month.into())),
            2 => format!("{dom:02}/{month:02}/{yy:02}"),
            _ => format!("soy del {y}, del {d} de {m}"),
        };
        let found = extract(&Kind::Nacimiento, &said, &Context::at(monday()));
        let days: Vec<&Value> = found.iter().map(|f| &f.value).collect();
        prop_assert!(days.contains(&&Value::Birth(day)), "{}: {:?}", said, found);
        for f in &found {
            let Value::Birth(read) = f.value else { panic!("{said}") };
            prop_assert!(read <= monday().date() && (f.status == Status::Sound) == (found.len() == 1), "{}: {:?}", said, found);
        }
    }

    #[test]
    fn what_is_excluded_is_never_inside(
        frame in 0usize..FRAMES.len(),
        but in 0usize..BUT.len(),
        days in proptest::sample::subsequence(&[0usize, 1, 2, 3, 4, 5, 6][..], 1..4),
        day in 0i64..800,
        hour in 7u32..21,
    ) {
        let now = (monday().date() + Duration::days(day)).and_hms_opt(hour, 0, 0).unwrap();
        let names: Vec<&str> = days.iter().map(|d| WEEK[*d]).collect();
        let (before, between) = BUT[but];
        let said = format!("{} {before} {}", FRAMES[frame], names.join(between)).trim().to_owned();
        for said in [said.clone(), as_recognised(&said)] {
            let found = extract(&Kind::DatetimeRange, &said, &Context::at(now));
            // What would leave nothing is not understood.
            for f in &found {
                let all = match &f.value {
                    Value::Range { from, to } => vec![(*from, *to)],
                    Value::Ranges(all) => all.clone(),
                    other => panic!("{said}: {other}"),
                };
                for (from, to) in all {
                    let mut at = from;
                    while at < to {
                        let weekday = at.weekday().num_days_from_monday() as usize;
                        prop_assert!(!days.contains(&weekday), "{}, on {}: {}", said, now, at);
                        at += Duration::hours(1);
                    }
                }
            }
            prop_assert!(!found.is_empty() || days.len() > 2, "{}, on {}", said, now);
        }
    }

    #[test]
    fn days_that_are_left_out_are_said_and_understood(
        weeks in 2i64..5,
        days in proptest::sample::subsequence(&[1usize, 2, 3, 4, 5][..], 1..4),
        part in 0usize..3,
    ) {
        // From a Monday that comes to a Sunday.
        let from = monday().date() + Duration::days(7);
        let hours = [(0, 24), (8, 14), (14, 20)][part];
        let all: Vec<_> = (0..weeks * 7)
            .map(|n| from + Duration::days(n))
            .filter(|d| !days.contains(&(d.weekday().num_days_from_monday() as usize)))
            .map(|d| d.and_time(NaiveTime::MIN))
            .map(|d| (d + Duration::hours(hours.0), d + Duration::hours(hours.1)))
            .collect();
        let mut pieces: Vec<(NaiveDateTime, NaiveDateTime)> = Vec::new();
        for (from, to) in all {
            match pieces.last_mut() {
                Some(last) if last.1 == from => last.1 = to,
                _ => pieces.push((from, to)),
            }
        }
        let value = Value::Ranges(pieces);
        let said = es::spoken_on(&value, monday().date());
        prop_assert_eq!(first(&Kind::DatetimeRange, &said), Some(value), "{}", said);
    }

    #[test]
    fn parts_of_days(ahead in 1i64..330, part in 0usize..5) {
        let (from, to) = [(0, 6), (8, 14), (12, 15), (14, 20), (20, 24)][part];
        let day = (monday().date() + Duration::days(ahead)).and_time(NaiveTime::MIN);
        let value = Value::Range { from: day + Duration::hours(from), to: day + Duration::hours(to) };
        let said = es::spoken(&value);
        prop_assert_eq!(first(&Kind::DatetimeRange, &said), Some(value), "{}", said);
    }

    #[test]
    fn hours_of_a_day(ahead in 1i64..330, from in 8u32..19, length in 1u32..6) {
        let day = monday().date() + Duration::days(ahead);
        let to = (from + length).min(21);
        let value = Value::Range { from: day.and_hms_opt(from, 0, 0).unwrap(), to: day.and_hms_opt(to, 0, 0).unwrap() };
        let said = es::spoken(&value);
        // Hours that are exactly a part of the day are called by its name, and come back as it.
        prop_assert_eq!(first(&Kind::DatetimeRange, &said), Some(value), "{}", said);
    }

    #[test]
    fn choices_among_moments(days in proptest::collection::btree_set(1i64..60, 1..3), h in 9u32..19) {
        let values: Vec<Value> = days
            .iter()
            .map(|d| Value::DateTime((monday().date() + Duration::days(*d)).and_hms_opt(h, 30, 0).unwrap()))
            .collect();
        let kind = es::among(values.clone());
        for (i, v) in values.iter().enumerate() {
            let said = es::spoken(v);
            prop_assert_eq!(first(&kind, &said), Some(Value::Option(i)), "{}", said);
            prop_assert_eq!(first(&kind, &es::spoken(&Value::Option(i))), Some(Value::Option(i)));
        }
    }

    #[test]
    fn no_text_breaks_anything(text in prop_oneof!["\\PC{0,60}", any::<String>(), sentence()], day in 0i64..400_000, secs in 0u32..86_400) {
        let now = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + Duration::days(day);
        let now = now.and_time(NaiveTime::from_num_seconds_from_midnight_opt(secs, 0).unwrap());
        for context in [Context::at(now), Context { opening: Opening { week: Default::default() }, ..Context::at(now) }] {
            for kind in kinds() {
                for found in extract(&kind, &text, &context) {
                    prop_assert!(text.get(found.span.clone()).is_some());
                    prop_assert!((0.0..=1.0).contains(&found.confidence), "{:?}", found);
                    let _ = es::spoken_on(&found.value, now.date());
                    if let Value::Range { from, to } = found.value {
                        prop_assert!(from <= to || found.status == Status::Unsure, "{text}: {from} {to}");
                    } else if let Value::Ranges(all) = found.value {
                        prop_assert!(all.len() > 1 && all.iter().all(|p| p.0 < p.1), "{text}: {all:?}");
                        prop_assert!(all.windows(2).all(|w| w[0].1 < w[1].0), "{text}: {all:?}");
                    }
                }
            }
        }
        if let Some(rest) = es::correction(&text) {
            prop_assert!(text.ends_with(rest.trim_end()) || text.contains(rest));
        }
        let _ = (es::spelled(&text), es::masked(&text), es::grouped(&text));
    }
}

/// Sentences of the words that the grammars know, in any order.
fn sentence() -> impl Strategy<Value = String> {
    const WORDS: [&str; 108] = [
        "el",
        "la",
        "las",
        "de",
        "del",
        "a",
        "al",
        "por",
        "en",
        "y",
        "menos",
        "media",
        "cuarto",
        "no",
        "sí",
        "lunes",
        "jueves",
        "mayo",
        "enero",
        "mañana",
        "tarde",
        "noche",
        "pasado",
        "que",
        "viene",
        "próximo",
        "este",
        "semana",
        "mes",
        "año",
        "hoy",
        "dentro",
        "hace",
        "dos",
        "tres",
        "cinco",
        "doce",
        "veinte",
        "treinta",
        "cien",
        "mil",
        "millones",
        "cero",
        "doble",
        "zeta",
        "equis",
        "primera",
        "último",
        "segundo",
        "hasta",
        "desde",
        "entre",
        "antes",
        "después",
        "partir",
        "fin",
        "principios",
        "finales",
        "hora",
        "horas",
        "días",
        "minutos",
        "pm",
        ":",
        "/",
        "-",
        ",",
        ".",
        "15",
        "31",
        "2026",
        "00",
        "30",
        "29",
        "febrero",
        "99",
        "verano",
        "navidad",
        "siglo",
        "adelante",
        "mediodía",
        "para",
        "billones",
        "quincena",
        "con",
        "coma",
        "euros",
        "céntimos",
        "€",
        "por ciento",
        "arroba",
        "@",
        "punto",
        "guion bajo",
        "gmail",
        "ese",
        "e",
        "ES",
        "calle",
        "número",
        "tercero",
        "derecha",
        "código postal",
        "me llamo",
        "soy",
        "doble ve",
        "M",
        "bcd",
    ];
    proptest::collection::vec(proptest::sample::select(&WORDS[..]), 0..14).prop_map(|w| w.join(" "))
}

fn kinds() -> Vec<Kind> {
    let item =
        |code: &str, name: &str| Item { code: code.into(), name: name.into(), synonyms: vec![], value: None };
    let catalogue =
        nlu::Catalogue { items: vec![item("padron", "el padrón"), item("tributos", "los tributos")] };
    vec![
        Kind::YesNo,
        Kind::Number,
        Kind::Ordinal,
        Kind::Digits { min: 4, max: 6 },
        Kind::Nif,
        Kind::Telefono,
        Kind::Fecha,
        Kind::Nacimiento,
        Kind::Hora,
        Kind::DatetimeRange,
        Kind::List(std::sync::Arc::new(catalogue)),
        es::among(vec![Value::DateTime(monday()), Value::DateTime(monday() + Duration::days(3))]),
        Kind::Importe,
        Kind::Percentage,
        Kind::Duration,
        Kind::Iban,
        Kind::Matricula,
        Kind::CodigoPostal,
        Kind::Nuss,
        Kind::Correo,
        Kind::Direccion,
        Kind::Nombre,
        Kind::FreeText,
    ]
}

#[test]
fn a_valid_reading_of_a_later_alternative_wins() {
    let heard = [
        ("doce treinta y cuatro cincuenta y seis setenta y ocho a", 0.8),
        ("doce treinta y cuatro cincuenta y seis setenta y ocho zeta", 0.6),
    ];
    let (index, found) = es::extract_best(&Kind::Nif, &heard, &Context::at(monday())).unwrap();
    assert_eq!(
        (index, found[0].value.to_string().as_str(), found[0].status),
        (1, "12345678Z", Status::Sound)
    );
    assert!(es::extract_best(&Kind::Nif, &[("no la sé", 0.9)], &Context::at(monday())).is_none());
}

#[test]
fn choosing_among_what_was_offered() {
    let at =
        |d, h, m| Value::DateTime(NaiveDate::from_ymd_opt(2026, 5, d).unwrap().and_hms_opt(h, m, 0).unwrap());
    let kind = es::among(vec![at(14, 17, 30), at(14, 18, 0), at(15, 10, 0)]);
    for (said, index) in [
        ("la segunda", 1),
        ("la de las cinco y media", 0),
        ("a las seis", 1),
        ("el viernes", 2),
        ("la última", 2),
        ("la primera, por favor", 0),
        ("el quince", 2),
        ("la dos", 1),
        ("mejor la del viernes a las diez", 2),
        ("el jueves a las seis de la tarde", 1),
        ("por la mañana", 2),
        ("la de las diez", 2),
        ("la más temprana", 0),
        ("la opción tres", 2),
        ("el tercero", 2),
        ("pues la primera mismo", 0),
    ] {
        assert_eq!(first(&kind, said), Some(Value::Option(index)), "{said}");
    }
    for said in ["ninguna", "no me viene bien ninguna", "otro día", "no", "ninguna de las tres"] {
        assert_eq!(first(&kind, said), Some(Value::NoneOfThem), "{said}");
    }
    for said in
        ["el jueves", "la primera o la segunda", "a las cinco y media o a las seis", "a partir de las cinco"]
    {
        let two = extract(&kind, said, &Context::at(monday()));
        assert_eq!((two.len(), two[0].status), (2, Status::Unclear), "{said}");
    }
    assert_eq!(first(&kind, "la primera no, la otra"), None, "there are two others");
    assert_eq!(first(&kind, "el lunes a última hora"), None, "no Monday is offered");
    for said in ["la primera no puedo", "no puedo el jueves", "no me vienen bien"] {
        assert_eq!(first(&kind, said), Some(Value::NoneOfThem), "{said}");
    }
    let pair = es::among(vec![at(14, 17, 30), at(14, 18, 0)]);
    for (said, status) in
        [("a las cinco", Some(Status::Unsure)), ("a las seis y media", None), ("a las siete", None)]
    {
        let found = extract(&pair, said, &Context::at(monday()));
        assert_eq!(found.first().map(|f| f.status), status, "{said}");
    }
    for said in ["las dos", "ambas", "una de las dos"] {
        let two = extract(&pair, said, &Context::at(monday()));
        assert_eq!((two.len(), two[0].status), (2, Status::Unclear), "{said}");
    }
    for (said, index) in [
        ("la primera no, la otra", 1),
        ("la de las seis no, la otra", 0),
        ("la de las cinco y media no la otra", 1),
        ("la primera no me viene bien, la otra", 1),
        ("a las seis no puedo, a las cinco y media", 0),
        ("la primera no puedo, la segunda", 1),
        ("la primera no, la segunda", 1),
        ("antes de las seis", 0),
        ("cualquiera menos la primera", 1),
        ("la que sea menos la de las seis", 0),
        ("hasta las seis", 0),
        ("a partir de las seis", 1),
        ("después de las seis", 1),
    ] {
        assert_eq!(first(&pair, said), Some(Value::Option(index)), "{said}");
    }
}

#[test]
fn a_choice_among_many_words_is_read_in_time() {
    let at = |hour| {
        Value::DateTime(NaiveDate::from_ymd_opt(2026, 5, 14).unwrap().and_hms_opt(hour, 0, 0).unwrap())
    };
    let kind = es::among(vec![at(17), at(18)]);
    for piece in [
        "hay o hay menos ",
        "la primera o la segunda menos la primera ",
        "menos nada o nada ",
        "o menos ",
        "no la otra o ",
        "salvo la primera o excepto ",
    ] {
        let said = piece.repeat(200);
        assert!(extract(&kind, &said, &Context::at(monday())).len() <= 2, "{piece}");
    }
}

#[test]
fn a_rest_after_a_correction_is_an_answer() {
    let kind = es::among(vec![Value::DateTime(monday()), Value::DateTime(monday() + Duration::days(1))]);
    let rest = es::correction("no, espere, mejor la primera").unwrap();
    assert_eq!(first(&kind, rest), Some(Value::Option(0)));
}
