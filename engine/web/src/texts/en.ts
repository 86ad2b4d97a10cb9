// Every word of the page in English.
import type { Texts } from "./es";

export const en: Texts = {
  language: "Español",
  title: "Digame · Design",
  login: { title: "Bot design", user: "User", password: "Password", enter: "Log in", wrong: "This user and password do not go together.", forbidden: "This user may not design bots: the profile has no permission “design”." },
  top: { bot: "Bot", save: "Save", saved: "Saved", unsaved: "Not saved", leave: "Log out", readOnly: "Read only: this bot ships inside Digame. To change it, copy its folder and name it in [dialogs] folder." },
  files: { title: "Files", new: "New…", newTitle: "New file", path: "Name, for instance dialogos/aviso.yaml", create: "Create", remove: "Delete", removeTitle: "Delete {file}?", removed: "Deleted {file}", open: "Choose a file to see it here." },
  check: { none: "No mistakes", problems: "{n} mistakes", one: "1 mistake", warnings: "{n} warnings", checking: "Checking…", nearest: "Did you mean “{word}”?", where: "{file}, line {line}" },
  save: { conflict: "Somebody else has changed {file} meanwhile.", conflictTitle: "The file has changed", mine: "Save mine", theirs: "See theirs", cancel: "Cancel", leave: "There are changes that are not saved." },
  tabs: { graph: "Graph", console: "Try", versions: "Versions", prompts: "Audio" },
  graph: { in: "Closer", out: "Farther", fit: "Fit", broken: "The graph is drawn when there are no mistakes.", hint: "Click a step to go to its line.", copy: "Copy Mermaid", copied: "Copied" },
  console: {
    start: "Start", again: "Start again", say: "Say something", send: "Say", keys: "Keys", press: "Press", silence: "Silence", hangUp: "Hang up",
    source: "With", edited: "what is in the editor", published: "version {version}", now: "Date and hour", services: "Services", mocked: "test answers", real: "real calls",
    mocks: "Test answers (JSON)", slots: "Slots", asks: "Asks for", took: "{ms} ms", ended: "End: {outcome}", handoff: "Handed to queue {queue}: {reason}", sms: "SMS to {to}: {text}",
    service: "Service {service}", failed: "fails: {why}", badJson: "The test answers are not JSON: {why}", silent: "(silence)", hungUp: "(hangs up)", hint: "Talk to the bot in writing, with changes not saved yet.", settings: "Settings", nothing: "None yet",
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
