//! Every key of the language: what it is for, and what it takes. One line a key, in the words that an editor
//! shows beside it. Each table has the name by which the loader calls the thing in its messages, and a test
//! holds both to the same keys.

use super::{
    Form::{self, *},
    steps::{ABOUT_BARGE_IN, BARGE_IN},
};

/// A key of a map.
pub(crate) struct Key {
    pub name: &'static str,
    pub form: Form,
    pub about: &'static str,
}

/// A map with fixed keys, under the name that the loader has for it.
pub(crate) struct Thing {
    pub name: &'static str,
    pub keys: &'static [Key],
    pub required: &'static [&'static str],
}

pub(super) const fn key(name: &'static str, form: Form, about: &'static str) -> Key {
    Key { name, form, about }
}

const ALWAYS: Key = key("always", Always, "What may be said at any time: an intent, and what is done then.");
const LIMITS: Key = key("limits", Map("limits"), "Silence, nonsense, anger, emergencies.");
const HANDOFFS: Key = key("handoffs", MapOf(&Map("a handoff")), "Where people take over.");
const SLOTS: Key = key("slots", MapOf(&Map("a slot")), "What it needs to know.");
const LISTEN: Key = key("listen", Map("listen"), "Times and keys of a question.");
const VOICE: Key = key("voice", Map("the voice"), "The voice that speaks.");

/// Everything but steps.
pub(crate) const THINGS: &[Thing] = &[
    Thing {
        name: "a dialog",
        required: &["dialog", "steps"],
        keys: &[
            key("dialog", Name, "Its name."),
            key("about", Text, "What it is for, in one line; the agent reads it."),
            key("start_on", OneOrMany(&Name), "Intents that start it; without it, other dialogs `run` it."),
            key("include", OneOrMany(&Name), "Parts: what partes/<name>.yaml has counts as written here."),
            key("takes", MapOf(&Returned), "Names that `run … with` gives it."),
            key("returns", Name, "The name whose value `run … save` gets."),
            SLOTS,
            key("steps", ListOf(&Step), "What it does. A step that uses an empty slot asks for it first."),
            ALWAYS,
            LIMITS,
            HANDOFFS,
        ],
    },
    Thing {
        name: "a part",
        required: &["part"],
        keys: &[
            key("part", Name, "Its name, as dialogs `include` it."),
            key("about", Text, "What it is for."),
            SLOTS,
            ALWAYS,
            LIMITS,
            HANDOFFS,
        ],
    },
    Thing {
        name: "a slot",
        required: &["type", "ask"],
        keys: &[
            key("type", Type, "What it takes."),
            key("ask", OneOrMany(&Said), "The question, and other words for the second and third attempt."),
            key("unclear", Said, "Said when two values fit: {first}, {second}."),
            key("invalid", Said, "Said when a value is refused: wrong letter, closed day."),
            key("private", Flag, "Never in a log; the agent does see it."),
            key(
                "confirm",
                Choice(&["never", "when_unsure", "always"]),
                "Whether a value is confirmed; `never` if not written.",
            ),
            LISTEN,
            key("keys", MapOf(&Scalar), "Single keys and what they stand for, four at most."),
            key("within", Text, "Opening hours: only then, and not in the past; or `past`: not after today."),
        ],
    },
    Thing {
        name: "listen",
        required: &[],
        keys: &[
            key("pause", Duration, "Silence that ends an answer that is not complete."),
            key("barge_in", Choice(BARGE_IN), ABOUT_BARGE_IN),
            key("keypad", Map("keypad"), "How keys answer."),
        ],
    },
    Thing {
        name: "keypad",
        required: &["digits"],
        keys: &[
            key("digits", Whole(1, 40), "Keys that are a whole answer."),
            key("end", Choice(&["#", "*"]), "The key that ends an answer early."),
            key(
                "between",
                Duration,
                "Time between two keys after which the answer is taken; 3s if not written.",
            ),
        ],
    },
    Thing {
        name: "a text with variants",
        required: &["any"],
        keys: &[key("any", ListOf(&Said), "Variants; one contact hears them in turn.")],
    },
    Thing {
        name: "a recorded text",
        required: &["audio", "text"],
        keys: &[
            key("audio", Text, "A recording of audios/ (WAV, mono)."),
            key("text", Text, "Said where the recording is missing; what text channels show."),
        ],
    },
    Thing {
        name: "while_waiting",
        required: &["after", "say"],
        keys: &[
            key("after", Duration, "How long the answer may take in silence."),
            key("say", Said, "What is said then."),
        ],
    },
    Thing {
        name: "a way",
        required: &["share", "then"],
        keys: &[
            key("share", Whole(1, 100), "Its share of all contacts."),
            key("then", Block, "What is done this way."),
        ],
    },
    Thing { name: "send_sms", required: &["to", "template"], keys: MESSAGE },
    Thing { name: "send_email", required: &["to", "template"], keys: MESSAGE },
    Thing {
        name: "callback",
        required: &["to", "queue"],
        keys: &[
            key("to", Text, "The number: `\"{telefono}\"`."),
            key("queue", Name, "The queue that calls."),
            key("when", Text, "An interval, if there is one."),
            key("reason", Name, "Why, in a word."),
        ],
    },
    Thing {
        name: "limits",
        required: &[],
        keys: &[
            key("no_input", Map("no_input"), "The citizen says nothing."),
            key("no_match", Map("no_match"), "What is said is no answer."),
            key("upset", Map("upset"), "The citizen is angry."),
            key("emergency", Map("emergency"), "Somebody is in danger: before anything else."),
        ],
    },
    Thing {
        name: "no_input",
        required: &["then"],
        keys: &[
            key("after", Duration, "Silence that is no answer; 6s if not written."),
            key("tries", Whole(1, 10), "Times in a row; 3 if not written."),
            key("then", Block, "Done then."),
        ],
    },
    Thing {
        name: "no_match",
        required: &["then"],
        keys: &[
            key("tries", Whole(1, 10), "Times in a row; 3 if not written."),
            key("then", Block, "Done then."),
        ],
    },
    Thing {
        name: "upset",
        required: &["level", "then"],
        keys: &[key("level", Number(0.1, 1.0), "From 0, calm, to 1."), key("then", Block, "Done then.")],
    },
    Thing {
        name: "emergency",
        required: &["then"],
        keys: &[
            key("words", ListOf(&Text), "Words of this bot's own that are danger."),
            key("ask", Text, "Asked where danger is in doubt."),
            key("then", Block, "Done at once."),
        ],
    },
    Thing {
        name: "a handoff",
        required: &["no_answer"],
        keys: &[
            key("queue", Name, "A queue of centro.yaml."),
            key("number", Text, "A number instead of a queue."),
            key(
                "carry",
                ListOf(&Name),
                "What the agent gets: slots, saved names, reason, summary, transcript, audio_offset.",
            ),
            key("whisper", Text, "What the agent hears before the citizen."),
            key("assist", ListOf(&Text), "Sources of suggestions for the agent."),
            key("closed", Block, "Done when the queue is closed."),
            key("no_answer", BlockBeside("after"), "Done when nobody answers in time."),
        ],
    },
    Thing {
        name: "`repeat`",
        required: &["repeat"],
        keys: &[key("repeat", Choice(&["last"]), "Says the last prompt again.")],
    },
    Thing {
        name: "`speak`",
        required: &["speak"],
        keys: &[key("speak", Choice(&["slower", "normal", "faster"]), "Speaks so from now on.")],
    },
    Thing {
        name: "`go`",
        required: &["go"],
        keys: &[key("go", Choice(&["back"]), "Takes the last answer back and asks again.")],
    },
    Thing {
        name: "the centre",
        required: &["centre", "time_zone", "opening"],
        keys: &[
            key("centre", Text, "Who answers."),
            key("language", Choice(&["es"]), "The language that the bot's texts are written in."),
            key("time_zone", Text, "The office's time zone: Europe/Madrid, Atlantic/Canary."),
            VOICE,
            key("opening", Map("the opening"), "How a contact begins."),
            key("recording", Map("the recording"), "Why calls may be recorded."),
            LISTEN,
            key("confidence", Map("confidence"), "From where on the bot believes what it heard."),
            key("queues", MapOf(&Map("a queue")), "Where people answer."),
            HANDOFFS,
            ALWAYS,
            LIMITS,
            key("templates", MapOf(&Message), "Texts of messages; an e-mail's has `subject` and `text`."),
            key("phrases", Phrases, "What the bot says by itself."),
            key("outbound", Map("outbound"), "Calls that the centre places."),
        ],
    },
    Thing { name: "outbound", required: &[], keys: &[key("caller_id", Text, "The number that is shown.")] },
    Thing {
        name: "confidence",
        required: &[],
        keys: &[
            key(
                "accept",
                Number(0.1, 1.0),
                "Below it, what was heard is not understood; 0.35 if not written.",
            ),
            key(
                "act",
                Number(0.55, 1.0),
                "Below it, nothing is filled or done that was not asked for; 0.6 if not written.",
            ),
            key(
                "sure",
                Number(0.55, 1.0),
                "Below it, `when_unsure` confirms, and a yes or a wish to leave is asked about; 0.75 if not written.",
            ),
        ],
    },
    Thing {
        name: "the voice",
        required: &[],
        keys: &[
            key("name", Text, "A voice of the model catalogue; none: the configured one."),
            key("rate", Number(0.5, 2.0), "Speed; 1.0 is normal."),
            key("longest", Duration, "No prompt is longer; 25s if not written."),
        ],
    },
    Thing {
        name: "the recording",
        required: &["legal_basis"],
        keys: &[key(
            "legal_basis",
            Choice(&[
                "consent",
                "contract",
                "legal_obligation",
                "vital_interest",
                "public_task",
                "legitimate_interest",
            ]),
            "Why calls may be recorded (GDPR, article 6.1).",
        )],
    },
    Thing {
        name: "a queue",
        required: &[],
        keys: &[
            key("about", Text, "Who answers there."),
            key("hours", Text, "Its opening hours; none: always open."),
        ],
    },
    Thing {
        name: "an e-mail's template",
        required: &["subject", "text"],
        keys: &[key("subject", Text, "Its subject."), key("text", Text, "Its text.")],
    },
    Thing {
        name: "the opening",
        required: &["say", "ask"],
        keys: &[
            key("say", Said, "Who answers, that it is a machine, that the call is recorded."),
            key("closed", Map("`closed`"), "Said before the question out of hours."),
            key("ask", OneOrMany(&Said), "The first question, and other words for the next attempts."),
            key("keys", MapOf(&Name), "Keys that stand for intents."),
        ],
    },
    Thing {
        name: "`closed`",
        required: &["hours", "say"],
        keys: &[key("hours", Text, "Opening hours: oficina.horario."), key("say", Said, "What is said.")],
    },
    Thing {
        name: "a service",
        required: &["url", "operations"],
        keys: &[
            key("url", Either(&Text, &Map("a url")), "Its address."),
            key("token", Map("a token"), "A bearer token."),
            key("timeout", Duration, "Of each try; 5s if not written."),
            key("retries", Whole(0, 5), "Tries after the first; 0 if not written."),
            key("operations", MapOf(&Map("an operation")), "What it does, by name."),
        ],
    },
    Thing {
        name: "a url",
        required: &["default"],
        keys: &[
            key("env", Text, "An environment variable that holds the address."),
            key("default", Text, "The address where the variable is not set."),
        ],
    },
    Thing {
        name: "a token",
        required: &["env"],
        keys: &[key("env", Text, "The environment variable that holds it; it is never written here.")],
    },
    Thing {
        name: "an operation",
        required: &[],
        keys: &[
            key("get", Text, "Its path."),
            key("post", Text, "Its path."),
            key("put", Text, "Its path."),
            key("patch", Text, "Its path."),
            key("delete", Text, "Its path."),
            key("takes", ListOf(&Name), "Its arguments."),
            key("query", MapOf(&Text), "Its query: `{ nif: \"{nif}\" }`."),
            key("body", MapOf(&Text), "Its JSON body; not with get."),
            key(
                "returns",
                Returned,
                "What it returns: text, number, yes_no, date, time, datetime, any, lists, maps.",
            ),
            key("idempotent", Flag, "Sends Idempotency-Key; so, unless written, for all but get."),
            key("timeout", Duration, "Of each try."),
            key("retries", Whole(0, 5), "Tries after the first."),
        ],
    },
    Thing {
        name: "a schedule",
        required: &[],
        keys: &[
            key("monday", OneOrMany(&Hours), "Opening hours."),
            key("tuesday", OneOrMany(&Hours), "Opening hours."),
            key("wednesday", OneOrMany(&Hours), "Opening hours."),
            key("thursday", OneOrMany(&Hours), "Opening hours."),
            key("friday", OneOrMany(&Hours), "Opening hours."),
            key("saturday", OneOrMany(&Hours), "Opening hours."),
            key("sunday", OneOrMany(&Hours), "Opening hours."),
        ],
    },
    Thing {
        name: "an entry of knowledge",
        required: &["titulo", "preguntas", "respuesta"],
        keys: &[
            key("titulo", Text, "What it is about, in a few words."),
            key("preguntas", ListOf(&Text), "At least two ways to ask for it."),
            key("respuesta", Text, "What the bot says."),
            key("fuente", Text, "Where it stands written."),
        ],
    },
    Thing {
        name: "a language",
        required: &["language"],
        keys: &[
            key("language", Choice(&["ca", "gl", "eu", "en"]), "Its code; the file has the same name."),
            VOICE,
            key("texts", MapOf(&Text), "Translations, by the text of the bot."),
            key("phrases", Phrases, "What the bot says by itself."),
            key("intents", MapOf(&ListOf(&Text)), "Three examples at least of each intent."),
            key("catalogues", MapOf(&Catalogue), "Names and synonyms, entry by entry."),
            key("saber", MapOf(&MapOf(&Map("an entry of knowledge"))), "What the bot knows, entry by entry."),
        ],
    },
    Thing {
        name: "a test file",
        required: &["dialog", "now", "cases"],
        keys: &[
            key("dialog", Name, "The dialog to test."),
            key("now", Text, "When: 2026-05-11T10:00."),
            key(
                "services",
                MapOf(&OneOrMany(&Map("a mocked service"))),
                "What services answer, call by call.",
            ),
            key("cases", ListOf(&Map("a case")), "The cases, a contact each."),
        ],
    },
    Thing {
        name: "a mocked service",
        required: &[],
        keys: &[
            key("returns", Anything, "Its answer."),
            key("fails", Scalar, "How it fails: `timeout`, or an HTTP status."),
        ],
    },
    Thing {
        name: "a case",
        required: &["name", "turns"],
        keys: &[
            key("name", Text, "What it shows."),
            key("turns", ListOf(&Map("a turn")), "What happens."),
            key("expect", Map("an expectation"), "What holds at its end."),
        ],
    },
    Thing {
        name: "a turn",
        required: &[],
        keys: &[
            key("user", Either(&Text, &Map("what the user says")), "What the citizen says."),
            key("keys", Scalar, "What the citizen keys."),
            key("silence", Duration, "How long the citizen says nothing."),
            key("hang_up", Flag, "The citizen hangs up."),
            key("expect", Map("an expectation"), "What holds now."),
        ],
    },
    Thing {
        name: "what the user says",
        required: &["say"],
        keys: &[
            key("say", Text, "The words."),
            key("while", Choice(&["bot_speaking"]), "Over the bot's voice."),
        ],
    },
    Thing {
        name: "an expectation",
        required: &[],
        keys: &[
            key("slots", MapOf(&Scalar), "Values of slots."),
            key("asks", Text, "The slot that the bot asks for."),
            key("said", OneOrMany(&Text), "What the bot said since the expectation before."),
            key("not_said", OneOrMany(&Text), "What it did not say."),
            key("called", MapOf(&MapOf(&Scalar)), "Services called, with these arguments."),
            key("end", Text, "The contact's outcome."),
            key("interrupted", Flag, "Whether the citizen's voice stopped the bot."),
            key("sms", OneOrMany(&Text), "Text messages sent, by template."),
            key("email", OneOrMany(&Text), "E-mails sent, by template."),
            key("case", Map("an expected case"), "The case opened."),
            key("callback", Scalar, "The number to call back."),
            key("recording", Choice(&["on", "off", "paused"]), "What is kept of the call."),
            key("language", Text, "The language spoken."),
            key("handoff", Map("an expected handoff"), "Who takes over."),
        ],
    },
    Thing {
        name: "an expected case",
        required: &[],
        keys: &[
            key("kind", Text, "What it is about."),
            key("state", Text, "How it stands."),
            key("with", MapOf(&Scalar), "What it holds."),
        ],
    },
    Thing {
        name: "an expected handoff",
        required: &[],
        keys: &[
            key("queue", Text, "To which queue."),
            key("number", Scalar, "To which number."),
            key("reason", Text, "Why."),
            key("carries", OneOrMany(&Text), "What the agent gets."),
        ],
    },
];

const MESSAGE: &[Key] = &[
    key("to", Text, "To whom: `\"{call.from}\"`."),
    key("template", Name, "A template of centro.yaml."),
    key("needs", Text, "Sent only if this is yes: `consent.sms`."),
];

/// What a slot takes, for completion: as it is written, and what that is.
pub(crate) const TYPES: [(&str, &str); 20] = [
    ("yes_no", "yes or no; keys 1 and 2"),
    ("list(…)", "an entry of a catalogue: list(tramites)"),
    ("kb(…)", "a question that saber/<name>.yaml answers: kb(tributos)"),
    ("digits(…)", "that many digits: digits(9), digits(4, 6)"),
    ("number", "a cardinal"),
    ("es.nif", "DNI, NIE or CIF with its check character"),
    ("es.telefono", "a Spanish phone number"),
    ("es.iban", "a bank account with its check digits"),
    ("es.matricula", "a vehicle's plate"),
    ("es.codigo_postal", "a postcode of an existing province; part: .provincia"),
    ("es.nuss", "a social security number with its check digits"),
    ("es.importe", "an amount in euros"),
    ("es.correo", "an e-mail address, dictated"),
    ("es.fecha", "a day"),
    ("es.nacimiento", "the day when somebody was born: past, with its year"),
    ("es.hora", "an hour"),
    (
        "es.datetime_range",
        "a day, a part of a day, an hour, as an interval, or several; parts: .desde, .hasta, .tramos",
    ),
    ("es.direccion", "an address; parts: .via, .numero, .resto"),
    ("es.nombre", "a person's name"),
    ("free_text", "anything"),
];
