//! What the checker proves, each with a bot that lacks it: file, line, the word found, the nearest one, the cure.

use dialogs::{Bot, Input};

use super::{Files, Talk, bot, change, dialog, loaded, main_dialog, passes, refused};

const ASK: &str = "slots: { n: { type: number, ask: ¿Cuántos? } }\n";

fn says(files: &Files, what: &str) {
    let said = refused(files);
    assert!(said.iter().any(|s| s.contains(what)), "{what}: {said:#?}");
}

#[test]
fn every_path_ends() {
    says(
        &dialog("steps: [{ say: Hola. }]\n"),
        "prueba.yaml:4:11: the dialog can run out of steps after this one",
    );
    says(
        &dialog("steps:\n  - if: now is empty\n    then: { end: x }\n"),
        "prueba.yaml:5:5: the dialog can run out of steps",
    );
    says(
        &dialog(&format!("{ASK}steps:\n  - id: a\n    forget: n\n  - collect: n\n  - goto: a\n")),
        "prueba.yaml:7:5: no way from here ends",
    );
    says(
        &dialog(
            "steps:\n  - id: a\n    say: Hola.\n  - if: now is empty\n    then: { end: x }\n  - goto: a\n",
        ),
        "prueba.yaml:6:5: from here the dialog can run in a circle without asking anything",
    );
    says(
        &dialog("steps: [{ end: a }, { say: Nunca. }, { end: b }]\n"),
        "prueba.yaml:4:23: this step is never reached",
    );
    // A circle in a rule of the centre is one too, and so is one in a part, told where the part has it.
    let circle = "repetir: [{ id: a, say: Hola. }, { goto: a }]";
    let files = change(
        dialog("steps: [{ end: x }]\n"),
        "centro.yaml",
        "always:\n",
        &format!("always:\n  {circle}\n"),
    );
    says(&files, "centro.yaml:15:22: no way from here ends");
    let part = format!("part: comun\nalways:\n  {circle}\n");
    says(
        &bot(&[
            ("partes/comun.yaml", &part),
            ("prueba.yaml", &main_dialog("include: comun\nsteps: [{ end: x }]\n")),
        ]),
        "partes/comun.yaml:3:22: no way from here ends",
    );
}

#[test]
fn what_is_said_has_been_filled() {
    let call =
        "call: agenda.reservar\n    with: { hueco: x, nota: y }\n    save: r\n    on_error: { say: Falla. }";
    says(
        &dialog(&format!("steps:\n  - say: \"{{r.codigo}}\"\n  - {call}\n  - end: x\n")),
        "prueba.yaml:5:5: this may not be filled here: `r`",
    );
    says(
        &dialog(&format!("steps:\n  - {call}\n  - say: \"{{r.codigo}}\"\n  - end: x\n")),
        "prueba.yaml:9:5: this may not be filled here: `r`",
    );
    // Asked about first, it is.
    loaded(&dialog(&format!(
        "steps:\n  - {call}\n  - if: r is not empty\n    then: {{ say: \"{{r.codigo}}\" }}\n  - end: x\n"
    )));
    loaded(&dialog(&format!(
        "steps:\n  - {call}\n  - if: r is empty\n    then: {{ end: y }}\n  - say: \"{{r.codigo}}\"\n  - end: x\n"
    )));
    let rule = |rule: &str| {
        dialog(&format!(
            "always: {{ repetir: {rule} }}\nsteps:\n  - {call}\n  - confirm: ¿Sí?\n    if_denied: {{ end: no }}\n  - end: x\n"
        ))
    };
    says(&rule("{ say: \"{r.codigo}\" }"), "prueba.yaml:4:22: this may not be filled here: `r`");
    loaded(&rule("{ if: r is not empty, then: { say: \"{r.codigo}\" } }"));
    // In a rule of the centre, in a message, and in a question.
    let files = change(
        rule("{ repeat: last }"),
        "centro.yaml",
        "always:\n",
        "always:\n  aparte: { say: \"{r.codigo}\" }\n",
    );
    says(&files, "centro.yaml:15:13: this may not be filled here: `r`");
    let files = change(
        dialog(&format!(
            "steps:\n  - send_sms: {{ to: \"600000000\", template: recibido }}\n  - {call}\n  - end: x\n"
        )),
        "centro.yaml",
        "su aviso.",
        "su aviso {r.codigo}.",
    );
    says(&files, "prueba.yaml:5:5: this may not be filled here: `r`");
    says(
        &dialog(&format!(
            "slots: {{ n: {{ type: number, ask: \"¿Cuántos de {{r.codigo}}?\" }} }}\nsteps:\n  - collect: n\n  - {call}\n  - end: x\n"
        )),
        "prueba.yaml:6:5: this may not be filled here: `r`",
    );
}

#[test]
fn services_queues_and_names_exist() {
    for (steps, what) in [
        (
            "- call: agenda.hueco\n    on_error: { end: x }",
            "prueba.yaml:5:11: unknown service `agenda.hueco`; did you mean `agenda.huecos`?",
        ),
        (
            "- call: agenda.huecos\n    with: { dias: x }\n    on_error: { end: x }",
            "prueba.yaml:6:19: agenda.huecos takes no `dias`; did you mean `dia`?",
        ),
        ("- callback: { to: x, queue: persona }", "unknown queue `persona`; did you mean `personas`?"),
        ("- handoff: persona\n    reason: x", "unknown handoff `persona`; did you mean `personas`?"),
        ("- collect: m", "unknown slot `m`"),
        ("- goto: alla", "prueba.yaml:5:11: no step has the id `alla`"),
        ("- run: otro", "unknown dialog `otro`"),
        ("- send_sms: { to: x, template: carta }", "this template is not for `send_sms`: `carta`"),
        ("- language: fr", "unknown language `fr`"),
        ("- case: note\n    of: caso\n    text: x", "unknown case `caso`"),
        ("- sya: hola", "prueba.yaml:5:5: unknown step `sya`; did you mean `say`?"),
        (
            "- say: hola\n    barge: never",
            "prueba.yaml:6:5: `say` has no `barge`; it takes id, say, barge_in",
        ),
        ("- call: agenda.buscar", "prueba.yaml:5:5: this lacks `on_error`"),
        ("- confirm: ¿Sí?", "this lacks `if_denied`"),
        (
            "- choose: h\n    from: now\n    say: \"{options}\"\n    none_fits: { end: x }",
            "this is datetime, not a list: `now`",
        ),
        ("- record: consent", "this lacks `ask`"),
        ("- split: s\n    ways: { a: { share: 5, then: { say: x } } }", "one way is no test"),
        ("- set: { now: x }", "the language uses this name itself: `now`"),
        (
            "- say: a\n  - { id: a, say: x }\n  - { id: a, say: y }",
            "prueba.yaml:7:11: two steps have the id `a`",
        ),
    ] {
        says(&dialog(&format!("steps:\n  {steps}\n  - end: x\n")), what);
    }
}

#[test]
fn exits_of_handoffs_are_there_end_by_themselves_and_dont_lead_back() {
    let with = |rule: &str| {
        dialog(&format!("handoffs:\n  gente: {rule}\nsteps: [{{ handoff: gente, reason: x }}]\n"))
    };
    says(
        &with("{ queue: personas, no_answer: { after: 9s, end: x } }"),
        "prueba.yaml:5:10: this lacks `closed`",
    );
    says(&with("{ queue: personas, closed: { end: x } }"), "prueba.yaml:5:10: this lacks `no_answer`");
    says(
        &with("{ queue: personas, closed: { say: Nadie. }, no_answer: { after: 9s, end: x } }"),
        "prueba.yaml:5:39: `closed` of this handoff can run out of steps, and nobody is there: `gente`",
    );
    says(
        &with("{ queue: personas, closed: { end: x }, no_answer: { after: 9s, say: Nadie. } }"),
        "`no_answer` of this handoff can run out of steps",
    );
    says(
        &with("{ queue: personas, closed: { handoff: gente, reason: y }, no_answer: { after: 9s, end: x } }"),
        "`closed` of this handoff leads to itself: `gente`",
    );
    let two = dialog(
        "handoffs:\n  a: { queue: personas, closed: { handoff: b, reason: y }, no_answer: { after: 9s, end: x } }\n  b: { queue: siempre, closed: { end: x }, no_answer: { after: 9s, handoff: a, reason: z } }\nsteps: [{ handoff: a, reason: x }]\n",
    );
    says(&two, "leads to itself: `a`");
}

#[test]
fn nobody_is_hung_up_on_without_a_word_where_people_were_promised() {
    let with = |rule: &str, more: &str| {
        bot(&[
            (
                "prueba.yaml",
                &main_dialog(&format!(
                    "handoffs:\n  gente: {rule}\nsteps: [{{ handoff: gente, reason: x }}]\n"
                )),
            ),
            (
                "aparte.yaml",
                &format!(
                    "dialog: aparte\nslots: {{ tel: {{ type: es.telefono, ask: ¿Qué número? }} }}\nsteps: [{more}]\n"
                ),
            ),
        ])
    };
    let silent = "leads to this end without a word, and the citizen was told that people come: `gente`";
    let word = "closed: { end: x, say: Cerrado. }";
    let no_answer = |rest: &str| format!("{{ queue: personas, {word}, no_answer: {{ after: 9s, {rest} }} }}");
    for (rule, more) in [
        (no_answer("end: x"), "{ say: A. }"),
        (
            "{ queue: personas, closed: { end: x }, no_answer: { after: 9s, end: y, say: Y. } }".to_owned(),
            "{ say: A. }",
        ),
        (no_answer("run: aparte"), "{ end: y }"),
        // A number that is known already is not asked for.
        (no_answer("run: aparte"), "{ collect: tel }, { end: y }"),
        (no_answer("run: aparte"), "{ if: call.from is empty, then: { say: A. } }, { end: y }"),
    ] {
        let bot = dialogs::Bot::from_files(&with(&rule, more)).unwrap_or_else(|p| panic!("{p:?}"));
        // A bot that answers already goes on; the checker and publishing refuse it.
        let told = bot.warnings().iter().find(|p| p.to_string().contains(silent));
        assert!(told.is_some_and(|p| p.is_error() && !p.is_fatal()), "{:?}", bot.warnings());
    }
    for (rule, more) in [
        (no_answer("end: x, say: No contestan."), "{ say: A. }"),
        (no_answer("run: aparte"), "{ say: A. }, { end: y }"),
        (no_answer("run: aparte"), "{ end: y, say: Y. }"),
    ] {
        let told: Vec<String> = match dialogs::Bot::from_files(&with(&rule, more)) {
            Ok(bot) => bot.warnings().iter().map(ToString::to_string).collect(),
            Err(problems) => problems.iter().map(ToString::to_string).collect(),
        };
        assert!(!told.iter().any(|t| t.contains("people come")), "{told:?}");
    }
}

#[test]
fn a_person_can_be_reached_and_silence_and_nonsense_have_a_limit_everywhere() {
    let main = "steps: [{ run: otra }, { end: x }]\n";
    let other = format!("dialog: otra\n{ASK}steps: [{{ collect: n }}]\n");
    let files = bot(&[("prueba.yaml", &main_dialog(main)), ("otra.yaml", &other)]);
    loaded(&files);
    let lacks = |from: &str| change(files.clone(), "centro.yaml", from, "");
    says(
        &lacks("always:\n  persona: { handoff: personas, reason: lo_pide }\n"),
        "prueba.yaml:1:9: a person can't be reached from `prueba`",
    );
    says(
        &lacks("  no_input: { after: 6s, tries: 3, then: { handoff: personas, reason: silencio } }\n"),
        "prueba.yaml:1:9: there is no limit for `no_input`",
    );
    says(
        &lacks("  no_match: { tries: 3, then: { handoff: personas, reason: no_entendido } }\n"),
        "prueba.yaml:1:9: there is no limit for `no_match`",
    );
    // In a dialog that is run, where its own rule takes the person away.
    let other = other.replacen("dialog: otra\n", "dialog: otra\nalways: { persona: { say: No hay. } }\n", 1);
    says(
        &bot(&[("prueba.yaml", &main_dialog(main)), ("otra.yaml", &other)]),
        "otra.yaml:1:9: when prueba leads here, a person can't be reached from `otra`",
    );
}

#[test]
fn no_prompt_is_longer_than_the_centre_allows() {
    let words = "una palabra ".repeat(50);
    let files = dialog(&format!("steps: [{{ say: {words} }}, {{ end: x }}]\n"));
    says(&files, "prueba.yaml:4:16: this prompt takes about 33 s, and none may take over 25 s");
    loaded(&change(files.clone(), "centro.yaml", "opening:", "voice: { longest: 40s }\nopening:"));
    loaded(&change(files, "centro.yaml", "opening:", "voice: { rate: 1.5 }\nopening:"));
    // Values count with their longest form.
    let value = |text: &str| {
        dialog(&format!(
            "slots: {{ i: {{ type: es.iban, ask: ¿IBAN? }} }}\nsteps: [{{ collect: i }}, {{ say: \"{text}\" }}, {{ end: x }}]\n"
        ))
    };
    loaded(&value("Es {i}, y es {i}."));
    says(&value("Es {i}, y es {i}, y es {i}."), "this prompt takes about");
}

#[test]
fn dialogs_dont_run_themselves_and_names_are_given_once() {
    let other = "dialog: otra\nsteps: [{ run: prueba }]\n";
    says(
        &bot(&[("prueba.yaml", &main_dialog("steps: [{ run: otra }, { end: x }]\n")), ("otra.yaml", other)]),
        "otra.yaml:2:11: this dialog runs itself: `otra`",
    );
    let same = "dialog: prueba\nsteps: [{ end: y }]\n";
    says(
        &bot(&[("prueba.yaml", &main_dialog("steps: [{ end: x }]\n")), ("zzz.yaml", same)]),
        "zzz.yaml:1:9: two dialogs have the name `prueba`",
    );
}

#[test]
fn it_warns_of_what_nothing_uses_and_of_examples_that_differ_in_courtesy_only() {
    let files = change(
        dialog("slots: { m: { type: number, ask: ¿? } }\nsteps: [{ end: x }]\n"),
        "nlu/repetir.yaml",
        "repítalo",
        "\"por favor, una persona\"",
    );
    let bot = loaded(&files);
    let warnings: Vec<String> = bot.warnings().iter().map(ToString::to_string).collect();
    for what in [
        "nlu/repetir.yaml:1:1: warning: nothing is done with this intent: `repetir`",
        "nlu/repetir.yaml:1:2: warning: almost the same is an example of `persona`",
        "catalogos/cosas.yaml:1:1: warning: no slot takes this catalogue: `cosas`",
        "saber/normas.yaml:1:1: warning: no slot asks for what stands here: `normas`",
        "servicios.yaml:7:5: warning: nothing calls this operation: `agenda.huecos`",
        "prueba.yaml:4:10: warning: nothing uses this slot: `m`",
    ] {
        assert!(warnings.iter().any(|w| w.starts_with(what)), "{what}: {warnings:#?}");
    }
    says(
        &change(files, "nlu/despacio.yaml", "más despacio", "una persona"),
        "nlu/persona.yaml:1:2: this example is written twice",
    );
}

/// Every place in the language where a contact can end, after the citizen's last words, their silence or a failure.
#[test]
fn nobody_is_hung_up_on_without_a_word_anywhere() {
    // What leads there, and the bot with the steps of the end.
    let places = [
        ("`start_on`", "steps: [{ if: now is empty, then: END }, BYE]"),
        ("`repetir`", "always: { repetir: END }\nsteps: [BYE]"),
        ("`no_input`", "limits: { no_input: { then: END } }\nsteps: [BYE]"),
        ("`no_match`", "limits: { no_match: { then: END } }\nsteps: [BYE]"),
        ("`upset`", "limits: { upset: { level: 0.8, then: END } }\nsteps: [BYE]"),
        ("`emergency`", "limits: { emergency: { then: END } }\nsteps: [BYE]"),
        (
            "`closed`",
            "handoffs: { gente: { queue: personas, closed: END, no_answer: { after: 9s, end: y, say: Adiós. } } }\nsteps: [{ handoff: gente, reason: x }]",
        ),
        (
            "`no_answer`",
            "handoffs: { gente: { number: \"112\", no_answer: { after: 9s, if: now is empty, then: END, else: BYE } } }\nsteps: [{ handoff: gente, reason: x }]",
        ),
        // What was said before a service failed does not tell of it.
        ("`on_error`", "steps: [{ say: Un momento. }, { call: agenda.buscar, on_error: END }, BYE]"),
        ("`on_error`", "steps: [{ say: Un momento. }, { case: open, kind: a, save: c, on_error: END }, BYE]"),
        ("`if_denied`", "steps: [{ confirm: ¿Sí?, if_denied: END }, BYE]"),
        ("`if_denied`", "steps: [{ record: consent, ask: ¿Grabo?, if_denied: END }, BYE]"),
        ("`none_fits`", "steps: [HUECOS, { choose: h, from: hay, say: \"{options}\", none_fits: END }, BYE]"),
        (
            "the answer to `choose`",
            "steps: [HUECOS, { choose: h, from: hay, say: \"{options}\", none_fits: BYE }, { if: now is empty, then: END }, BYE]",
        ),
        (
            "the answer to `confirm`",
            "steps: [{ confirm: ¿Sí?, if_denied: BYE }, { if: now is empty, then: END }, BYE]",
        ),
        (
            "the answer to `record: consent`",
            "steps: [{ record: consent, ask: ¿Grabo? }, { if: now is empty, then: END }, BYE]",
        ),
        (
            "the answer to `n`",
            "ASKsteps: [{ collect: n }, { split: s, ways: { a: { share: 1, then: END }, b: { share: 1, then: BYE } } }]",
        ),
        (
            "the answer to `n`",
            "ASKsteps: [{ ask: n }, { forget: n }, { record: stop }, { if: now is empty, then: END }, BYE]",
        ),
        // A step asks for what it uses; the next one finds it filled.
        (
            "the answer to `n`",
            "ASKsteps: [{ say: Un momento. }, { set: { a: \"{n}\" } }, { if: now is empty, then: END }, BYE]",
        ),
    ];
    let bye = "{ end: fin, say: Adiós. }";
    let told = |files: &Files| -> Vec<String> {
        let bot = loaded(files);
        bot.warnings().iter().map(ToString::to_string).filter(|t| t.contains("without a word")).collect()
    };
    for (way, steps) in places {
        let ending = |end: &str| {
            let hours = "{ call: agenda.huecos, with: { dia: hoy }, save: hay, on_error: BYE }";
            let steps = steps.replace("ASK", ASK).replace("HUECOS", hours);
            told(&dialog(&format!("{}\n", steps.replace("END", end).replace("BYE", bye))))
        };
        let said = ending("{ end: fin }");
        let what = format!("{way} leads to this end without a word");
        assert!(matches!(said.as_slice(), [one] if one.contains(&what)), "{what}: {said:#?}");
        assert_eq!(
            ending("[{ say: '<break time=\"1s\"/>' }, { end: fin }]").len(),
            1,
            "a pause is no word: {way}"
        );
        assert_eq!(ending("[{ say: Adiós. }, { end: fin }]"), [""; 0], "{way}");
        assert_eq!(ending("{ end: fin, say: Adiós. }"), [""; 0], "{way}");
    }
    // What leads there most directly is told.
    let failing = "steps: [{ record: consent, ask: ¿Grabo? }, { collect: n }, { call: agenda.buscar, on_error: { end: mal } }, { end: fin, say: Ya. }]\n";
    let said = told(&dialog(&format!("{ASK}{failing}")));
    assert!(matches!(said.as_slice(), [one] if one.contains("`on_error` leads")), "{said:?}");
    // What is known already is not asked for: words before it are still the last.
    let known = "steps: [{ collect: n }, { say: \"Son {n}.\" }, { set: { a: \"{n}\" } }, { collect: n }, { end: fin }]\n";
    assert!(told(&dialog(&format!("{ASK}{known}"))).is_empty());
    // In a sub-dialog, in a rule of the centre and in a part, where it is written.
    let other = |steps: &str, main: &str| {
        bot(&[
            ("prueba.yaml", &main_dialog(&format!("steps: [{main}]\n"))),
            ("otra.yaml", &format!("dialog: otra\n{ASK}steps: [{steps}]\n")),
        ])
    };
    assert_eq!(
        told(&other("{ collect: n }", "{ run: otra }, { end: hecho }")),
        [
            "prueba.yaml:4:26: `run` leads to this end without a word: `hecho`; say how it ends: `end: hecho, say: …`, or a `say` before it"
        ]
    );
    assert!(told(&other("{ collect: n }, { say: Ya. }", "{ run: otra }, { end: hecho }")).is_empty());
    assert!(told(&other("{ record: stop }", "{ say: Ya está. }, { run: otra }, { end: hecho }")).is_empty());
    let said = told(&other(
        "{ record: stop }, { end: fin }",
        "{ confirm: ¿Sí?, if_denied: { run: otra } }, { say: Ya. }, { end: x }",
    ));
    assert!(
        matches!(said.as_slice(), [one] if one.starts_with("otra.yaml:3:29: `if_denied` leads")),
        "{said:?}"
    );
    let files = change(
        dialog(&format!("steps: [{bye}]\n")),
        "centro.yaml",
        "no_input: { after: 6s, tries: 3, then: { handoff: personas, reason: silencio } }",
        "no_input: { then: { end: silencio } }",
    );
    assert!(told(&files)[0].starts_with("centro.yaml:17:23: `no_input` leads"), "{:?}", told(&files));
    let part = "part: comun\nalways: { repetir: { end: fin } }\n";
    let files = bot(&[
        ("partes/comun.yaml", part),
        ("prueba.yaml", &main_dialog(&format!("include: comun\nsteps: [{bye}]\n"))),
    ]);
    assert!(told(&files)[0].starts_with("partes/comun.yaml:2:22: `repetir` leads"), "{:?}", told(&files));
}

/// Whatever the citizen does, a contact ends: by steps, calls, frames and turns.
#[test]
fn a_contact_is_bounded_in_turns_and_calls() {
    let mut talk = Talk::begun(&dialog(&format!(
        "{ASK}always: {{ repetir: {{ repeat: last }} }}\nsteps: [{{ collect: n }}, {{ end: x }}]\n"
    )));
    let mut turns = 1;
    while talk.outcome().is_none() {
        turns += 1;
        talk.say("otra vez");
        assert!(turns <= 151, "it never ends");
    }
    assert_eq!((turns, talk.outcome()), (151, Some("handed_off")));
    // Calls in a circle that asks only what is known already.
    let circle = "steps:\n  - id: a\n    call: agenda.buscar\n    on_error: { end: mal }\n  - forget: nada\n  - if: now is empty\n    then: { end: x }\n  - goto: a\n";
    let mut talk = Talk::begun(&dialog(&format!("slots: {{ nada: {{ type: number, ask: ¿? }} }}\n{circle}")));
    for _ in 0..11 {
        if talk.outcome().is_none() {
            talk.reply(serde_json::json!(1));
        }
    }
    assert_eq!(talk.outcome(), Some("handed_off"));
    assert_eq!(talk.run.handle(Input::Finished, talk.now), []);
}

#[test]
fn a_folder_or_one_dialog_file_of_it_is_checked() {
    let folder = super::on_disk(&dialog("steps: [{ say: Hola. }, { end: x }]\n"));
    Bot::load(folder.path()).unwrap();
    Bot::load(folder.path().join("prueba.yaml")).unwrap();
    assert!(Bot::load(folder.path().join("nada")).unwrap_err()[0].what.contains("no such file"));
    passes(
        &dialog("steps: [{ say: Hola. }, { end: x }]\n"),
        "cases: [{ name: one, turns: [{ user: quiero empezar }], expect: { end: x } }]\n",
    );
}
