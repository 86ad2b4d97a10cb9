//! «A private slot reaches services and the agent's brief, and nothing else.»

use dialogs::{Case, Input, Output};

use super::{Talk, dialog};

const DIALOG: &str = "slots:
  tel: { type: digits(9), ask: ¿Qué número?, private: true, confirm: always }
steps:
  - say: Apunto {tel}, {tel | grouped}, <spell>{tel}</spell>.
  - set: { copia: \"{tel}\", frase: \"El {tel}\" }
  - run: otra
    with: { numero: \"{tel}\" }
    save: vuelta
  - say: \"{copia}. {frase}. {vuelta}.\"
  - call: agenda.reservar
    with: { hueco: \"{tel}\", nota: \"El {frase}\" }
    on_error: { end: mal }
  - case: open
    kind: aviso
    with: { tel: \"{tel}\", cosa: fija }
    save: caso
    on_error: { end: mal }
  - case: note
    of: caso
    text: Llamar al {tel}.
  - send_sms: { to: \"{tel}\", template: recibido }
  - callback: { to: \"{tel}\", queue: siempre }
  - handoff: agente
    reason: lo_pide
handoffs:
  agente: { queue: siempre, carry: [tel, transcript, summary], whisper: \"Llama {tel}.\", closed: { end: c, say: C. }, no_answer: { after: 9s, end: n, say: N. } }
";

#[test]
fn a_private_value_is_in_no_note_no_record_and_no_text_that_is_kept() {
    let mut files = dialog(DIALOG);
    files.push(("otra.yaml".into(), "dialog: otra\ntakes: { numero: text }\nreturns: eco\nsteps: [{ set: { eco: \"{numero}\" } }, { say: \"Es {numero}.\" }]\n".into()));
    let mut talk = Talk::begun(&files);
    talk.say("seis cero cero uno dos tres cuatro cinco");
    talk.say("seis cero cero uno dos tres cuatro cinco seis siete");
    talk.say("seis cero cero uno dos tres cuatro cinco seis");
    talk.say("no");
    talk.keys("600123457");
    talk.say("mejor seis cero cero uno dos tres cuatro cinco seis");
    let call = talk.call();
    assert_eq!(call.arguments["hueco"].to_string(), "600123456", "services have it");
    talk.reply(serde_json::json!({ "codigo": "R1" }));
    let opened = talk.out.iter().find_map(|o| {
        if let Output::Case(Case::Open { id, private, fields, .. }) = o {
            Some((*id, private.clone(), fields.clone()))
        } else {
            None
        }
    });
    let (id, private, fields) = opened.unwrap();
    assert_eq!((private, fields["tel"].to_string()), (vec!["tel".to_owned()], "600123456".into()));
    talk.feed(Input::Reply { call: id, result: Ok(serde_json::json!({ "codigo": "C1" }).into()) });
    let note = talk
        .out
        .iter()
        .find_map(|o| if let Output::Case(Case::Note { text, .. }) = o { Some(text.clone()) } else { None });
    assert_eq!(note.as_deref(), Some("Llamar al terminado en 456."));
    let handoff = talk.handoff().unwrap();
    assert_eq!(
        (handoff.carried["tel"].to_string().as_str(), handoff.whisper.as_deref()),
        ("600123456", Some("Llama 600123456."))
    );
    assert!(!handoff.carried["summary"].to_string().contains("600123456"));
    let heard: Vec<String> = talk
        .all
        .iter()
        .filter_map(|o| if let Output::Say(p) = o { Some(p.text.clone()) } else { None })
        .collect();
    assert!(heard.iter().any(|t| t.contains("600123456")), "the citizen hears it: {heard:?}");
    let written = talk.written();
    for trace in ["600123456", "60 01 23 45 6", "6 0 0 1 2 3 4 5 6", "seis cero cero", "600123457"] {
        assert!(!written.contains(trace), "{trace} in {written}");
    }
    assert!(written.contains("terminado en 456"));
    assert!(
        talk.run.is_private("tel")
            && talk.run.is_private("copia")
            && talk.run.is_private("frase")
            && talk.run.is_private("vuelta")
            && !talk.run.is_private("caso")
    );
}

#[test]
fn which_of_two_private_values_is_asked_aloud_and_written_masked() {
    let files = dialog(
        "slots: { cosa: { type: list(cosas), ask: ¿Qué cosa?, private: true } }\nsteps: [{ collect: cosa }, { end: hecho }]\n",
    );
    let mut talk = Talk::begun(&files);
    talk.say("la fuga de la farola");
    assert_eq!(talk.said(), "¿Se refiere a el agua o a la luz?");
    assert!(!talk.written().contains("luz") && !talk.written().contains("farola"), "{}", talk.written());
}
