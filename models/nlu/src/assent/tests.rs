use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::lang::{CODES, Pack};

/// The languages, Spanish first.
fn codes() -> Vec<&'static str> {
    std::iter::once("es").chain(CODES).collect()
}

fn answers(code: &str) -> Answers {
    Pack::of(code).map_or_else(|| crate::es::yes_no::answers().clone(), |pack| pack.answers().clone())
}

fn reply(code: &str, text: &str) -> Reply {
    Pack::of(code).map_or_else(|| crate::es::reply(text), |pack| pack.reply(text))
}

fn yes(reply: &Reply) -> Option<bool> {
    reply.found.as_ref().map(|f| f.value == Value::YesNo(true))
}

/// Words that mean nothing in any of the languages.
const OTHER: [&str; 4] = ["", "zarzaparrilla", "zarzaparrilla mangolda", "mangolda brunete zarzaparrilla"];

fn leads(code: &str) -> Vec<&'static str> {
    match code {
        "es" => vec!["", "pues", "mire", "hombre", "buenos días", "gracias", "señorita", "la verdad"],
        "ca" => vec!["", "doncs", "miri", "home", "bon dia", "gràcies", "senyoreta"],
        "gl" => vec!["", "pois", "mire", "home", "bos días", "grazas", "señorita"],
        "eu" => vec!["", "begira", "egun on", "eskerrik asko", "jauna", "barkatu"],
        _ => vec!["", "well", "look", "good morning", "thank you", "madam"],
    }
}

/// A language with one of its plain yeses: none that itself negates or is not said outright.
fn a_yes() -> impl Strategy<Value = (&'static str, String)> {
    select(codes()).prop_flat_map(|code| {
        let answers = answers(code);
        let all: Vec<String> = answers.yes.iter().chain(&answers.direct).cloned().collect();
        let plain = all.into_iter().filter(|phrase| {
            let said = format!(" {phrase} ");
            let holds = |list: &[String]| list.iter().any(|w| said.contains(&format!(" {w} ")));
            !holds(&answers.negators) && !holds(&answers.hedges) && !holds(&answers.doubts)
        });
        (Just(code), select(plain.collect::<Vec<_>>()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn a_yes_that_a_negator_reaches_is_never_a_yes(
        (code, phrase) in a_yes(),
        negator in any::<prop::sample::Index>(),
        lead in any::<prop::sample::Index>(),
        tail in any::<prop::sample::Index>(),
        between in select(OTHER.to_vec()),
        after in select(OTHER.to_vec()),
    ) {
        let negators = answers(code).negators;
        let (negator, leads) = (negator.get(&negators), leads(code));
        // «no» and «faltaría más» are an idiom together.
        let together = format!("{negator} {phrase}");
        prop_assume!(!answers(code).idioms.iter().any(|idiom| together.starts_with(idiom.as_str())));
        let said = format!("{} {negator} {between} {phrase} {after} {}", lead.get(&leads), tail.get(&leads));
        let reply = reply(code, &said);
        prop_assert_ne!(yes(&reply), Some(true), "{} {}: {:?}", code, said, reply);
        prop_assert!(reply.negates, "{} {}", code, said);
    }

    #[test]
    fn a_plain_yes_stays_one_among_courtesies(
        (code, phrase) in a_yes(),
        lead in any::<prop::sample::Index>(),
        tail in any::<prop::sample::Index>(),
        commas in any::<bool>(),
    ) {
        prop_assume!(!answers(code).listening.contains(&phrase));
        let leads = leads(code);
        let joint = if commas { ", " } else { " " };
        let parts = [lead.get(&leads), phrase.as_str(), tail.get(&leads)];
        let said = parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(joint);
        let reply = reply(code, &said);
        let sound = reply.found.as_ref().is_some_and(|f| f.status == Status::Sound);
        prop_assert!(yes(&reply) == Some(true) && sound && reply.plain, "{} {}: {:?}", code, said, reply);
    }

    #[test]
    fn no_text_is_too_odd(text in ".{0,120}") {
        for code in codes() {
            let reply = reply(code, &text);
            prop_assert!(reply.rest.is_none_or(|rest| text.get(rest).is_some()));
        }
    }
}

/// What is said, and what it means: yes, no, or `?` for what is asked again.
const SAID: &[(&str, &str, &[&str])] = &[
    (
        "es",
        "sí",
        &[
            "sí",
            "Sí, sí.",
            "vale",
            "claro",
            "bueno",
            "eso es",
            "bueno, sí",
            "pues sí",
            "sí, claro",
            "sí por favor",
            "que sí, mujer, que me parece bien",
            "sí, hija, sí",
            "po sí",
            "sí, mi arma",
            "equilicuá",
            "ya lo creo",
            "cómo no, señorita",
            "no hay problema",
            "por mí no hay ningún problema",
            "no me viene mal",
            "no está nada mal",
            "no me importa",
            "¿y por qué no?",
            "si no queda otra",
            "qué remedio",
            "no tengo inconveniente",
            "sin ningún problema",
            "vale, no pasa nada",
            "sí, nada más",
            "sí, si no es molestia",
            "ándale pues",
            "simón",
            "listo",
            "de una",
            "va bene",
            "okey",
            "resérvemela, por favor",
            "apúntelo",
            "lo confirmo",
            "doy mi permiso",
            "usted manda",
            "sea",
            "está todo bien",
            "no está mal",
        ],
    ),
    (
        "es",
        "no",
        &[
            "no",
            "No, no.",
            "qué va",
            "para nada",
            "tampoco",
            "claro que no",
            "bueno, no",
            "vale, no",
            "ni hablar",
            "ni por asomo",
            "nones",
            "nanay",
            "pues no",
            "no, gracias",
            "de momento no",
            "eso no es",
            "creo que no",
            "va a ser que no",
            "no lo tengo",
            "no, no lo tengo",
            "no no lo tengo",
            "que no, que no lo tengo",
            "no es exacto",
            "no, eso no es exacto",
            "no no es exacto",
            "tampoco es correcto del todo",
            "no me parece correcto",
            "no estamos de acuerdo",
            "de acuerdo no estoy",
            "ni es correcto ni está bien",
            "no lo acepto",
            "no doy permiso",
            "no confirmo nada",
            "en absoluto estoy conforme",
            "no creo que sea correcto",
            "eso está mal",
            "es incorrecto",
            "se confunde usted",
            "no no está perfecto",
            "perdone pero eso no es así",
            "por que no es correcto",
            "no, solo mi hermana",
            "vale no",
            "no grazie",
        ],
    ),
    (
        "es",
        "?",
        &[
            "no lo sé",
            "no sé si está bien",
            "depende",
            "el jueves",
            "",
            "doce",
            "ni sí ni no",
            "puede que sí",
            "no, está bien",
            "no, no, está bien",
            "no, sí",
            "sí, pero no",
            "más o menos",
            "casi correcto",
            "no digo que no",
            "no, no hay problema",
            "lo es correcto",
            "no, pero está bien",
        ],
    ),
    (
        "ca",
        "sí",
        &[
            "sí",
            "i tant",
            "és clar que sí",
            "cap problema",
            "per què no",
            "d'acord, endavant",
            "molt bé, gràcies",
            "si no hi ha més remei",
        ],
    ),
    (
        "ca",
        "no",
        &[
            "no",
            "no és exacte",
            "no hi estem d'acord",
            "no ho accepto pas",
            "això no és així",
            "ni parlar-ne",
            "és clar que no",
            "tampoc",
        ],
    ),
    ("ca", "?", &["no ho sé", "no, està bé", "sí i no", "depèn"]),
    ("gl", "sí", &["si", "abofé que si", "non hai problema", "por que non", "moi ben, grazas", "adiante"]),
    (
        "gl",
        "no",
        &["non", "non é exacto", "non estamos de acordo", "nin falar", "claro que non", "iso non é así"],
    ),
    ("gl", "?", &["non o sei", "non, está ben", "depende"]),
    ("eu", "sí", &["bai", "bai horixe", "noski", "ados, aurrera", "ez dago arazorik", "zergatik ez"]),
    (
        "eu",
        "no",
        &["ez", "ez naiz konforme", "hori ez da egia", "ados ez gaude", "noski ezetz", "ez dut baimentzen"],
    ),
    ("eu", "?", &["ez dakit", "ez, ondo dago", "agian"]),
    ("en", "sí", &["yes", "sure", "of course", "no problem", "why not", "that's fine, thanks", "go ahead"]),
    (
        "en",
        "no",
        &[
            "no",
            "that's not right",
            "i don't agree with that",
            "it isn't correct",
            "of course not",
            "i can't accept",
            "dont confirm",
        ],
    ),
    ("en", "?", &["i don't know", "no, that's fine", "yes and no", "it depends"]),
];

#[test]
fn what_is_said_is_what_is_meant() {
    let mut wrong = Vec::new();
    for (code, meant, all) in SAID {
        for said in *all {
            let got = match yes(&reply(code, said)) {
                Some(true) => "sí",
                Some(false) => "no",
                None => "?",
            };
            if got != *meant {
                wrong.push(format!("{code} «{said}»: {got}, not {meant}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_may_be_taken_otherwise_is_not_plain() {
    for (code, said) in [
        ("es", "creo que sí"),
        ("es", "supongo que sí"),
        ("es", "no está mal"),
        ("es", "sí, pero a las ocho"),
        ("es", "está bien, ¿no?"),
        ("es", "sí, mi padre, que no oye"),
        ("es", "creo que no"),
        ("es", "está bien si es el viernes"),
        ("ca", "crec que sí"),
        ("en", "i guess so"),
    ] {
        assert!(!reply(code, said).plain, "{said}");
    }
    for (code, said) in
        [("es", "no hay problema"), ("es", "sí, no se preocupe"), ("es", "no"), ("ca", "cap problema")]
    {
        let reply = reply(code, said);
        assert!(reply.plain && reply.negates, "{said}: {reply:?}");
    }
}

#[test]
fn who_puts_it_off_wishes_it_or_greets_somebody_has_not_said_yes() {
    for (code, said) in [
        ("es", "sí, hola"),
        ("es", "sí, ojalá"),
        ("es", "sí, luego le digo"),
        ("es", "sí, ya veremos"),
        ("es", "si eso luego"),
        ("es", "y si le digo que sí"),
        ("es", "si digo que sí"),
        ("es", "vamos a ver"),
        ("es", "sí, a mi hijo"),
        ("es", "por favor"),
        ("es", "también"),
        ("ca", "si dic que sí"),
        ("ca", "si us plau"),
        ("gl", "se digo que si"),
        ("eu", "mesedez"),
        ("en", "yeah right"),
        ("en", "please"),
        ("es", "vale, me lo pienso"),
        ("ca", "sí, tant de bo"),
        ("ca", "d'acord, ja li diré"),
        ("gl", "si, xa veremos"),
        ("eu", "bai, ikusiko dugu"),
        ("en", "yes, hello"),
        ("en", "okay, I'll think about it"),
    ] {
        assert_ne!(yes(&reply(code, said)), Some(true), "{said}");
    }
    for (code, said) in [
        ("es", "sí, buenos días"),
        ("es", "sí, hasta luego"),
        ("ca", "sí, bon dia"),
        ("en", "yes, good morning"),
    ] {
        assert_eq!(yes(&reply(code, said)), Some(true), "{said}");
    }
}

#[test]
fn a_yes_lost_in_a_sentence_is_unsure() {
    for said in [
        "quería cambiar la cita que tengo el martes y no sé si no puedo el jueves",
        "si puede ser por la tarde",
    ] {
        assert!(reply("es", said).found.is_none_or(|f| f.status == Status::Unsure), "{said}");
    }
}

#[test]
fn what_follows_a_yes_or_a_no_may_say_otherwise() {
    for (code, said, rest) in [
        ("es", "sí, pero es el número veinte", Some("es el número veinte")),
        ("es", "vale, aunque mejor para renovarlo", Some("mejor para renovarlo")),
        ("es", "todo bien menos lo de la hora", Some("menos lo de la hora")),
        ("es", "no, es la plaza Nueva", Some("es la plaza Nueva")),
        ("es", "no, a las once", Some("a las once")),
        ("es", "no, he dicho a las once", Some("a las once")),
        ("es", "no he dicho a las once", Some("a las once")),
        ("es", "no, papelera no, es un banco", Some("es un banco")),
        ("es", "vale, el jueves, pero por la tarde", Some("el jueves, pero por la tarde")),
        ("es", "no, no es correcto", None),
        ("es", "no, gracias", None),
        ("es", "no quiero la segunda", None),
        ("es", "a las cinco menos diez", None),
        ("es", "sí", None),
        ("ca", "sí, però a les onze", Some("a les onze")),
        ("gl", "si, pero ás once", Some("ás once")),
        ("eu", "bai, baina hamaiketan", Some("hamaiketan")),
        ("en", "yes, but at eleven", Some("at eleven")),
    ] {
        let found = reply(code, said).rest;
        assert_eq!(found.map(|r| &said[r]), rest, "{said}");
    }
}

#[test]
fn every_phrase_is_in_one_list_of_meaning() {
    for code in codes() {
        let answers = answers(code);
        for phrase in answers.yes.iter().chain(&answers.direct).chain(&answers.idioms) {
            let no = answers.no.iter().chain(&answers.wrong).chain(&answers.neither).any(|p| p == phrase);
            assert!(!no, "{code}: «{phrase}» is yes and not yes");
        }
        assert!(!answers.yes.is_empty() && !answers.negators.is_empty(), "{code}");
    }
}

#[test]
fn what_is_left_out_is_read_with_its_word() {
    for (said, rest) in [
        ("menos el jueves cualquier día", None),
        ("sí, menos los domingos", Some("menos los domingos")),
        ("sí, menos el número, que es el catorce", Some("número, que es el catorce")),
        ("sí, pero el jueves", Some("el jueves")),
    ] {
        assert_eq!(reply("es", said).rest.map(|rest| &said[rest]), rest, "{said}");
    }
}

#[test]
fn which_was_said_is_told() {
    for (said, restates) in [
        ("no he dicho que sí", true),
        ("he dicho que no", true),
        ("no", false),
        ("ya no hace falta", false),
        ("he dicho que el jueves", false),
    ] {
        assert_eq!(reply("es", said).restates, restates, "{said}");
    }
}

#[test]
fn how_a_yes_or_a_no_is_said_is_told() {
    for (said, is_yes, manner) in [
        ("sí", true, Manner::Stating),
        ("sí, vale", true, Manner::Stating),
        ("eso es", true, Manner::Stating),
        ("vale", true, Manner::Agreeing),
        ("bueno", true, Manner::Agreeing),
        ("siga", true, Manner::Onward),
        ("sí, siga", true, Manner::YesOnward),
        ("sí, quiero que siga", true, Manner::YesOnward),
        ("muy bien, de acuerdo", true, Manner::Agreeing),
        ("resérvela", true, Manner::Order),
        ("sí, resérvela", true, Manner::YesOnward),
        ("no", false, Manner::Stating),
        ("no corre prisa", false, Manner::Calming),
        ("no, no es grave", false, Manner::Calming),
    ] {
        let reply = reply("es", said);
        assert_eq!((yes(&reply), reply.manner), (Some(is_yes), manner), "{said}");
    }
    for (code, said, manner) in [
        ("ca", "d'acord", Manner::Agreeing),
        ("gl", "de acordo", Manner::Agreeing),
        ("eu", "ados", Manner::Agreeing),
        ("en", "all right", Manner::Agreeing),
        ("ca", "no és urgent", Manner::Calming),
        ("gl", "non é grave", Manner::Calming),
        ("eu", "ez da larria", Manner::Calming),
        ("en", "it's not serious", Manner::Calming),
    ] {
        assert_eq!(reply(code, said).manner, manner, "{code}: {said}");
    }
}

#[test]
fn words_to_go_on_are_told_from_a_plain_yes() {
    for (said, onward) in [
        ("siga", true),
        ("resérvela", true),
        ("sí, resérvela", true),
        ("sí", false),
        ("sí, quiero", false),
        ("vale", false),
    ] {
        let reply = reply("es", said);
        assert_eq!(
            (yes(&reply), matches!(reply.manner, Manner::Onward | Manner::YesOnward | Manner::Order)),
            (Some(true), onward),
            "{said}"
        );
    }
}
