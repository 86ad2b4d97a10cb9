use super::*;

fn bot() -> Vec<(String, Vec<String>)> {
    let intent =
        |name: &str, examples: &[&str]| (name.to_owned(), examples.iter().map(|e| (*e).to_owned()).collect());
    vec![
        intent(
            "pedir_cita",
            &[
                "[quiero|quería|necesito] [pedir] cita",
                "me gustaría reservar hora",
                "quería cita para el padrón",
                "necesito una cita previa",
                "para pedir hora",
                "quiero que me den cita",
                "cita para empadronarme",
                "¿me puede dar una cita?",
                "concertar una cita",
                "coger cita",
            ],
        ),
        intent(
            "anular_cita",
            &[
                "[quiero|quería] anular [la|mi] cita",
                "cancelar la cita que tengo",
                "no puedo ir a la cita",
                "quítame la cita",
                "borrar mi cita",
                "ya no necesito la cita",
                "me quiero dar de baja de la cita",
                "anúlela",
            ],
        ),
        intent(
            "hablar_con_persona",
            &[
                "[quiero|quería] hablar con una persona",
                "páseme con un operador",
                "con un agente",
                "una persona por favor",
                "que me atienda alguien",
                "no quiero hablar con una máquina",
                "póngame con un humano",
                "quiero que me atienda una persona",
            ],
        ),
        intent(
            "repetir",
            &[
                "repita",
                "¿puede repetir?",
                "no le he oído",
                "¿cómo dice?",
                "otra vez por favor",
                "repítalo",
                "no le he entendido",
                "¿qué ha dicho?",
            ],
        ),
        intent(
            "preguntar_requisitos",
            &[
                "qué documentos necesito",
                "qué papeles tengo que llevar",
                "qué hace falta llevar",
                "¿qué requisitos hay?",
                "qué tengo que presentar",
                "¿hay que llevar el DNI?",
                "necesito saber la documentación",
                "cuáles son los requisitos",
            ],
        ),
        intent(
            "horario",
            &[
                "a qué hora abren",
                "qué horario tienen",
                "¿abren los sábados?",
                "¿hasta qué hora están?",
                "cuándo cierran",
                "horario de la oficina",
                "¿están abiertos por la tarde?",
            ],
        ),
    ]
}

#[test]
fn a_small_bot_understands_what_it_never_saw() {
    let model = IntentModel::train(&bot(), &TrainOptions::default()).unwrap();
    for (text, intent) in [
        ("hola buenas quería pedir una cita para el padrón", "pedir_cita"),
        ("nesesito sita prebia", "pedir_cita"),
        ("quiero cancelar mi cita", "anular_cita"),
        ("quiero hablar con un agente humano", "hablar_con_persona"),
        ("puede repetirlo por favor", "repetir"),
        ("qué documentación tengo que llevar", "preguntar_requisitos"),
        ("a qué hora cierran ustedes", "horario"),
    ] {
        let got = model.classify(text);
        assert_eq!(got.ranked[0].intent, intent, "{text}: {got:?}");
    }
}

#[test]
fn what_the_bot_is_not_for_is_rejected() {
    let model = IntentModel::train(&bot(), &TrainOptions::default()).unwrap();
    for text in ["cuánto mide el monte Everest", "me duele mucho la cabeza", "", "asdf qwer zxcv"] {
        let got = model.classify(text);
        assert!(got.best.is_none(), "{text}: {got:?}");
        assert!(got.out_of_scope >= 0.5);
    }
}

#[test]
fn the_same_seed_gives_the_same_model() {
    let a = IntentModel::train(&bot(), &TrainOptions::default()).unwrap();
    let b = IntentModel::train(&bot(), &TrainOptions::default()).unwrap();
    for text in ["quiero cita", "anular", "otra cosa distinta"] {
        assert_eq!(a.classify(text), b.classify(text));
    }
}

#[test]
fn probabilities_add_up_and_are_ordered() {
    let model = IntentModel::train(&bot(), &TrainOptions::default()).unwrap();
    let got = model.classify("quiero anular la cita y pedir otra");
    let sum: f32 = got.ranked.iter().map(|r| r.confidence).sum();
    assert!((sum - 1.0).abs() < 1e-3);
    assert!(got.ranked.windows(2).all(|w| w[0].confidence >= w[1].confidence));
}

#[test]
fn an_intent_without_words_is_refused() {
    let bad = vec![("vacia".to_owned(), vec!["¿?".to_owned()])];
    assert!(
        matches!(IntentModel::train(&bad, &TrainOptions::default()), Err(Error::NoExamples(n)) if n == "vacia")
    );
    let broken = vec![("rota".to_owned(), vec!["[quiero cita".to_owned()])];
    assert!(matches!(IntentModel::train(&broken, &TrainOptions::default()), Err(Error::Template { .. })));
}

#[test]
fn one_intent_is_enough() {
    let one = vec![bot().remove(0)];
    let model = IntentModel::train(&one, &TrainOptions::default()).unwrap();
    assert_eq!(model.classify("quiero cita").best.map(|b| b.intent), Some("pedir_cita".to_owned()));
    assert!(model.classify("me duele la cabeza").best.is_none());
}

#[test]
fn other_languages_are_data_and_words_never_seen_are_known_by_meaning() {
    let intent =
        |name: &str, examples: &[&str]| (name.to_owned(), examples.iter().map(|e| (*e).to_owned()).collect());
    let bot = vec![
        intent("temps", &["quin temps fa avui", "nevarà demà", "hi haurà neu", "fa molt de vent"]),
        intent(
            "fitxers",
            &["vull obrir un document", "on és la carpeta", "desa el fitxer", "obre el document"],
        ),
    ];
    let model = IntentModel::train(&bot, &TrainOptions::default()).unwrap();
    for (text, intent) in [("pluja", "temps"), ("directori", "fitxers")] {
        assert!(bot.iter().all(|(_, examples)| examples.iter().all(|e| !e.contains(text))));
        let got = model.classify(text);
        assert_eq!(got.ranked[0].intent, intent, "{text}: {got:?}");
    }
}

#[test]
fn what_a_word_asks_for_depends_on_the_words_beside_it() {
    let intent =
        |name: &str, examples: &[&str]| (name.to_owned(), examples.iter().map(|e| (*e).to_owned()).collect());
    let bot = vec![
        intent(
            "mas_despacio",
            &[
                "hable más despacio",
                "un poco más lento, por favor",
                "va muy rápido",
                "habla demasiado deprisa",
            ],
        ),
        intent(
            "mas_rapido",
            &[
                "hable más deprisa",
                "un poco más rápido, por favor",
                "va muy lento",
                "habla demasiado despacio",
            ],
        ),
    ];
    let model = IntentModel::train(&bot, &TrainOptions::default()).unwrap();
    for (text, intent) in [
        ("vaya más lento", "mas_despacio"),
        ("es que habla muy deprisa", "mas_despacio"),
        ("vaya más ligero", "mas_rapido"),
        ("es que va usted muy despacito", "mas_rapido"),
    ] {
        let got = model.classify(text);
        assert_eq!(got.ranked[0].intent, intent, "{text}: {got:?}");
    }
}
