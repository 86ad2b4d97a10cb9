//! Items by what they are called, where it carries the answer.

use super::*;
use crate::Item;

fn item(code: &str, name: &str, synonyms: &[&str]) -> Item {
    Item {
        code: code.into(),
        name: name.into(),
        synonyms: synonyms.iter().map(|s| (*s).into()).collect(),
        value: None,
    }
}

fn tramites() -> Catalogue {
    Catalogue {
        items: vec![
            item("padron", "el padrón", &["empadronamiento", "alta en el padrón"]),
            item("baja_padron", "la baja del padrón", &[]),
            item("tributos", "los tributos", &["impuestos", "recibo", "IBI"]),
            item("registro", "el registro", &["registro general", "presentar un escrito"]),
        ],
    }
}

fn read(s: &str) -> (Option<String>, Option<Status>) {
    let found = extract(&Text::new(s), &tramites());
    (found.first().map(|f| f.value.to_string()), found.first().map(|f| f.status))
}

#[test]
fn items_by_name_synonym_derivation_and_sound() {
    for (s, code) in [
        ("quería cita para empadronarme el jueves que viene por la tarde", "padron"),
        ("para el padrón", "padron"),
        ("lo del pagrón", "padron"),
        ("pagar unos impuestos", "tributos"),
        ("tributo", "tributos"),
        ("el resibo del hibi", "tributos"),
        ("presentar un escrito", "registro"),
        ("la baja del padrón", "baja_padron"),
    ] {
        assert_eq!(read(s).0.as_deref(), Some(code), "{s}");
    }
    assert_eq!(read("quiero hablar con una persona").0, None);
    assert_eq!(read("").0, None);
}

#[test]
fn a_common_word_of_a_label_does_not_say_it_and_light_words_only_alone() {
    let items = vec![
        item("padron", "empadronamiento", &["cambio de domicilio", "volante de empadronamiento"]),
        item("dejar", "dejarla como está", &["como está", "así está bien", "no"]),
    ];
    let catalogue = Catalogue { items };
    let read = |s: &str| {
        let found = extract(&Text::new(s), &catalogue);
        found.first().map(|f| (f.value.to_string(), f.status))
    };
    for s in ["necesito cambiar mi cita", "perdone, cómo dice", "no sé el localizador", "quiero un cambio"]
    {
        assert_eq!(read(s), None, "{s}");
    }
    for (s, code) in [
        ("por un cambio de domicilio", "padron"),
        ("un volante", "padron"),
        ("así está bien, gracias", "dejar"),
        ("no", "dejar"),
        ("dejarla como está", "dejar"),
    ] {
        assert_eq!(read(s).map(|f| f.0).as_deref(), Some(code), "{s}");
    }
}

fn breakages() -> Catalogue {
    Catalogue {
        items: vec![
            item("luz", "alumbrado", &["farola", "luz de la calle"]),
            item("coche", "vehículo abandonado", &["coche abandonado", "moto abandonada"]),
            item("verde", "árboles y parques", &["árbol", "parque"]),
            item("cruce", "semáforos", &["semáforo"]),
            item("comida", "agua o comida", &["leche para el bebé", "no tengo agua"]),
            item("cuentos", "sala infantil", &["cuentos"]),
        ],
    }
}

#[test]
fn words_name_something_only_where_they_carry_the_answer() {
    let read = |s: &str| {
        let found = extract(&Text::new(s), &breakages());
        found.first().map(|f| (f.value.to_string(), f.status))
    };
    for s in [
        "hay un agujero en el que se mete un coche",
        "se ha abierto una zanja que se traga un coche",
        "el bebé está malo",
        "cuántos hay",
        "no es una farola",
        "no es comida",
        "no me falta comida",
        "no sé si es un semáforo",
    ] {
        let got = read(s);
        assert!(got.as_ref().is_none_or(|g| g.1 != Status::Sound), "{s}: {got:?}");
    }
    for (s, code) in [
        ("la farola del parque no luce", "luz"),
        ("no, farola no, es un semáforo", "cruce"),
        ("un árbol caído, no la farola", "verde"),
        ("no quiero la farola, el semáforo", "cruce"),
        ("hay un coche abandonado que tapa la farola", "coche"),
        ("no tengo agua", "comida"),
        ("leche para el bebé", "comida"),
        ("de farolas no entiendo, es el semáforo", "cruce"),
        ("todo menos la farola, el semáforo", "cruce"),
    ] {
        assert_eq!(read(s), Some((code.to_owned(), Status::Sound)), "{s}");
    }
}

#[test]
fn what_is_denied_names_nothing_and_a_verb_of_its_own_takes_the_no() {
    let items = vec![
        item("correo", "correo electrónico", &["por internet", "por correo"]),
        item("luz", "alumbrado", &["farola", "luz", "no hay luz"]),
        item("plazos", "a plazos", &["en plazos"]),
        item("medico", "ayuda sanitaria", &["soy médico"]),
        item("aviso", "recordármelo", &["que me lo recuerden"]),
        item("papel", "el papel", &["recogerlo", "el volante"]),
        item("trabajo", "el trabajo", &[]),
        item("solo", "solo yo", &["vivo sola"]),
    ];
    let catalogue = Catalogue { items };
    let read = |s: &str| {
        let found = extract(&Text::new(s), &catalogue);
        found.first().map(|f| f.value.to_string())
    };
    for s in [
        "no tengo internet",
        "no tenemos internet en casa",
        "no soy médico",
        "a plazos no",
        "no quiero plazos",
        "no me lo recuerden",
        "no quiero que me lo manden por correo",
        "pues es que no me hace falta el volante",
        "no voy a recogerlo",
        "no puedo ir a recogerlo",
        "ni volante ni nada",
        "yo no trabajo",
        "nada de correo",
        "en vez de por internet",
        "la luz de la calle no",
        "por correo electrónico no",
        "no vivo sola",
    ] {
        assert_eq!(read(s), None, "{s}");
    }
    for (s, code) in [
        ("no funciona la farola", "luz"),
        ("no va la farola de mi calle", "luz"),
        ("no hay luz", "luz"),
        ("no tenemos luz", "luz"),
        ("no se enciende la farola", "luz"),
        ("no, la farola", "luz"),
        ("el volante, que no tengo otra cosa", "papel"),
    ] {
        assert_eq!(read(s).as_deref(), Some(code), "{s}");
    }
}

#[test]
fn what_one_does_is_denied_by_a_no_right_before_it() {
    let items = vec![
        item("cambiar", "cambiarla", &["cambiar", "cambio"]),
        item("anular", "anularla", &["anular", "la anulo", "anulación"]),
        item("carta", "por carta", &["correo postal"]),
        item("correo", "por correo electrónico", &["por email"]),
        item("luz", "alumbrado", &["farola"]),
    ];
    let catalogue = Catalogue { items };
    let read = |s: &str| {
        let found = extract(&Text::new(s), &catalogue);
        found.first().map(|f| (f.value.to_string(), f.status))
    };
    for s in [
        "no la anule",
        "no, no me la anule",
        "no anularla",
        "prefiero no anularla",
        "anularla nunca",
        "anularla ni loca",
        "si la anulo me cobran",
        "ayer la anulé",
        "me la anularon",
        "la anularía pero no hay otra",
        "si me la cambian pierdo el turno",
        "por carta no que me la roban",
        "por carta no porque me la roban",
        "no tengo correo electrónico",
    ] {
        assert_eq!(read(s), None, "{s}");
    }
    // To be confirmed.
    for s in ["la última vez vino por carta", "ya arreglaron la farola", "mi hijo lo recibe por carta"] {
        assert_ne!(read(s).map(|f| f.1), Some(Status::Sound), "{s}");
    }
    for (s, code) in [
        ("anularla", "anular"),
        ("la anulo", "anular"),
        ("pues la anulo", "anular"),
        ("anúlela", "anular"),
        ("si puede anularla mejor", "anular"),
        ("sí, anúlela", "anular"),
        ("no, anularla", "anular"),
        ("no va la farola", "luz"),
        ("no la farola", "luz"),
        ("por carta", "carta"),
        ("que me la cambien", "cambiar"),
    ] {
        assert_eq!(read(s).map(|f| f.0).as_deref(), Some(code), "{s}");
    }
}

#[test]
fn a_short_word_is_another_with_another_vowel() {
    let items = vec![
        item("ayuda", "una ayuda", &["el paro"]),
        item("oficina", "recogerlo", &["me paso"]),
        item("nino", "el niño", &[]),
        item("luz", "la luz", &[]),
    ];
    let catalogue = Catalogue { items };
    let read = |s: &str| extract(&Text::new(s), &catalogue).first().map(|f| f.value.to_string());
    for s in ["espere que pare el coche", "no pasa nada", "que pare"] {
        assert_eq!(read(s), None, "{s}");
    }
    for (s, code) in
        [("por el paro", "ayuda"), ("me paso mañana", "oficina"), ("los niños", "nino"), ("las luces", "luz")]
    {
        assert_eq!(read(s).as_deref(), Some(code), "{s}");
    }
}

#[test]
fn two_close_items_are_unclear() {
    assert_eq!(read("tributos o registro").1, Some(Status::Unclear));
}
