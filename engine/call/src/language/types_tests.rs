//! Every type of the language by voice, by keys, aloud and masked, with the real understanding.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveDateTime};
use dialogs::{
    Bot, Catalogue, Exact, Expect, ExpectedSlot, Filter, Found, Heard, Item, Kind, Language, Value,
};

use super::Spanish;

const KNOWLEDGE: &str = "plazo:
  titulo: Plazo para pagar el IBI
  preguntas: [cuándo se paga el ibi, hasta qué día puedo pagar la contribución, qué plazo hay para el ibi]
  respuesta: Hasta el treinta de junio.
bonificacion:
  titulo: Descuento por familia numerosa
  preguntas: [hay descuento por familia numerosa, qué rebaja tiene una familia con muchos hijos, bonificación de familia numerosa]
  respuesta: Del cincuenta por ciento.
domiciliar:
  titulo: Pagar por el banco
  preguntas: [cómo domicilio los recibos, quiero que me lo cobren por el banco, se puede pagar en la cuenta del banco]
  respuesta: En la sede electrónica.
";

/// An appointment desk, which also knows something.
fn bot() -> Bot {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../dialogs/tests/desk");
    let mut files = dialogs::files_of(folder.as_ref()).unwrap();
    files.push(("saber/tributos.yaml".into(), KNOWLEDGE.into()));
    Bot::from_files(&files).unwrap()
}

/// A Thursday.
fn now() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 9, 17).unwrap().and_hms_opt(10, 0, 0).unwrap()
}

fn heard(spanish: &Spanish, kind: &Kind, asked: bool, words: &str) -> Option<Found> {
    let slot = ExpectedSlot { name: "dato".into(), kind: kind.clone(), within: None, private: true };
    let asked = asked.then_some(0);
    let expect = Expect { now: now(), slots: [slot].into(), asked, ..Expect::default() };
    spanish.understand(&Heard::text(words), &expect).slots.pop().map(|s| s.found)
}

/// One type: what is said well and badly, what is keyed, how it is told again.
struct Row {
    kind: Kind,
    said: &'static str,
    value: &'static str,
    /// Said, and no value of this type.
    bad: &'static str,
    /// Keyed, and the value that they are; none: it has no keys.
    keys: Option<(&'static str, &'static str)>,
    bad_keys: Option<&'static str>,
    spoken: &'static str,
    masked: &'static str,
}

fn offices() -> Kind {
    let item = |id: &str, name: &str| {
        Arc::new(Item {
            id: id.into(),
            name: name.into(),
            synonyms: vec!["la de la plaza mayor".into()],
            fields: Default::default(),
        })
    };
    let items = vec![item("centro", "Oficina del centro")];
    Kind::List(Arc::new(Catalogue { name: "oficinas".into(), items, fetched: false }))
}

fn table() -> Vec<Row> {
    let exact = Kind::Exact;
    vec![
        Row {
            kind: Kind::YesNo,
            said: "sí, por favor",
            value: "true",
            bad: "el jueves",
            keys: Some(("1", "true")),
            bad_keys: Some("5"),
            spoken: "sí",
            masked: "un dato reservado",
        },
        Row {
            kind: offices(),
            said: "la de la plaza mayor",
            value: "centro",
            bad: "el ibi de este año",
            keys: None,
            bad_keys: None,
            spoken: "Oficina del centro",
            masked: "un dato reservado",
        },
        Row {
            kind: Kind::Digits { min: 4, max: 4 },
            said: "doce treinta y cuatro",
            value: "1234",
            bad: "no me acuerdo",
            keys: Some(("0012", "0012")),
            bad_keys: Some("12345"),
            spoken: "doce, treinta y cuatro",
            masked: "terminado en cuatro",
        },
        Row {
            kind: Kind::Number,
            said: "somos veintidós",
            value: "22",
            bad: "no lo sé",
            keys: Some(("22", "22")),
            bad_keys: Some("**"),
            spoken: "veintidós",
            masked: "un dato reservado",
        },
        Row {
            kind: Kind::Nif,
            said: "doce treinta y cuatro cincuenta y seis setenta y ocho zeta",
            value: "12345678Z",
            bad: "doce treinta y cuatro cincuenta y seis setenta y ocho a",
            keys: Some(("12345678", "12345678Z")),
            bad_keys: Some("1234"),
            spoken: "doce, treinta y cuatro, cincuenta y seis, setenta y ocho, zeta",
            masked: "terminado en siete, ocho, zeta",
        },
        Row {
            kind: exact(Exact::Phone),
            said: "seiscientos, cero cero, cero cero, cero cero",
            value: "600000000",
            bad: "uno dos tres, cuatro cinco seis, siete ocho nueve",
            keys: Some(("600000000", "600000000")),
            bad_keys: Some("60000"),
            spoken: "seiscientos, cero cero, cero cero, cero cero",
            masked: "terminado en cero, cero, cero",
        },
        Row {
            kind: exact(Exact::Iban),
            said: "e ese noventa y uno, veintiuno cero cero, cero cuatro dieciocho, cuarenta y cinco, cero dos, \
                   cero cero cero cinco trece treinta y dos",
            value: "ES9121000418450200051332",
            bad: "veintiuno cero cero",
            keys: Some(("9121000418450200051332", "ES9121000418450200051332")),
            bad_keys: Some("9121000418450200051333"),
            spoken: "e, ese, noventa y uno, veintiuno, cero cero, cero cuatro, dieciocho, cuarenta y cinco, cero dos, \
                     cero cero, cero cinco, trece, treinta y dos",
            masked: "terminado en uno, tres, tres, dos",
        },
        Row {
            kind: exact(Exact::Plate),
            said: "doce treinta y cuatro be ce de",
            value: "1234BCD",
            bad: "es un coche rojo",
            keys: None,
            bad_keys: None,
            spoken: "doce, treinta y cuatro, be, ce, de",
            masked: "terminado en ce, de",
        },
        Row {
            kind: exact(Exact::Postcode),
            said: "veintiocho cero trece",
            value: "28013",
            bad: "noventa y nueve cero trece",
            keys: Some(("08001", "08001")),
            bad_keys: Some("99001"),
            spoken: "veintiocho, cero trece",
            masked: "de Madrid",
        },
        Row {
            kind: exact(Exact::Nuss),
            said: "veintiocho, doce treinta y cuatro cincuenta y seis setenta y ocho, cuarenta",
            value: "281234567840",
            bad: "veintiocho doce treinta y cuatro",
            keys: Some(("281234567840", "281234567840")),
            bad_keys: Some("281234567899"),
            spoken: "veintiocho, doce, treinta y cuatro, cincuenta y seis, setenta y ocho, cuarenta",
            masked: "terminado en ocho, cuatro, cero",
        },
        Row {
            kind: Kind::Money,
            said: "doce euros con cincuenta",
            value: "12.50",
            bad: "bastante dinero",
            keys: Some(("12*50", "12.50")),
            bad_keys: Some("12*5"),
            spoken: "doce euros con cincuenta céntimos",
            masked: "un dato reservado",
        },
        Row {
            kind: exact(Exact::Email),
            said: "ana arroba example punto com",
            value: "ana@example.com",
            bad: "no tengo correo",
            keys: None,
            bad_keys: None,
            spoken: "ana arroba example punto com",
            masked: "que empieza por a, de example punto com",
        },
        Row {
            kind: Kind::Date,
            said: "el veinticinco de septiembre",
            value: "2026-09-25",
            bad: "cuando usted quiera",
            keys: Some(("25092026", "2026-09-25")),
            bad_keys: Some("32092026"),
            spoken: "el viernes veinticinco de septiembre",
            masked: "un dato reservado",
        },
        Row {
            kind: Kind::Birth,
            said: "el cinco de abril del cuarenta y ocho",
            value: "1948-04-05",
            bad: "el cinco de abril",
            keys: Some(("05041948", "1948-04-05")),
            bad_keys: Some("31041948"),
            spoken: "el cinco de abril de mil novecientos cuarenta y ocho",
            masked: "un dato reservado",
        },
        Row {
            kind: Kind::Time,
            said: "a las cinco y media de la tarde",
            value: "17:30",
            bad: "me da igual",
            keys: Some(("1730", "17:30")),
            bad_keys: Some("2575"),
            spoken: "las cinco y media de la tarde",
            masked: "un dato reservado",
        },
        Row {
            kind: Kind::DateTimeRange,
            said: "el viernes por la tarde",
            value: "2026-09-18T14:00/2026-09-18T20:00",
            bad: "no lo sé todavía",
            keys: None,
            bad_keys: None,
            spoken: "el viernes dieciocho de septiembre por la tarde",
            masked: "un dato reservado",
        },
        Row {
            kind: Kind::DateTimeRange,
            said: "la semana que viene menos el jueves",
            value: "2026-09-21T00:00/2026-09-24T00:00,2026-09-25T00:00/2026-09-28T00:00",
            bad: "en el puente",
            keys: None,
            bad_keys: None,
            spoken: "del lunes veintiuno al miércoles veintitrés de septiembre, o del viernes veinticinco al domingo veintisiete de septiembre",
            masked: "un dato reservado",
        },
        Row {
            kind: Kind::Address,
            said: "calle mayor número doce tercero derecha",
            value: "Calle Mayor, 12, 3.º derecha",
            bad: "no me acuerdo",
            keys: None,
            bad_keys: None,
            spoken: "Calle Mayor, número doce, tercero derecha",
            masked: "un dato reservado",
        },
        Row {
            kind: exact(Exact::Name),
            said: "me llamo ana ejemplo prueba",
            value: "Ana Ejemplo Prueba",
            bad: "doce treinta y cuatro",
            keys: None,
            bad_keys: None,
            spoken: "Ana Ejemplo Prueba",
            masked: "de iniciales a, e, pe",
        },
        Row {
            kind: Kind::FreeText,
            said: "hay una farola rota",
            value: "hay una farola rota",
            bad: "",
            keys: None,
            bad_keys: None,
            spoken: "hay una farola rota",
            masked: "un dato reservado",
        },
    ]
}

#[test]
fn every_type_is_heard_keyed_told_again_and_masked() {
    let spanish = Spanish::new(&bot()).unwrap();
    let mut wrong = Vec::new();
    let mut check = |what: String, got: Option<String>, wanted: Option<&str>| {
        if got.as_deref() != wanted {
            wrong.push(format!("{what}: {got:?}, not {wanted:?}"));
        }
    };
    for row in table() {
        let name = row.kind.written();
        let valid = |found: Option<Found>| match found {
            Some(Found::Valid(value)) => Some(value),
            _ => None,
        };
        let value = valid(heard(&spanish, &row.kind, true, row.said));
        check(format!("{name}, «{}»", row.said), value.as_ref().map(Value::to_string), Some(row.value));
        let bad = valid(heard(&spanish, &row.kind, true, row.bad)).map(|v| v.to_string());
        check(format!("{name}, «{}»", row.bad), bad, None);
        let keyed = |keys: &str| valid(Some(spanish.validate(&row.kind, keys, now()))).map(|v| v.to_string());
        if let Some((keys, wanted)) = row.keys {
            check(format!("{name}, keys {keys}"), keyed(keys), Some(wanted));
        }
        if let Some(keys) = row.bad_keys {
            check(format!("{name}, keys {keys}"), keyed(keys), None);
        }
        if let Some(value) = value {
            let aloud = |how| Some(spanish.read_aloud(&value, how, now()));
            check(format!("{name}, spoken"), aloud(Filter::Spoken), Some(row.spoken));
            check(format!("{name}, masked"), aloud(Filter::Masked), Some(row.masked));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_nif_is_of_a_person_a_foreigner_or_a_company() {
    let spanish = Spanish::new(&bot()).unwrap();
    for written in ["12345678Z", "X1234567L", "B12345674", "P1234567D"] {
        let found = spanish.validate(&Kind::Nif, written, now());
        assert_eq!(found, Found::Valid(Value::Nif(written.into())), "{written}");
    }
    assert_eq!(spanish.validate(&Kind::Nif, "B12345675", now()), Found::Invalid);
}

#[test]
fn a_phone_keyed_with_its_country_is_the_same_phone() {
    let spanish = Spanish::new(&bot()).unwrap();
    let phone = |keys: &str| spanish.validate(&Kind::Exact(Exact::Phone), keys, now());
    let same = Found::Valid(Value::Exact(Exact::Phone, "600000000".into()));
    for keys in ["600000000", "0034600000000", "+34600000000", "600 00 00 00"] {
        assert_eq!(phone(keys), same, "{keys}");
    }
    assert_eq!(phone("6000"), Found::Unfinished);
    assert_eq!(phone("123456789"), Found::Invalid);
}

#[test]
fn a_question_finds_what_the_bot_knows_in_other_words_too() {
    let bot = bot();
    let spanish = Spanish::new(&bot).unwrap();
    let kind = Kind::Knowledge(bot.knowledge()["tributos"].clone());
    let id = |words: &str, asked| match heard(&spanish, &kind, asked, words) {
        Some(Found::Valid(Value::Article(article))) => Some(article.id.clone()),
        _ => None,
    };
    for (words, article) in [
        ("quería saber cuándo hay que pagar el ibi", "plazo"),
        ("¿tienen descuento para familias numerosas?", "bonificacion"),
        ("lo de las familias numerosas", "bonificacion"),
        ("cómo hago para que me lo cobren en el banco", "domiciliar"),
    ] {
        assert_eq!(id(words, true).as_deref(), Some(article), "{words}");
    }
    for words in ["sí", "quiero comprar un coche rojo", "no", "gracias", "mañana por la tarde"] {
        assert_eq!(id(words, true), None, "{words}");
        assert_eq!(id(words, false), None, "{words}");
    }
    let article = bot.knowledge()["tributos"].article("plazo").unwrap().clone();
    let value = Value::Article(article);
    assert_eq!(spanish.read_aloud(&value, Filter::Plain, now()), "Plazo para pagar el IBI");
    assert_eq!(spanish.read_aloud(&value, Filter::Masked, now()), "un dato reservado");
    assert_eq!(value.field("respuesta"), Some(Value::Text("Hasta el treinta de junio.".into())));
    assert_eq!(spanish.validate(&kind, "plazo", now()), Found::Valid(value), "by its key");
}

#[test]
fn a_name_or_an_amount_is_not_heard_where_another_thing_was_asked() {
    let spanish = Spanish::new(&bot()).unwrap();
    assert_eq!(heard(&spanish, &Kind::Exact(Exact::Name), false, "padrón municipal"), None);
    assert_eq!(heard(&spanish, &Kind::Money, false, "el doce"), None);
    let name = heard(&spanish, &Kind::Exact(Exact::Name), true, "Ana Dos Santos");
    assert_eq!(name, Some(Found::Valid(Value::Exact(Exact::Name, "Ana dos Santos".into()))));
    let phone = heard(
        &spanish,
        &Kind::Exact(Exact::Phone),
        false,
        "mi teléfono es el seiscientos cero cero cero cero cero cero",
    );
    assert_eq!(phone, Some(Found::Valid(Value::Exact(Exact::Phone, "600000000".into()))));
}

#[test]
fn a_misplaced_star_and_less_than_nothing_are_no_amount_and_no_number() {
    let spanish = Spanish::new(&bot()).unwrap();
    let keyed = |kind: &Kind, keys: &str| spanish.validate(kind, keys, now());
    for (keys, found) in [
        ("*50", Found::Valid(Value::Money(50))),
        ("12*50", Found::Valid(Value::Money(1250))),
        ("12*", Found::Unfinished),
        ("12**50", Found::Invalid),
        ("1*2*50", Found::Invalid),
        ("12*500", Found::Invalid),
        ("**", Found::Invalid),
        ("-10", Found::Invalid),
    ] {
        assert_eq!(keyed(&Kind::Money, keys), found, "{keys}");
    }
    for kind in
        [Kind::Exact(Exact::Phone), Kind::Nif, Kind::Digits { min: 4, max: 9 }, Kind::Number, Kind::Date]
    {
        assert_eq!(keyed(&kind, "6123*45678"), Found::Invalid, "{}", kind.written());
    }
    for (kind, words) in [
        (Kind::Money, "menos veinte euros"),
        (Kind::Number, "cuatro coma cinco"),
        (Kind::Number, "seis y medio"),
    ] {
        assert_eq!(heard(&spanish, &kind, true, words), Some(Found::Invalid), "{words}");
    }
    let billions = heard(&spanish, &Kind::Number, true, "nueve mil cinco billones");
    let Some(Found::Valid(value)) = billions else { panic!("{billions:?}") };
    assert_eq!(spanish.read_aloud(&value, Filter::Spoken, now()), "nueve mil cinco billones");
    assert_eq!(value.to_json().to_string(), "9005000000000000");
}

#[test]
fn what_two_readings_live_of_is_asked_and_what_is_over_is_the_last() {
    let spanish = Spanish::new(&bot()).unwrap();
    let day = |y, m, d| Value::Date(NaiveDate::from_ymd_opt(y, m, d).unwrap());
    for (words, first, second) in [
        ("el cuatro de abril del cuarenta y uno", day(1941, 4, 4), day(2041, 4, 4)),
        ("el lunes o el miércoles", day(2026, 9, 21), day(2026, 9, 23)),
    ] {
        let found = heard(&spanish, &Kind::Date, true, words);
        assert_eq!(found, Some(Found::Unclear(first, second)), "{words}");
    }
    let slot = ExpectedSlot {
        name: "dato".into(),
        kind: Kind::Date,
        within: Some(dialogs::Within::Past),
        private: false,
    };
    let expect = Expect { now: now(), slots: [slot].into(), asked: Some(0), ..Expect::default() };
    let past = |words| spanish.understand(&Heard::text(words), &expect).slots.pop().map(|s| s.found);
    assert_eq!(past("el cuatro de abril del cuarenta y uno"), Some(Found::Valid(day(1941, 4, 4))));
    assert_eq!(past("el veinte de septiembre"), Some(Found::Valid(day(2025, 9, 20))));
    let birth = heard(&spanish, &Kind::Birth, true, "el uno de enero de dos mil cuarenta");
    assert_eq!(birth, Some(Found::Valid(Value::Birth(NaiveDate::from_ymd_opt(2040, 1, 1).unwrap()))));
    assert_eq!(heard(&spanish, &Kind::Birth, true, "el uno de enero"), Some(Found::Unfinished));
}

#[test]
fn a_day_that_is_far_is_read_with_its_year_in_every_language() {
    let desk = concat!(env!("CARGO_MANIFEST_DIR"), "/../../dialogs/bots/cita_previa");
    let spanish = Spanish::new(&Bot::load(desk).unwrap()).unwrap();
    let at = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap().and_hms_opt(9, 30, 0).unwrap();
    let day = |y, m, d| at(y, m, d).date();
    let month = |y, m| Value::Range { from: day(y, m, 1).into(), to: day(y, m + 1, 1).into() };
    for (code, year) in [
        ("es", "dos mil veintisiete"),
        ("ca", "dos mil vint-i-set"),
        ("gl", "dous mil vinte e sete"),
        ("eu", "bi mila eta hogeita zazpi"),
        ("en", "two thousand and twenty-seven"),
    ] {
        let language = spanish.in_language(code).unwrap();
        let aloud = |value: Value| language.read_aloud(&value, Filter::Spoken, now());
        for far in [
            Value::Date(day(2027, 5, 14)),
            Value::DateTime(at(2027, 9, 17).into()),
            Value::List(vec![Value::DateTime(at(2027, 4, 1).into()), Value::DateTime(at(2027, 4, 2).into())]),
            Value::Range { from: at(2027, 6, 7), to: at(2027, 6, 8) },
            month(2027, 7),
            Value::Birth(day(2027, 1, 1)),
        ] {
            let said = aloud(far.clone());
            assert!(said.contains(year), "{code}, {far}: {said}");
        }
        // Half a year from September.
        for near in [Value::Date(day(2027, 2, 14)), Value::DateTime(at(2026, 12, 1).into()), month(2027, 1)] {
            let said = aloud(near.clone());
            assert!(!said.contains(year) && !said.contains("2027"), "{code}, {near}: {said}");
        }
    }
}
