// Every word of the page in English.
import type { Texts } from "./es";

export const en: Texts = {
  language: "Español",
  title: "Digame · Design",
  login: { title: "Bot design", user: "User", password: "Password", enter: "Log in", wrong: "This user and password do not go together.", forbidden: "This user may not design bots: the profile has no permission “design”." },
  top: { bot: "Bot", save: "Save", saved: "Saved", unsaved: "Not saved", leave: "Log out", text: "Text", tools: "Tools", views: "Views", splitter: "Width of the panel", readOnlyShort: "This bot is read only.", readOnly: "Read only: this bot ships inside Digame. To change it, copy its folder and name it in [dialogs] folder." },
  bot: {
    new: "New bot…", newTitle: "New bot", name: "Name", nameRule: "Begins with a letter and has letters, digits, _ and -: cita_previa, for instance.", taken: "There is a bot of this name already.", from: "Begin with", make: "Create",
    starter: "A small bot", starterAbout: "Takes a notice and a phone number, confirms them and ends. With its test case.", copy: "A copy of {name}", made: "Created {name}. Change the greeting in centro.yaml.",
  },
  files: {
    title: "Files", new: "New…", newTitle: "New file", create: "Create", kind: "What it is", name: "Name", nameRule: "Letters, digits, _ and -, no spaces.", there: "There is a file of this name already.", path: "It will be {file}", rename: "Rename…", renameTitle: "Another name for {file}", renameDo: "Rename", renamed: "It is now {file}",
    remove: "Delete…", removeDo: "Delete", removeTitle: "Delete {file}?", removeText: "It is no longer part of the bot. Published versions keep it.", removed: "Deleted {file}", undo: "Undo",
    kinds: { dialog: "Dialog: what the bot does", intent: "Intent: how people ask for it", test: "Test cases", catalogue: "Catalogue: a list of values", knowledge: "Questions and answers", calendar: "Calendar: hours and holidays", part: "Part shared by several dialogs", language: "Another language", services: "Services of the house (HTTP)" }, open: "Choose a file to see it here.", keys: "Escape and then Tab leave the editor.",
  },
  check: { none: "No mistakes", problems: "{n} mistakes", one: "1 mistake", warnings: "{n} warnings", oneWarning: "1 warning", checking: "Checking…", nearest: "Did you mean “{word}”?", where: "{file}, line {line}" },
  save: { conflict: "Somebody else has changed {file} meanwhile.", conflictTitle: "The file has changed", mine: "Save mine", theirs: "See theirs", cancel: "Cancel", leave: "There are changes that are not saved. They are lost if you go on.", drop: "Go on without saving" },
  tabs: { graph: "Graph", console: "Try", tests: "Tests", versions: "Versions", prompts: "Audio" },
  graph: {
    in: "Closer", out: "Farther", fit: "Fit", fitAbout: "The open dialog as a whole; once more, the whole bot", natural: "Actual size", label: "Graph", dialogs: "Go to dialog", broken: "The graph is drawn when there are no mistakes.", stale: "An earlier graph: it is drawn anew when there are no mistakes.",
    hint: "A click leads to the line. To move: drag or Alt+arrows. Del deletes.", copy: "Copy as Mermaid text", copied: "Copied",
  },
  blocks: {
    title: "Blocks", added: "Added. Ctrl+Z undoes it.", moved: "Moved. Ctrl+Z undoes it.", removed: "Deleted. Ctrl+Z undoes it.", notThere: "It cannot go there.", noDialog: "Open a dialog: steps go there.",
    groups: { talk: "Talk", decide: "Decide", data: "Data", finish: "Finish", line: "Line" },
    names: {
      say: ["Say", "Says a text"], play: ["Play", "Plays a recording; the text stands in where there is none"], collect: ["Ask for", "Asks for one or more slots"], confirm: ["Confirm", "A question of yes or no"], choose: ["Offer", "Lets one choose among the options of a list"], ask: ["Ask again", "Empties a slot and asks anew"],
      if: ["If…", "Goes one way or another by a condition"], split: ["Split", "A/B test: each contact goes one way, by percent"], goto: ["Go to", "Goes on at another step"], run: ["Dialog", "Does another dialog and comes back"],
      call: ["Service", "Calls a service of the house"], set: ["Note", "Names a value"], forget: ["Forget", "Empties slots"], case: ["Case", "Opens a case for the citizen"],
      handoff: ["Hand off", "Passes the contact to a queue of people"], callback: ["Call back", "Leaves a request to be called back"], end: ["Hang up", "Ends the contact with an outcome"],
      language: ["Language", "Goes on in another language, with its voice"], record: ["Recording", "Pauses or resumes the recording"], send_sms: ["SMS", "Sends a template by SMS"], send_email: ["E-mail", "Sends a template by e-mail"],
    },
  },
  tests: {
    run: "Run the tests", one: "Run", running: "Running the tests…", passed: "{n} passed", allPassed: "All passed: {n} cases", failed: "{n} failed", notRun: "{n} not run", hint: "They run with what is in the editor, saved or not.",
    none: "No test cases yet. Talk to the bot under “Try” and keep the conversation, or make a test file.", broken: "The bot has mistakes: mend them and run the tests again.", line: "Line {line}:", goto: "Go to the case's line", transcript: "Conversation", states: { passed: "Passed", failed: "Failed", not_run: "Not run" },
  },
  keep: { title: "Keep the conversation as a test", name: "What it shows", file: "File", newFile: "New file", do: "Keep", done: "Written in {file}. Look it over and save.", withAnswers: "The file will have the time and the services' answers of this conversation.", answersOf: "The time and the services' answers of {file} hold." },
  console: {
    preparing: "Getting the bot ready…", start: "Start", again: "Start again", say: "Say something", send: "Say", keys: "Keys", press: "Press", silence: "Silence", hangUp: "Hang up",
    source: "What is tried", edited: "what is in the editor", published: "version {version}", now: "Date and hour", services: "Services", mocked: "test answers", real: "real calls",
    mocks: "Test answers (JSON)", slots: "Slots", asks: "Asks for", took: "{ms} ms", ended: "End: {outcome}", handoff: "Handed to queue {queue}: {reason}", sms: "SMS to {to}: {text}",
    service: "Service {service}", failed: "fails: {why}", badJson: "The test answers are not JSON: {why}", silent: "(silence)", hungUp: "(hangs up)", keep: "Keep as a test…", hint: "Talk to the bot in writing, with changes not saved yet.", settings: "Settings", nothing: "None yet",
  },
  versions: {
    answers: "Answers", canary: "on trial with {share} %", folder: "the folder (no version published)", publish: "Publish…", rollback: "Roll back…", publishTitle: "Publish what is saved", note: "Why (kept in the history)",
    all: "For all calls", share: "Only for a share of the calls", percent: "Percent", tests: "Run the tests first", do: "Publish", cancel: "Cancel", published: "Published {version}: it answers the next call.", publishedCanary: "Published {version}: it answers {share} % of the calls.",
    rollbackTitle: "Roll back", rollbackText: "Undoes the last thing: the version on trial is dropped or, if there is none, the one before answers. Calls in progress keep theirs.", rollbackDo: "Roll back", rolledBack: "Done. It answers the next call.", back: "Back to this",
    unsaved: "There are changes that are not saved: save them before publishing.", refused: "Not published", history: "History", none: "No version has been published yet. What is in the folder answers, as soon as it is saved.", compare: "Compare", from: "from", to: "with", working: "what is saved", same: "No differences.",
    acts: { published: "Published", canary: "On trial, {share} %", canary_dropped: "Trial dropped", rolled_back: "Back to", withdrawn: "Back to the folder" }, passed: "{n} tests passed", skipped: "tests not run", now: "answers", trial: "on trial",
    added: "new", removed: "deleted", changed: "changed", waiting: "Checking, testing and preparing the audio…",
  },
  prompts: {
    title: "Recorded audio", none: "None yet. Texts use them like this: { audio: name.wav, text: … }", upload: "Upload WAV…", record: "Record", stop: "Stop", recording: "Recording… {s} s", name: "Name of the audio", keep: "Keep", discard: "Discard", kept: "Kept {name}",
    remove: "Delete", removeTitle: "Delete {name}?", tooLarge: "50 MB at most.", noMicrophone: "The microphone cannot be used: {why}", voice: "Hear a text in the bot's voice", text: "Text", listen: "Listen", seconds: "{s} s",
  },
  error: "It did not work: {why}",
  dirty: "changed",
};
