//! Catalan, Galician, Basque and English: what people say (`languages/<code>.txt`), and what is read
//! aloud understood again as the same value.

#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime};
use nlu::es::{self, nif};
use nlu::lang::{CODES, Pack};
use nlu::{Context, Item, Kind, Status, Value};
use proptest::prelude::*;

fn monday() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 5, 11).unwrap().and_hms_opt(10, 0, 0).unwrap()
}

fn packs() -> impl Iterator<Item = Pack> {
    CODES.into_iter().map(|code| Pack::of(code).unwrap())
}

fn first(pack: &Pack, kind: &Kind, text: &str) -> Option<Value> {
    pack.extract(kind, text, &Context::at(monday())).into_iter().next().map(|f| f.value)
}

/// Spoken as a recogniser writes it: lower case, no accents, no commas, no hyphens.
fn as_recognised(text: &str) -> String {
    es::fold(text).replace(',', "").replace(['-', '\''], " ")
}

fn kind(name: &str) -> Kind {
    match name {
        "number" => Kind::Number,
        "hour" => Kind::Hora,
        "date" => Kind::Fecha,
        "range" => Kind::DatetimeRange,
        "yes_no" => Kind::YesNo,
        "nif" => Kind::Nif,
        "phone" => Kind::Telefono,
        "digits" => Kind::Digits { min: 4, max: 4 },
        "postcode" => Kind::CodigoPostal,
        "money" => Kind::Importe,
        "ordinal" => Kind::Ordinal,
        "name" => Kind::Nombre,
        "birth" => Kind::Nacimiento,
        other => panic!("no kind {other}"),
    }
}

fn table(code: &str, cases: &str) {
    let pack = Pack::of(code).unwrap();
    let lines = cases.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty());
    let (mut count, mut wrong) = (0, Vec::new());
    for line in lines {
        let fields: Vec<&str> = line.split('|').map(str::trim).collect();
        let [name, said, expected] = fields[..] else { panic!("{line}") };
        count += 1;
        for said in [said.to_owned(), said.to_lowercase()] {
            let got = first(&pack, &kind(name), &said).map_or("-".to_owned(), |v| v.to_string());
            if got != expected {
                wrong.push(format!("{name} | {said} | {got}, not {expected}"));
            }
        }
    }
    assert!(count >= 60, "{code}: {count} cases");
    assert!(wrong.is_empty(), "{code}, {} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn catalan_is_understood() {
    table("ca", include_str!("languages/ca.txt"));
}

#[test]
fn galician_is_understood() {
    table("gl", include_str!("languages/gl.txt"));
}

#[test]
fn basque_is_understood() {
    table("eu", include_str!("languages/eu.txt"));
}

#[test]
fn english_is_understood() {
    table("en", include_str!("languages/en.txt"));
}

#[test]
fn what_is_read_aloud_is_as_people_say_it() {
    let out: Vec<String> = packs()
        .map(|pack| {
            let day = NaiveDate::from_ymd_opt(2026, 5, 14).unwrap();
            let at = |h, m| NaiveTime::from_hms_opt(h, m, 0).unwrap();
            let moment = |h, m| Value::DateTime(day.and_time(at(h, m)));
            let range = |a: (u32, u32), b: (u32, u32)| Value::Range {
                from: day.and_time(at(a.0, a.1)),
                to: day.and_time(at(b.0, b.1)),
            };
            let days = |n| Value::Range {
                from: day.and_time(at(0, 0)),
                to: (day + Duration::days(n)).and_time(at(0, 0)),
            };
            let mut lines = vec![format!("# {}", pack.code())];
            for value in [
                Value::Number(1984),
                Value::Number(121_021),
                Value::Time(at(17, 30)),
                Value::Time(at(13, 15)),
                Value::Time(at(8, 45)),
                Value::Time(at(9, 50)),
                Value::Time(at(12, 0)),
                Value::Time(at(0, 0)),
                Value::Time(at(16, 7)),
                Value::Date(day),
                Value::Date(NaiveDate::from_ymd_opt(2026, 8, 1).unwrap()),
                moment(17, 30),
                range((14, 0), (20, 0)),
                range((17, 0), (19, 0)),
                range((9, 30), (13, 15)),
                days(3),
                days(30),
                Value::Money(1250),
                Value::Money(100),
                Value::Percentage(1250),
                Value::Duration { months: 0, seconds: 5400 },
                Value::Nif("12345678Z".into()),
                Value::Phone("600000000".into()),
                Value::Email("ana.exemple@example.com".into()),
                Value::Option(1),
                Value::FromEnd(1),
                Value::NoneOfThem,
                Value::YesNo(true),
            ] {
                lines.push(pack.spoken(&value));
            }
            let other_year = Value::Date(NaiveDate::from_ymd_opt(2027, 5, 14).unwrap());
            lines.push(pack.spoken_on(&other_year, day));
            lines.push(pack.options(&[
                moment(17, 30),
                moment(18, 0),
                Value::DateTime(day.and_time(at(9, 0)) + Duration::days(1)),
            ]));
            lines.push(pack.spelled("R7K2"));
            lines.push(pack.masked("12345678Z"));
            lines.push(pack.masked("ana@example.com"));
            lines.join("\n")
        })
        .collect();
    insta::assert_snapshot!(out.join("\n\n"));
}

#[test]
fn every_hour_comes_back() {
    for pack in packs() {
        for minute in 0..1440 {
            let time = NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap();
            let said = pack.spoken(&Value::Time(time));
            for said in [as_recognised(&said), said] {
                assert_eq!(
                    first(&pack, &Kind::Hora, &said),
                    Some(Value::Time(time)),
                    "{}: {said}",
                    pack.code()
                );
            }
        }
    }
}

#[test]
fn every_day_of_a_year_comes_back() {
    for pack in packs() {
        for n in 0..365 {
            let day = monday().date() + Duration::days(n);
            let said = pack.spoken(&Value::Date(day));
            for said in [as_recognised(&said), said] {
                assert_eq!(
                    first(&pack, &Kind::Fecha, &said),
                    Some(Value::Date(day)),
                    "{}: {said}",
                    pack.code()
                );
            }
        }
    }
}

#[test]
fn options_are_chosen_by_day_hour_position_name_or_none() {
    let at =
        |d, h, m| Value::DateTime(NaiveDate::from_ymd_opt(2026, 5, d).unwrap().and_hms_opt(h, m, 0).unwrap());
    for (code, said) in [
        ("ca", ["la de dijous", "la de dos quarts de deu", "la segona", "l'última", "cap de les tres"]),
        ("gl", ["a do xoves", "a das nove e media", "a segunda", "a derradeira", "ningunha"]),
        ("eu", ["ostegunekoa", "bederatzi eta erdietakoa", "bigarrena", "azkena", "bat ere ez"]),
        (
            "en",
            [
                "the one on Thursday",
                "the half past nine one",
                "the second one",
                "the last one",
                "none of them",
            ],
        ),
    ] {
        let pack = Pack::of(code).unwrap();
        let options: Vec<Item> = [at(12, 17, 0), at(13, 9, 30), at(14, 11, 0)]
            .into_iter()
            .map(|v| Item {
                code: v.to_string(),
                name: pack.spoken(&v),
                synonyms: Vec::new(),
                value: Some(v),
            })
            .collect();
        let kind = Kind::Choice(options);
        let expected =
            [Value::Option(2), Value::Option(1), Value::Option(1), Value::Option(2), Value::NoneOfThem];
        for (said, expected) in said.into_iter().zip(expected) {
            assert_eq!(first(&pack, &kind, said), Some(expected), "{code}: {said}");
        }
    }
}

#[test]
fn items_are_found_by_name_and_inflection() {
    for (code, names, said) in [
        ("ca", ["el padró", "els impostos"], ["vull empadronar-me al padró", "per pagar un impost"]),
        ("gl", ["o padrón", "os impostos"], ["quería cita para o padrón", "é polo imposto"]),
        ("eu", ["errolda", "zergak"], ["erroldarako hitzordua nahi dut", "zergak ordaintzeko"]),
        ("en", ["the census", "taxes"], ["an appointment for the census, please", "to pay a tax"]),
    ] {
        let pack = Pack::of(code).unwrap();
        let item = |i: usize, name: &str| Item {
            code: i.to_string(),
            name: name.into(),
            synonyms: Vec::new(),
            value: None,
        };
        let items = names.iter().enumerate().map(|(i, n)| item(i, n)).collect();
        let kind = Kind::List(std::sync::Arc::new(nlu::Catalogue { items }));
        for (i, said) in said.into_iter().enumerate() {
            assert_eq!(first(&pack, &kind, said), Some(Value::Item(i.to_string())), "{code}: {said}");
        }
    }
}

#[test]
fn corrections_backchannels_and_anger_are_told() {
    for (code, said, rest) in [
        ("ca", "no, perdó, a les sis", "a les sis"),
        ("ca", "dimarts, no, perdó, dimecres", "dimecres"),
        ("ca", "millor dijous", "dijous"),
        ("gl", "non, perdón, ás seis", "ás seis"),
        ("gl", "mellor o xoves", "o xoves"),
        ("eu", "ez, barkatu, seietan", "seietan"),
        ("eu", "hobe ostegunean", "ostegunean"),
        ("en", "no, sorry, at six", "at six"),
        ("en", "Tuesday, no wait, Wednesday", "Wednesday"),
        ("en", "sorry, I meant Thursday", "Thursday"),
    ] {
        assert_eq!(Pack::of(code).unwrap().correction(said), Some(rest), "{code}: {said}");
    }
    for (code, yes, no) in [
        ("ca", "sí, d'acord", "sí, dijous"),
        ("gl", "si, vale", "si, o xoves"),
        ("eu", "bai, ados", "bai, ostegunean"),
        ("en", "uh huh, right", "right, on Thursday"),
    ] {
        let pack = Pack::of(code).unwrap();
        assert!(pack.is_backchannel(yes), "{code}: {yes}");
        assert!(!pack.is_backchannel(no), "{code}: {no}");
        assert!(!pack.is_backchannel(""));
        assert_eq!(pack.correction(no), None, "{code}: {no}");
    }
    for (code, angry) in [
        ("ca", "n'estic fart"),
        ("gl", "estou farta"),
        ("eu", "nazkatuta nago"),
        ("en", "this is ridiculous"),
    ] {
        assert_eq!(Pack::of(code).unwrap().upset(angry), 1, "{code}: {angry}");
    }
}

#[test]
fn spanish_is_no_pack_and_a_broken_file_says_why() {
    assert!(Pack::of("es").is_none() && Pack::of("xx").is_none());
    let error = Pack::parse("code = \"xx\"").unwrap_err().to_string();
    assert!(error.contains("missing field"), "{error}");
    let broken =
        include_str!("../data/ca.toml").replace("{ form = \"[(el|els)] {w}\" }", "{ form = \"[el {w}\" }");
    let error = Pack::parse(&broken).unwrap_err().to_string();
    assert!(error.contains("[el {w}"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn numbers_come_back(n in prop_oneof![-999i64..1000, -999_999i64..1_000_000]) {
        for pack in packs() {
            let said = pack.spoken(&Value::Number(n));
            prop_assert_eq!(first(&pack, &Kind::Number, &said), Some(Value::Number(n)), "{}", said);
            let heard = as_recognised(&said);
            prop_assert_eq!(first(&pack, &Kind::Number, &heard), Some(Value::Number(n)), "{}", heard);
        }
    }

    #[test]
    fn moments_come_back(days in 1i64..360, minute in 0u32..288) {
        let time = NaiveTime::from_hms_opt(minute / 12, minute % 12 * 5, 0).unwrap();
        let at = (monday().date() + Duration::days(days)).and_time(time);
        for pack in packs() {
            let said = pack.spoken(&Value::DateTime(at));
            prop_assert_eq!(first(&pack, &Kind::DatetimeRange, &said), Some(Value::DateTime(at)), "{}", said);
        }
    }

    #[test]
    fn days_of_other_years_come_back_with_their_year(days in 1i64..1200, length in 2i64..20, minute in 0u32..288) {
        let time = NaiveTime::from_hms_opt(minute / 12, minute % 12 * 5, 0).unwrap();
        let from = monday().date() + Duration::days(days);
        let midnight = |d: NaiveDate| d.and_time(NaiveTime::MIN);
        let stretch = Value::Range { from: midnight(from), to: midnight(from + Duration::days(length)) };
        // A week from Monday is said as a week, which is not read back.
        let stretch = Some(stretch).filter(|_| length != 7 || days % 7 != 0);
        for pack in packs() {
            let today = monday().date();
            let all = [Some(Value::DateTime(from.and_time(time))), stretch.clone()];
            for value in all.into_iter().flatten() {
                let said = pack.spoken_on(&value, today);
                prop_assert_eq!(first(&pack, &Kind::DatetimeRange, &said), Some(value), "{}", said);
            }
            let said = pack.spoken_on(&Value::Date(from), today);
            prop_assert_eq!(first(&pack, &Kind::Fecha, &said), Some(Value::Date(from)), "{}", said);
        }
    }

    #[test]
    fn births_come_back(back in 0i64..43_000) {
        let day = monday().date() - Duration::days(back);
        for pack in packs() {
            let said = pack.spoken(&Value::Birth(day));
            prop_assert_eq!(first(&pack, &Kind::Nacimiento, &said), Some(Value::Birth(day)), "{}", said);
        }
    }

    #[test]
    fn hours_of_a_day_come_back(days in 1i64..360, from in 16u32..76, length in 1u32..12) {
        let day = monday().date() + Duration::days(days);
        let quarter = |n: u32| day.and_hms_opt(n / 4, n % 4 * 15, 0).unwrap();
        let value = Value::Range { from: quarter(from), to: quarter(from + length) };
        for pack in packs() {
            let said = pack.spoken(&value);
            prop_assert_eq!(first(&pack, &Kind::DatetimeRange, &said), Some(value.clone()), "{}", said);
        }
    }

    #[test]
    fn stretches_of_days_come_back(days in 1i64..300, length in 2i64..20) {
        let from = monday().date() + Duration::days(days);
        let midnight = |d: NaiveDate| d.and_time(NaiveTime::MIN);
        let value = Value::Range { from: midnight(from), to: midnight(from + Duration::days(length)) };
        // A week from Monday is said as a week, which is not read back.
        prop_assume!(length != 7);
        for pack in packs() {
            let said = pack.spoken(&value);
            prop_assert_eq!(first(&pack, &Kind::DatetimeRange, &said), Some(value.clone()), "{}", said);
        }
    }

    #[test]
    fn parts_of_a_day_come_back(days in 1i64..360, part in 0usize..5) {
        let day = monday().date() + Duration::days(days);
        let hours = [(0, 6), (8, 14), (12, 15), (14, 20), (20, 24)][part];
        let at = |h: i64| day.and_time(NaiveTime::MIN) + Duration::hours(h);
        let value = Value::Range { from: at(hours.0), to: at(hours.1) };
        for pack in packs() {
            let said = pack.spoken(&value);
            prop_assert_eq!(first(&pack, &Kind::DatetimeRange, &said), Some(value.clone()), "{}", said);
        }
    }

    #[test]
    fn dictation_comes_back(digits in "[0-9]{1,12}", number in "[0-9]{8}", phone in "[6-9][0-9]{8}") {
        let nif = format!("{number}{}", nif::check_letter(&number).unwrap());
        for pack in packs() {
            let kind = Kind::Digits { min: digits.len(), max: digits.len() };
            for said in [pack.grouped(&digits), pack.spelled(&digits), as_recognised(&pack.grouped(&digits))] {
                prop_assert_eq!(first(&pack, &kind, &said), Some(Value::Digits(digits.clone())), "{}", said);
            }
            for said in [pack.grouped(&nif), pack.spelled(&nif), as_recognised(&pack.grouped(&nif))] {
                let found = pack.extract(&Kind::Nif, &said, &Context::at(monday()));
                prop_assert_eq!(found.first().map(|f| (f.value.clone(), f.status)), Some((Value::Nif(nif.clone()), Status::Sound)), "{}", said);
            }
            let said = pack.spoken(&Value::Phone(phone.clone()));
            prop_assert_eq!(first(&pack, &Kind::Telefono, &said), Some(Value::Phone(phone.clone())), "{}", said);
        }
    }

    #[test]
    fn amounts_come_back(cents in 1i64..10_000_000) {
        for pack in packs() {
            let said = pack.spoken(&Value::Money(cents));
            prop_assert_eq!(first(&pack, &Kind::Importe, &said), Some(Value::Money(cents)), "{}", said);
        }
    }

    #[test]
    fn no_text_breaks_anything(text in ".{0,80}", words in proptest::collection::vec("(dos|quarts|de|sis|eta|erdi|a|les|half|past|to|as|e|menos|14|/|:|,|-|maiatzaren|from|between|entre|i)", 0..14)) {
        let context = Context::at(monday());
        for text in [text, words.join(" ")] {
            for pack in packs() {
                for name in ["number", "hour", "date", "range", "yes_no", "nif", "phone", "digits", "postcode", "money", "ordinal", "name"] {
                    for found in pack.extract(&kind(name), &text, &context) {
                        prop_assert!(text.get(found.span.clone()).is_some(), "{:?} of {text:?}", found.span);
                    }
                }
                let _ = (pack.correction(&text), pack.is_backchannel(&text), pack.upset(&text), pack.spelled(&text), pack.masked(&text), pack.grouped(&text));
            }
        }
    }
}
