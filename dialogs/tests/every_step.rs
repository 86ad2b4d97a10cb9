//! Every step and rule of the language, by text, and what the checker says where one is written wrong.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test's helpers fail with it"
)]

use std::{fmt::Write as _, path::Path, path::PathBuf, sync::Arc, time::Duration};

use dialogs::{
    Bot, Heard, Input, Interpreter, Language, Output, Start,
    testing::{Suite, TestLanguage, run_tests},
};

#[path = "common/report.rs"]
mod report;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/every_step")
}

fn bot() -> Arc<Bot> {
    Arc::new(Bot::load(folder()).unwrap_or_else(|problems| {
        problems.iter().for_each(|p| println!("{p}"));
        panic!("{} problems", problems.len())
    }))
}

#[test]
fn every_step_does_what_the_specification_says() {
    let bot = bot();
    let language: Arc<dyn Language> = Arc::new(TestLanguage::new(&bot));
    for suite in ["avisos.test.yaml", "cerrado.test.yaml"] {
        let suite = Suite::load(folder().join(suite)).unwrap_or_else(|p| panic!("{}", p[0]));
        report::passed(&run_tests(&bot, &suite, &language));
    }
}

/// A contact with this id, fed with keys and words.
struct Talk {
    interpreter: Interpreter,
    now: chrono::NaiveDateTime,
}

impl Talk {
    fn new(contact: &str) -> Self {
        let now = "2026-05-11T10:00:00".parse().unwrap();
        let start = Start {
            now,
            from: "600000000".into(),
            to: "010".into(),
            contact: contact.into(),
            consent: [("email".to_owned(), true)].into_iter().collect(),
        };
        let bot = bot();
        let language: Arc<dyn Language> = Arc::new(TestLanguage::new(&bot));
        Self { interpreter: Interpreter::new(bot, language, start), now }
    }

    fn feed(&mut self, input: Input) -> Vec<Output> {
        self.interpreter.handle(input, self.now)
    }

    fn say(&mut self, text: &str) -> Vec<Output> {
        self.feed(Input::Heard(Heard::text(text)))
    }
}

fn said(outputs: &[Output]) -> Vec<&dialogs::Prompt> {
    outputs.iter().filter_map(|o| if let Output::Say(p) = o { Some(&**p) } else { None }).collect()
}

#[test]
fn half_of_the_contacts_go_each_way_of_an_even_split_and_always_the_same() {
    let way = |contact: &str| {
        let mut talk = Talk::new(contact);
        talk.feed(Input::Started);
        let outputs = talk.feed(Input::Keys("1".into()));
        said(&outputs).first().unwrap().text.clone()
    };
    let short = (0..400).filter(|i| way(&format!("c{i}")) == "Vamos allá.").count();
    assert!((150..250).contains(&short), "{short} of 400");
    assert_eq!(way("c7"), way("c7"));
}

#[test]
fn marks_become_pieces_and_text_channels_do_not_see_them() {
    let mut talk = Talk::new("a");
    talk.feed(Input::Started);
    talk.feed(Input::Keys("1".into()));
    talk.say("la farola");
    talk.say("sí");
    talk.feed(Input::Keys("600000000#".into()));
    let outputs = talk.say("mayor");
    let id = outputs.iter().find_map(|o| match o {
        Output::Case(dialogs::Case::Open { id, private, .. }) => {
            assert_eq!(private, &["telefono"]);
            Some(*id)
        }
        _ => None,
    });
    let result = Ok(serde_json::json!({ "codigo": "7K" }).into());
    let outputs = talk.feed(Input::Reply { call: id.unwrap(), result });
    let prompts = said(&outputs);
    let prompt = prompts.first().unwrap();
    assert!(!prompt.text.contains('<') && prompt.text.ends_with("Apúntelo."), "{}", prompt.text);
    let pieces: Vec<(f32, Duration)> = prompt.speech.iter().map(|s| (s.rate, s.pause)).collect();
    assert_eq!(pieces, [(1.0, Duration::from_millis(300)), (0.75, Duration::ZERO)]);
    // A note is read by people who may not see what is private, and the e-mail goes with consent.
    let note = outputs.iter().find_map(|o| match o {
        Output::Case(dialogs::Case::Note { text, .. }) => Some(text.clone()),
        _ => None,
    });
    assert!(!note.unwrap().contains("600000000"));
    assert!(outputs.iter().any(|o| matches!(o, Output::Email(e) if e.subject == "Aviso 7K")));
}

#[test]
fn slower_holds_until_the_end_of_the_contact() {
    let mut talk = Talk::new("a");
    let opening = talk.feed(Input::Started);
    assert_eq!(said(&opening)[0].audio.as_deref(), Some("bienvenida.wav"));
    let slow = talk.say("más despacio");
    assert!(said(&slow).iter().all(|p| p.speech.iter().all(|s| s.rate == 0.8)), "{slow:?}");
    let next = talk.feed(Input::Keys("1".into()));
    assert!(said(&next).iter().all(|p| p.speech.iter().all(|s| s.rate == 0.8)));
    for _ in 0..5 {
        talk.say("más despacio");
    }
    let slowest = talk.say("más despacio");
    assert!(said(&slowest).iter().all(|p| p.speech.iter().all(|s| s.rate == 0.6)));
}

#[test]
fn texts_and_recordings_to_prepare_are_known_in_each_language() {
    let bot = bot();
    assert_eq!(bot.languages().collect::<Vec<_>>(), ["es", "ca"]);
    assert_eq!(bot.recordings(), ["bienvenida.wav"]);
    let catalan = bot.fixed_prompts_in("ca");
    assert!(
        catalan.contains(&"Segona manera.".to_owned()) && !catalan.contains(&"Segunda forma.".to_owned())
    );
    assert!(catalan.contains(&"Li passo amb una persona.".to_owned()));
}

/// What is broken, where, what was written, what is written instead.
const BROKEN: &[(&str, &str, &str, &str)] = &[
    ("a part that does not exist", "avisos.yaml", "include: [contacto]", "include: [contato]"),
    ("an argument that a dialog does not take", "avisos.yaml", "with: { motivo:", "with: { motvo:"),
    ("a result that a dialog does not return", "preguntar_calle.yaml", "returns: sitio\n", ""),
    ("a returned name that nothing fills", "preguntar_calle.yaml", "returns: sitio", "returns: stio"),
    (
        "an A/B test with one way",
        "avisos.yaml",
        "      largo: { share: 1, then: { say: Vamos a tomar nota de su aviso. } }\n",
        "",
    ),
    ("a way without its share", "avisos.yaml", "corto: { share: 1, then", "corto: { then"),
    ("one variant", "avisos.yaml", "any: [Primera forma., Segunda forma.]", "any: [Primera forma.]"),
    ("a thing to do with the recording", "avisos.yaml", "record: pause", "record: paus"),
    ("a question of consent without words", "avisos.yaml", "    ask: ¿Nos deja grabar?\n", ""),
    ("a question where nothing is asked", "avisos.yaml", "- record: pause", "- record: pause\n    ask: ¿Sí?"),
    ("a thing to do with a case", "avisos.yaml", "case: note", "case: nota"),
    ("a case without a name", "avisos.yaml", "    save: caso\n", ""),
    (
        "a case without its error branch",
        "avisos.yaml",
        "    on_error: { handoff: avisos, reason: sin_caso, say: No puedo apuntarlo. }\n",
        "",
    ),
    ("a note to what is no case", "avisos.yaml", "of: caso\n    text", "of: cosa\n    text"),
    ("a state that no case has", "avisos.yaml", "state: en_curso", "state: encurso"),
    (
        "opening hours that do not exist",
        "avisos.yaml",
        "if: oficina.horario is open",
        "if: oficina.orario is open",
    ),
    (
        "a text cut at its comma",
        "avisos.yaml",
        "{ say: \"De acuerdo, no grabo.\" }",
        "{ say: De acuerdo, no grabo. }",
    ),
    ("an unknown mark", "avisos.yaml", "<slow>Apúntelo.</slow>", "<slwo>Apúntelo.</slwo>"),
    ("a mark that is not closed", "avisos.yaml", "<slow>Apúntelo.</slow>", "<slow>Apúntelo."),
    ("a pause without its unit", "avisos.yaml", "300ms", "300"),
    (
        "an e-mail's template in a text message",
        "avisos.yaml",
        "template: aviso_recibido",
        "template: aviso_carta",
    ),
    (
        "a call back to an unknown queue",
        "avisos.yaml",
        "queue: avisos, reason: seg",
        "queue: aviso, reason: seg",
    ),
    ("a slot to ask that does not exist", "avisos.yaml", "ask: graba", "ask: grava"),
    ("a language that the bot does not speak", "centro.yaml", "language: ca", "language: cat"),
    ("an unknown way to speak", "centro.yaml", "speak: slower", "speak: slow"),
    ("an unknown way to go", "centro.yaml", "go: back", "go: bak"),
    ("a key of the opening for an unknown intent", "centro.yaml", "keys: { 1: avisar", "keys: { 1: avisa"),
    (
        "a recording in a folder of its own",
        "centro.yaml",
        "audio: bienvenida.wav",
        "audio: ../bienvenida.wav",
    ),
    (
        "a recording without its words",
        "centro.yaml",
        "{ audio: bienvenida.wav, text: Soy un asistente automático y esta llamada se graba. }",
        "{ audio: bienvenida.wav }",
    ),
    ("a number with letters", "centro.yaml", "number: \"112\"", "number: ciento doce"),
    (
        "a closed exit of a number",
        "centro.yaml",
        "urgencias: { number: \"112\",",
        "urgencias: { number: \"112\", closed: { end: x },",
    ),
    ("an emergency without any words in its list", "centro.yaml", "[no respira, hay fuego]", "[]"),
    (
        "an emergency that leads nowhere",
        "centro.yaml",
        ", then: { handoff: urgencias, reason: emergencia, say: Le paso con el ciento doce. }",
        "",
    ),
    ("a part without its name", "partes/contacto.yaml", "part: contacto", "about: contacto"),
    (
        "a key that a part does not have",
        "partes/contacto.yaml",
        "part: contacto",
        "part: contacto\nsteps: []",
    ),
    ("a text without its translation", "idiomas/ca.yaml", "  ¿Qué desea?: Què desitja?\n", ""),
    ("a translation of a text that changed", "idiomas/ca.yaml", "  ¿Qué desea?:", "  ¿Qué desean?:"),
    ("a translation with other values", "idiomas/ca.yaml", "En quin carrer és {motivo}?", "En quin carrer?"),
    (
        "an intent without examples in a language",
        "idiomas/ca.yaml",
        "  volver: [enrere, tornar enrere, pas anterior en català]\n",
        "",
    ),
    (
        "an entry without its translation",
        "idiomas/ca.yaml",
        "    luz: { nombre: la llum, sinonimos: [fanal] }\n",
        "",
    ),
    ("a language that Digame does not speak", "idiomas/ca.yaml", "language: ca", "language: fr"),
];

#[test]
fn every_mistake_has_its_line_and_its_cure() {
    let mut shown = String::new();
    for (what, file, from, to) in BROKEN {
        let mut files = Vec::new();
        for inner in ["", "nlu/", "catalogos/", "calendarios/", "partes/", "idiomas/"] {
            for entry in std::fs::read_dir(folder().join(inner)).unwrap().flatten() {
                let name = entry.file_name().into_string().unwrap();
                if name.ends_with(".yaml") && !name.ends_with(".test.yaml") {
                    files.push((format!("{inner}{name}"), std::fs::read_to_string(entry.path()).unwrap()));
                }
            }
        }
        let (_, text) = files.iter_mut().find(|(n, _)| n == file).unwrap();
        assert!(text.contains(from), "{what}: {from}");
        *text = text.replacen(from, to, 1);
        writeln!(shown, "# {what}").unwrap();
        match Bot::from_files(&files) {
            Ok(_) => panic!("{what} was accepted"),
            Err(problems) => problems.iter().take(4).for_each(|p| writeln!(shown, "{p}").unwrap()),
        }
    }
    insta::assert_snapshot!(shown);
}
