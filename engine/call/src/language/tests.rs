//! The border between dialogs and understanding, with both real.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use dialogs::{Expect, ExpectedSlot, Found, Heard, Kind, Language, Value};

use super::Spanish;

/// With the intents of the bot that ships.
pub(super) fn spanish() -> Spanish {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../dialogs/bots/cita_previa");
    Spanish::new(&dialogs::Bot::load(folder).unwrap()).unwrap()
}

pub(super) fn expecting(kind: Kind, asked: bool) -> Expect {
    let slot = ExpectedSlot { name: "dato".into(), kind, within: None, private: false };
    // A Thursday.
    let now = NaiveDate::from_ymd_opt(2026, 9, 17).unwrap().and_hms_opt(10, 0, 0).unwrap();
    Expect { now, slots: [slot].into(), asked: asked.then_some(0), ..Expect::default() }
}

fn slot(kind: Kind, said: &str) -> Option<Found> {
    spanish().understand(&Heard::text(said), &expecting(kind, true)).slots.pop().map(|s| s.found)
}

#[test]
fn a_dictated_dni_is_valid_with_its_letter_only() {
    let right = slot(Kind::Nif, "doce treinta y cuatro cincuenta y seis setenta y ocho zeta");
    assert_eq!(right, Some(Found::Valid(Value::Nif("12345678Z".into()))));
    let wrong = slot(Kind::Nif, "doce treinta y cuatro cincuenta y seis setenta y ocho a");
    assert_eq!(wrong, Some(Found::Invalid));
    let half = slot(Kind::Nif, "doce treinta y cuatro cincuenta y seis setenta y ocho");
    assert_eq!(half, Some(Found::Unfinished));
}

#[test]
fn a_later_reading_that_is_valid_wins() {
    let heard = Heard {
        text: "doce treinta y cuatro cincuenta y seis setenta y ocho de".into(),
        confidence: 0.8,
        alternatives: vec![("doce treinta y cuatro cincuenta y seis setenta y ocho zeta".into(), 0.7)],
        ..Heard::default()
    };
    let understood = spanish().understand(&heard, &expecting(Kind::Nif, true));
    assert_eq!(understood.slots[0].found, Found::Valid(Value::Nif("12345678Z".into())));
    assert!(understood.slots[0].confidence <= 0.7);
}

#[test]
fn an_implausible_reading_does_not_win_by_its_letter() {
    let heard = Heard {
        text: "doce treinta y cuatro cincuenta y seis setenta y ocho ve".into(),
        confidence: 0.55,
        alternatives: vec![("doce treinta y cuatro cincuenta y siete setenta y ocho e".into(), 0.006)],
        ..Heard::default()
    };
    let understood = spanish().understand(&heard, &expecting(Kind::Nif, true));
    assert_eq!(understood.slots[0].found, Found::Invalid);
}

#[test]
fn eight_keys_are_a_whole_dni() {
    let now = NaiveDate::from_ymd_opt(2026, 9, 17).unwrap().and_hms_opt(10, 0, 0).unwrap();
    let keyed = |keys| spanish().validate(&Kind::Nif, keys, now);
    assert_eq!(keyed("12345678"), Found::Valid(Value::Nif("12345678Z".into())));
    assert_eq!(keyed("1234"), Found::Unfinished);
    assert_eq!(keyed("123456789"), Found::Invalid);
}

#[test]
fn yes_and_no_are_told_whether_asked_or_not() {
    let said = |text| spanish().understand(&Heard::text(text), &Expect::default()).yes_no.map(|y| y.0);
    assert_eq!(said("sí, vale"), Some(true));
    assert_eq!(said("qué va"), Some(false));
}

#[test]
fn only_intents_that_are_valid_now_come_back() {
    let mut expect = expecting(Kind::YesNo, false);
    expect.intents = ["hablar_con_persona".to_owned()].into();
    let understood = spanish().understand(&Heard::text("quiero hablar con una persona"), &expect);
    assert_eq!(understood.intents.first().map(|i| i.0.as_str()), Some("hablar_con_persona"));
    let understood = spanish().understand(&Heard::text("quiero pedir cita"), &expect);
    assert!(understood.intents.iter().all(|i| i.0 == "hablar_con_persona"));
}

/// A bot's languages, with two intents.
pub(super) fn in_language(code: &str) -> std::sync::Arc<dyn Language> {
    let examples = |first: &[&str], second: &[&str]| {
        let texts = |all: &[&str]| all.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        dialogs::Examples::from([
            ("pedir_cita".to_owned(), texts(first)),
            ("persona".to_owned(), texts(second)),
        ])
    };
    let all = [
        (
            "es",
            examples(
                &["quiero pedir cita", "una cita"],
                &["quiero hablar con una persona", "pásame con alguien"],
            ),
        ),
        (
            "ca",
            examples(
                &["vull demanar hora", "necessito una cita"],
                &["vull parlar amb una persona", "passa'm amb algú"],
            ),
        ),
        (
            "gl",
            examples(
                &["quero pedir cita", "preciso unha cita"],
                &["quero falar cunha persoa", "pásame con alguén"],
            ),
        ),
        (
            "eu",
            examples(
                &["hitzordua eskatu nahi dut", "hitzordu bat behar dut"],
                &["pertsona batekin hitz egin nahi dut", "jarri norbaitekin"],
            ),
        ),
        (
            "en",
            examples(
                &["I want an appointment", "book an appointment"],
                &["I want to talk to a person", "put me through to somebody"],
            ),
        ),
    ];
    let speakers = all.into_iter().map(|(code, examples)| {
        let tongue = super::tongue::of(code).unwrap();
        (
            code.to_owned(),
            super::Speaker::new((code, tongue), &examples, super::Questions::default()).unwrap(),
        )
    });
    let family = std::sync::Arc::new(super::Family(speakers.collect()));
    let home = Spanish(super::Member { family, code: "es".to_owned() });
    home.in_language(code).unwrap()
}

#[test]
fn each_language_understands_its_own_words_and_gives_back_the_others() {
    let day = NaiveDate::from_ymd_opt(2026, 9, 24).unwrap();
    for (code, yes, date, hour, talk, aloud) in [
        (
            "ca",
            "sí, és clar",
            "dijous que ve",
            "dos quarts de sis",
            "vull parlar amb una persona",
            "dijous vint-i-quatre de setembre",
        ),
        (
            "gl",
            "si, claro",
            "o xoves que vén",
            "as cinco e media",
            "quero falar cunha persoa",
            "o xoves vinte e catro de setembro",
        ),
        (
            "eu",
            "bai, noski",
            "datorren ostegunean",
            "bost eta erdietan",
            "pertsona batekin hitz egin nahi dut",
            "ostegunean, irailaren hogeita lauan",
        ),
        (
            "en",
            "yes, of course",
            "next Thursday",
            "half past five",
            "I want to talk to a person",
            "Thursday the twenty-fourth of September",
        ),
    ] {
        let language = in_language(code);
        let heard = |kind, said| language.understand(&Heard::text(said), &expecting(kind, true));
        let found = |kind, said| heard(kind, said).slots.pop().map(|s| s.found);
        assert_eq!(heard(Kind::YesNo, yes).yes_no.map(|y| y.0), Some(true), "{code}");
        assert_eq!(found(Kind::Date, date), Some(Found::Valid(Value::Date(day))), "{code}");
        let half_past_five = chrono::NaiveTime::from_hms_opt(17, 30, 0).unwrap();
        assert_eq!(found(Kind::Time, hour), Some(Found::Valid(Value::Time(half_past_five))), "{code}");
        let mut expect = expecting(Kind::YesNo, false);
        expect.intents = ["persona", "pedir_cita"].map(str::to_owned).into();
        let intents = language.understand(&Heard::text(talk), &expect).intents;
        assert_eq!(intents.first().map(|i| i.0.as_str()), Some("persona"), "{code}");
        assert_eq!(
            language.read_aloud(&Value::Date(day), dialogs::Filter::Spoken, expect.now),
            aloud,
            "{code}"
        );
        assert_eq!(
            language.validate(&Kind::Nif, "12345678", expect.now),
            Found::Valid(Value::Nif("12345678Z".into())),
            "{code}"
        );
        assert!(language.is_backchannel(yes.split(',').next().unwrap()), "{code}");
        let home = language.in_language("es").unwrap();
        assert_eq!(
            home.read_aloud(&Value::Date(day), dialogs::Filter::Spoken, expect.now),
            "el jueves veinticuatro de septiembre"
        );
        assert!(language.in_language("xx").is_none());
    }
}

#[test]
fn a_correction_and_a_mask_are_of_each_language() {
    for (code, said, masked) in [
        ("ca", "no, perdó, divendres", "acabat en set, vuit, zeta"),
        ("gl", "non, perdón, o venres", "rematado en sete, oito, zeta"),
        ("eu", "ez, barkatu, ostiralean", "amaiera: zazpi, zortzi, zeta"),
        ("en", "no, sorry, on Friday", "ending in seven, eight, zed"),
    ] {
        let language = in_language(code);
        let understood = language.understand(&Heard::text(said), &expecting(Kind::Date, true));
        assert!(understood.correction, "{code}");
        let friday = NaiveDate::from_ymd_opt(2026, 9, 18).unwrap();
        assert_eq!(understood.slots[0].found, Found::Valid(Value::Date(friday)), "{code}");
        assert_eq!(
            language.read_aloud(
                &Value::Nif("12345678Z".into()),
                dialogs::Filter::Masked,
                chrono::NaiveDateTime::MIN
            ),
            masked,
            "{code}"
        );
    }
}

#[test]
fn what_is_heard_without_accents_or_unsurely_still_answers() {
    let mut expect = expecting(Kind::YesNo, true);
    expect.yes_no = true;
    let heard = |text: &str, confidence: f32, expect: &Expect| {
        spanish().understand(&Heard::unsure(text, confidence), expect)
    };
    let yes_no = |text: &str| heard(text, 0.7, &expect).yes_no.filter(|y| y.1 > 0.35).map(|y| y.0);
    assert_eq!(yes_no("si es el mismo"), Some(true));
    assert_eq!(yes_no("no lo tengo"), Some(false));
    let plate = expecting(Kind::Exact(dialogs::Exact::Plate), true);
    let found = heard("uno dos tres cuatro ve ce de", 0.2, &plate).slots.pop().unwrap();
    assert_eq!(found.found, Found::Valid(Value::Exact(dialogs::Exact::Plate, "1234BCD".into())));
    // A form that hardly any words have by chance is taken from half of `accept` on.
    assert!((0.175..=0.2).contains(&found.confidence), "{found:?}");
}

/// Spanish with two intents of three examples each.
fn speaker(examples: [(&str, [&str; 3]); 2]) -> super::Speaker {
    let examples = examples.map(|(intent, texts)| (intent.to_owned(), texts.map(str::to_owned).to_vec()));
    let examples = examples.into_iter().collect();
    super::Speaker::new(("es", super::tongue::of("es").unwrap()), &examples, super::Questions::default())
        .unwrap()
}

#[test]
fn words_that_are_wholly_the_answer_are_no_intent() {
    let examples = [
        ("preguntar_tributos", ["la tasa de la basura", "el recibo de la basura", "pagar la basura"]),
        ("persona", ["hablar con una persona", "quiero una persona", "páseme con alguien"]),
    ];
    let speaker = speaker(examples);
    let item = |id: &str, name: &str| {
        std::sync::Arc::new(dialogs::Item {
            id: id.into(),
            name: name.into(),
            synonyms: Vec::new(),
            fields: BTreeMap::new(),
        })
    };
    let items = vec![item("basura", "la basura"), item("farola", "una farola")];
    let catalogue = dialogs::Catalogue { name: "averias".into(), items, fetched: false };
    let mut expect = expecting(Kind::List(catalogue.into()), true);
    expect.intents = ["preguntar_tributos", "persona"].map(str::to_owned).into();
    let heard = |words: &str, expect: &Expect| {
        let understood = speaker.understand(&Heard::text(words), expect);
        (understood.slots.len(), understood.intents.first().map(|i| i.0.clone()))
    };
    assert_eq!(heard("la basura", &expect), (1, None));
    assert_eq!(heard("y cómo se paga la basura", &expect).1.as_deref(), Some("preguntar_tributos"));
    assert_eq!(heard("quiero hablar con una persona de la basura", &expect).1.as_deref(), Some("persona"));
    expect.asked = None;
    assert_eq!(heard("la basura", &expect).1.as_deref(), Some("preguntar_tributos"), "nothing was asked");
}

#[test]
fn an_answer_in_its_own_words_starts_nothing_else() {
    let language = spanish();
    let asked = |said: &str| {
        let intents = ["anular", "repetir", "no_grabar", "hablar_con_persona"].map(str::to_owned);
        let expect = Expect { intents: intents.into(), yes_no: true, ..expecting(Kind::YesNo, true) };
        language.understand(&Heard::text(said), &expect)
    };
    for said in [
        "no lo tengo aquí",
        "no lo he recibido",
        "no, lo he perdido",
        "pues no, no me lo dieron",
        "es que no lo encuentro",
    ] {
        let understood = asked(said);
        assert_eq!(understood.intents, [], "{said}");
        assert!(matches!(understood.yes_no, Some((false, sure)) if sure >= 0.5), "{said}: {understood:?}");
    }
    for (said, intent) in [
        ("no le he entendido", "repetir"),
        ("no quiero que me graben", "no_grabar"),
        ("no, quiero hablar con una persona", "hablar_con_persona"),
    ] {
        assert_eq!(asked(said).intents.first().map(|i| i.0.as_str()), Some(intent), "{said}");
    }
}

#[test]
fn a_plain_no_is_the_answer_whatever_examples_hold_it() {
    let examples = [
        ("dejarlo", ["ya no hace falta", "déjelo", "no quiero seguir"]),
        ("persona", ["hablar con una persona", "quiero una persona", "páseme con alguien"]),
    ];
    let speaker = speaker(examples);
    let intents = ["dejarlo", "persona"].map(str::to_owned);
    let expect = Expect { intents: intents.into(), yes_no: true, ..expecting(Kind::YesNo, true) };
    let heard = |said: &str| speaker.understand(&Heard::text(said), &expect);
    for said in ["no hace falta", "no hace falta, gracias", "no"] {
        let understood = heard(said);
        assert_eq!((understood.intents.len(), understood.yes_no.map(|y| y.0)), (0, Some(false)), "{said}");
    }
    for said in ["ya no hace falta", "no, no, déjelo"] {
        assert_eq!(heard(said).intents.first().map(|i| i.0.as_str()), Some("dejarlo"), "{said}");
    }
}

#[test]
fn a_telephone_may_be_the_one_that_they_call_from() {
    let phone = Kind::Exact(dialogs::Exact::Phone);
    let heard = |code: &str, said: &str, from: &str| {
        let language = spanish().in_language(code).unwrap();
        let expect = Expect { from: from.into(), ..expecting(phone.clone(), true) };
        language.understand(&Heard::text(said), &expect).slots.pop().map(|s| s.found)
    };
    let own = Some(Found::Valid(Value::Exact(dialogs::Exact::Phone, "600000000".into())));
    assert_eq!(heard("es", "a este mismo", "+34600000000"), own);
    assert_eq!(heard("ca", "al mateix des del que truco", "600000000"), own);
    assert_eq!(heard("gl", "a este mesmo", "600000000"), own);
    assert_eq!(heard("eu", "zenbaki honetara", "600000000"), own);
    assert_eq!(heard("en", "the same number", "600000000"), own);
    assert_eq!(heard("es", "no, a este no", "600000000"), None);
    assert_eq!(heard("es", "a este mismo", ""), None, "it is withheld");
}

#[test]
fn two_words_are_one_where_the_language_makes_them_one() {
    for (code, word, article, both) in [
        ("es", "a", "el", "al"),
        ("es", "de", "el", "del"),
        ("ca", "per", "el", "pel"),
        ("gl", "de", "o", "do"),
    ] {
        let language = spanish().in_language(code).unwrap();
        assert_eq!(language.contraction(word, article), Some(both), "{code}");
        assert_eq!(language.contraction(word, "jueves"), None);
    }
}

#[test]
fn who_only_listens_has_told_nothing() {
    let told = |said: &str| {
        !spanish().understand(&Heard::text(said), &expecting(Kind::FreeText, true)).slots.is_empty()
    };
    assert!(told("hay un bache") && told("no") && told("sí, un bache enorme"));
    assert!(!told("sí") && !told("vale, vale"));
}

#[test]
fn what_is_doubtful_is_taken_where_it_was_asked_for() {
    let sure = |asked: bool| {
        let understood = spanish()
            .understand(&Heard::text("dentro de quince días"), &expecting(Kind::DateTimeRange, asked));
        understood.slots.first().map(|s| s.confidence)
    };
    assert!(sure(true).is_some_and(|sure| (0.5..=0.6).contains(&sure)), "to be confirmed");
    assert_eq!(sure(false), None);
}

#[test]
fn a_sound_that_is_hardly_a_word_means_nothing() {
    let heard = |confidence: f32| {
        let intents = ["repetir".to_owned()];
        let expect = Expect { intents: intents.into(), ..expecting(Kind::Nif, true) };
        let heard = Heard::unsure("repita", confidence);
        spanish().understand(&heard, &expect).intents.first().map_or(0.0, |i| i.1)
    };
    let (clear, unclear) = (heard(0.9), heard(0.3));
    assert!(clear > 0.75 && unclear <= 0.3, "{clear} {unclear}");
}

#[test]
fn what_is_hardly_heard_means_nothing() {
    let language = spanish();
    let every =
        ["anular", "cambiar_cita", "anular_cita", "hablar_con_persona", "pedir_cita"].map(str::to_owned);
    for confidence in [0.014, 0.19, 0.34] {
        for (said, kind) in [
            ("quería anular la cita que tengo el jueves", Kind::Date),
            ("olvídelo", Kind::YesNo),
            ("sí, claro, es correcto", Kind::YesNo),
            ("el uno de marzo", Kind::Date),
            ("quiero hablar con una persona", Kind::FreeText),
        ] {
            let expect = Expect { intents: every.clone().into(), yes_no: true, ..expecting(kind, true) };
            let u = language.understand(&Heard::unsure(said, confidence), &expect);
            let all = u.intents.iter().map(|i| i.1).chain(u.slots.iter().map(|s| s.confidence));
            let all: Vec<f32> = all.chain(u.yes_no.map(|y| y.1)).collect();
            assert!(all.iter().all(|c| *c <= confidence), "{said} at {confidence}: {u:?}");
        }
    }
}

#[test]
fn one_word_heard_badly_holds_back_what_stands_on_it_and_nothing_else() {
    let language = spanish();
    let heard = |words: &[(&str, f32)]| {
        let text = words.iter().map(|w| w.0).collect::<Vec<_>>().join(" ");
        let words = words.iter().map(|w| dialogs::HeardWord { text: w.0.into(), confidence: w.1 }).collect();
        Heard { text, confidence: 0.4, words, alternatives: Vec::new() }
    };
    let expect = expecting(Kind::Date, true);
    let day =
        |words: &[(&str, f32)]| language.understand(&heard(words), &expect).slots.pop().map(|s| s.confidence);
    let clear = [("pues", 0.1), ("el", 0.9), ("jueves", 0.95)];
    assert!(day(&clear).is_some_and(|c| c > 0.8), "{:?}", day(&clear));
    let unclear = [("pues", 0.95), ("el", 0.9), ("jueves", 0.1)];
    assert!(day(&unclear).is_some_and(|c| c <= 0.1), "{:?}", day(&unclear));
}

#[test]
fn an_intent_is_not_carried_by_the_words_of_the_answer() {
    let language = spanish();
    let intents = ["volver", "repetir", "hablar_con_persona"].map(str::to_owned);
    let option = |said: &str| dialogs::ChoiceOption { said: said.into(), value: Value::Text(said.into()) };
    let expect = Expect {
        intents: intents.clone().into(),
        options: vec![option("a las cinco"), option("a las seis")],
        ..Expect::default()
    };
    let heard = |said: &str, expect: &Expect| language.understand(&Heard::text(said), expect);
    for said in ["el último", "la última", "pues la última"] {
        let u = heard(said, &expect);
        assert!(u.choice.is_some() && u.intents.is_empty(), "{said}: {u:?}");
    }
    let person = heard("no, quiero hablar con una persona", &expect);
    assert_eq!(person.intents.first().map(|i| i.0.as_str()), Some("hablar_con_persona"));
    let name = Expect { intents: intents.into(), ..expecting(Kind::Exact(dialogs::Exact::Name), true) };
    let u = heard("me llamo Repita Atrás Pérez", &name);
    assert!(u.intents.is_empty() && !u.slots.is_empty(), "{u:?}");
}

#[test]
fn who_asks_for_a_moment_says_nothing_else() {
    let language = spanish();
    let expect = Expect { yes_no: true, ..expecting(Kind::FreeText, true) };
    for said in ["un momento, por favor", "espere, que lo busco", "no me lo sé, que lo busco"] {
        let u = language.understand(&Heard::text(said), &expect);
        assert!(u.wants_time && u.slots.is_empty() && u.yes_no.is_none() && !u.correction, "{said}: {u:?}");
    }
    for (code, said) in [
        ("ca", "un moment, que ho busco"),
        ("gl", "agarde un momento, por favor"),
        ("eu", "itxaron pixka bat, mesedez"),
        ("en", "hold on, let me look for it"),
    ] {
        let u = in_language(code).understand(&Heard::text(said), &expect);
        assert!(u.wants_time && u.yes_no.is_none(), "{code}: {u:?}");
    }
}

#[test]
fn nobody_is_asked_for_by_who_tells_of_people() {
    let examples = [
        ("persona", ["hablar con una persona", "quiero una persona", "páseme con alguien"]),
        ("pedir", ["quiero una cita", "deme hora", "necesito cita"]),
    ];
    let speaker = speaker(examples);
    let intents = ["persona", "pedir"].map(str::to_owned);
    let expect = Expect { intents: intents.into(), ..Expect::default() };
    let sure = |said: &str| {
        let understood = speaker.understand(&Heard::text(said), &expect);
        understood.intents.first().filter(|i| i.0 == "persona").map_or(0.0, |i| i.1)
    };
    for said in ["una persona", "quiero hablar con una persona de verdad", "páseme con alguien que sepa"] {
        assert!(sure(said) > 0.6, "{said}: {}", sure(said));
    }
    for said in ["somos dos personas", "me atendió una persona muy maja"] {
        assert!(sure(said) < 0.6, "{said}: {}", sure(said));
    }
}

#[test]
fn only_an_example_is_said_plainly() {
    let language = spanish();
    let expect =
        Expect { intents: ["anular".to_owned(), "repetir".to_owned()].into(), ..expecting(Kind::Nif, true) };
    let plainly = |said: &str| language.understand(&Heard::text(said), &expect).plainly;
    for said in ["déjelo", "bueno, pues déjelo, gracias", "olvídelo, olvídelo"] {
        assert!(plainly(said), "{said}");
    }
    for said in [
        "nada, el que tengan",
        "lo que haga falta",
        "lo dejo a su elección",
        "me da igual",
        "no, nada más que eso",
        "déjelo, quiero hablar con mi hija",
    ] {
        assert!(!plainly(said), "{said}");
    }
}

#[test]
fn a_star_is_the_mark_of_an_amount_once() {
    let now = NaiveDate::from_ymd_opt(2026, 9, 17).unwrap().and_hms_opt(10, 0, 0).unwrap();
    let language = spanish();
    let keyed = |keys: &str| language.validate(&Kind::Money, keys, now);
    assert_eq!(keyed("12*50"), Found::Valid(Value::Money(1250)));
    assert_eq!(keyed("*50"), Found::Valid(Value::Money(50)));
    assert_eq!(keyed("12*5"), Found::Unfinished);
    for keys in ["12**50", "*", "1*2*3"] {
        assert_eq!(keyed(keys), Found::Invalid, "{keys}");
    }
}
