//! The keys of steps.

use super::{
    Form::*,
    keys::{Key, Thing, key},
};

const ID: Key = key("id", Name, "The step's name, for `goto`.");
const SAY_FIRST: Key = key("say", Said, "Said first.");

/// The steps, by the key that makes a step what it is.
pub(crate) const STEPS: [Thing; 22] = [
    Thing {
        name: "`say`",
        required: &["say"],
        keys: &[
            ID,
            key("say", Said, "Says it."),
            key("barge_in", Choice(BARGE_IN), "What may interrupt it; `never` for what must be heard whole."),
        ],
    },
    Thing {
        name: "`collect`",
        required: &["collect"],
        keys: &[
            ID,
            key("collect", OneOrMany(&Name), "Asks for what is still empty, in any order, several at once."),
        ],
    },
    Thing {
        name: "`ask`",
        required: &["ask"],
        keys: &[ID, key("ask", Name, "Empties the slot and asks for it anew."), SAY_FIRST],
    },
    Thing {
        name: "`call`",
        required: &["call", "on_error"],
        keys: &[
            ID,
            key("call", Text, "Calls an operation of servicios.yaml: `service.operation`."),
            key("with", MapOf(&Text), "Its arguments."),
            key("save", Name, "The name that its answer gets."),
            key("while_waiting", Map("while_waiting"), "What is said when the answer takes long."),
            key("on_error", Block, "Done when it fails, or returns something else than declared."),
        ],
    },
    Thing {
        name: "`if`",
        required: &["if", "then"],
        keys: &[
            ID,
            key(
                "if",
                Text,
                "A condition: `huecos is empty`, `tramite == 'padron'`, `oficina.horario is open`.",
            ),
            key("then", Block, "Done when it holds."),
            key("else", Block, "Done when it does not."),
        ],
    },
    Thing {
        name: "`choose`",
        required: &["choose", "from", "say", "none_fits"],
        keys: &[
            ID,
            key("choose", Name, "Offers options; the one picked gets this name."),
            key("from", Text, "The list to choose from."),
            key("at_once", Whole(1, 9), "Options said in a row; 3 if not written."),
            key("say", Said, "The question; {options | spoken} are the options."),
            key("only_one", Said, "Said when there is but one."),
            key("none_fits", Block, "Done when none fits."),
        ],
    },
    Thing {
        name: "`confirm`",
        required: &["confirm", "if_denied"],
        keys: &[
            ID,
            key("confirm", Said, "Asks yes or no; keys 1 and 2."),
            key("if_denied", Block, "Done when the answer is no."),
        ],
    },
    Thing {
        name: "`forget`",
        required: &["forget"],
        keys: &[ID, key("forget", OneOrMany(&Name), "Empties slots and saved names.")],
    },
    Thing {
        name: "`set`",
        required: &["set"],
        keys: &[ID, key("set", MapOf(&Text), "Names values: `{ motivo: \"{tramite.nombre}\" }`.")],
    },
    Thing {
        name: "`goto`",
        required: &["goto"],
        keys: &[ID, key("goto", Name, "Goes on at the step with this id.")],
    },
    Thing {
        name: "`run`",
        required: &["run"],
        keys: &[
            ID,
            key("run", Name, "Runs another dialog and comes back."),
            key("with", MapOf(&Text), "What that dialog `takes`."),
            key("save", Name, "The name for what it `returns`."),
        ],
    },
    Thing {
        name: "`split`",
        required: &["split", "ways"],
        keys: &[
            ID,
            key("split", Name, "An A/B test of this name; the way taken is in the contact's record."),
            key("ways", MapOf(&Map("a way")), "The ways, by name."),
        ],
    },
    Thing {
        name: "`language`",
        required: &["language"],
        keys: &[ID, key("language", Text, "Goes on in another language: `ca`, or `\"{idioma.id}\"`.")],
    },
    Thing {
        name: "`send_sms`",
        required: &["send_sms"],
        keys: &[ID, key("send_sms", Map("send_sms"), "Sends a text message.")],
    },
    Thing {
        name: "`send_email`",
        required: &["send_email"],
        keys: &[ID, key("send_email", Map("send_email"), "Sends an e-mail.")],
    },
    Thing {
        name: "`record`",
        required: &["record"],
        keys: &[
            ID,
            key(
                "record",
                Choice(&["start", "stop", "pause", "resume", "consent"]),
                "What of the call is kept from here on; `consent` asks whether it may be.",
            ),
            key("ask", Said, "With `consent`: the question."),
            key("if_denied", Block, "With `consent`: done when the answer is no."),
        ],
    },
    Thing {
        name: "`case: open`",
        required: &["case", "kind", "save", "on_error"],
        keys: &[
            ID,
            key("case", Choice(&["open"]), "Opens a case for the citizen."),
            key("kind", Name, "What it is about."),
            key("with", MapOf(&Text), "What it holds."),
            key("save", Name, "Its name; {caso.codigo} is its number."),
            key("on_error", Block, "Done when it can't be opened."),
        ],
    },
    Thing {
        name: "`case: note`",
        required: &["case", "of", "text"],
        keys: &[
            ID,
            key("case", Choice(&["note"]), "Adds to a case."),
            key("of", Name, "The case."),
            key("text", Text, "What is added to it."),
        ],
    },
    Thing {
        name: "`case: state`",
        required: &["case", "of", "state"],
        keys: &[
            ID,
            key("case", Choice(&["state"]), "Says how a case stands now."),
            key("of", Name, "The case."),
            key("state", Choice(&["abierto", "en_curso", "resuelto", "cerrado"]), "How it stands."),
        ],
    },
    Thing {
        name: "`callback`",
        required: &["callback"],
        keys: &[ID, key("callback", Map("callback"), "Leaves a request to call the citizen back.")],
    },
    Thing {
        name: "`handoff`",
        required: &["handoff", "reason"],
        keys: &[
            ID,
            key("handoff", Name, "Passes the contact to people, as `handoffs` says."),
            key("reason", Name, "Why, in a word; the agent reads it."),
            SAY_FIRST,
        ],
    },
    Thing {
        name: "`end`",
        required: &["end"],
        keys: &[ID, key("end", Name, "Ends the contact with this outcome."), SAY_FIRST],
    },
];

pub(super) const BARGE_IN: &[&str] = &["never", "keys", "voice"];
pub(super) const ABOUT_BARGE_IN: &str = "What interrupts a prompt: nothing, keys only, or keys and voice.";

/// Keys that stand beside a step's own, by where the step stands.
pub(crate) const BESIDE: [Key; 2] = [
    key("after", Duration, "How long to wait before."),
    key("then", Choice(&["return"]), "Goes back to where the contact was."),
];
