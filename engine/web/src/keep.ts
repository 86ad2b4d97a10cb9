// A contact of the console, kept as a test case.
import type { Said, TurnAnswer } from "./api";
import { ask, h, toast } from "./dom";
import type { Desk } from "./graph";
import { put, t } from "./i18n";
import { append, applied } from "./steps";
import { written } from "./talk";
import type { Workspace } from "./workspace";

/** What the citizen did in a turn, as the API takes it. */
export type Did = { say: string } | { keys: string } | { silence: true } | { hang_up: true };

export interface Talk {
  settings: { now: string; services: string };
  /** The first answers the beginning. */
  turns: { did: Did | undefined; answer: Pick<TurnAnswer, "asks" | "no_input_ms"> & { outputs: Said[] } }[];
}

/** Asks for a name and a file, and writes the case there; it is not saved yet. */
export async function keepTalk(work: Workspace, desk: Desk, talk: Talk): Promise<void> {
  const files = [...work.files.keys()].filter((path) => path.endsWith(".test.yaml")).sort();
  const now = talk.settings.now.slice(0, 16);
  const sameTime = files.find((path) => now !== "" && new RegExp(`^now:\\s*["']?${now}`, "m").test(work.files.get(path)!.text));
  const name = h("input", { required: true, maxLength: 120, autocomplete: "off" });
  const file = h("select", {}, ...files.map((path) => h("option", { value: path }, path)), h("option", { value: "" }, t.keep.newFile));
  file.value = sameTime ?? "";
  const hint = h("p", { class: "note" });
  const tell = (): void => { hint.textContent = file.value === "" ? t.keep.withAnswers : put(t.keep.answersOf, { file: file.value }); };
  file.addEventListener("change", tell);
  tell();
  const body = h("div", { class: "fields" }, h("label", {}, t.keep.name, name), h("label", {}, t.keep.file, file), hint);
  const given = await ask(t.keep.title, body, [t.keep.do, t.save.cancel], () => ({ name: name.value.trim(), path: file.value }));
  if (!given) return;
  const lines = written(given.name, talk);
  const path = given.path || free(work, given.name);
  if (given.path) {
    desk.apply(path, append(work.files.get(path)!.text, "cases", lines));
  } else {
    const head = `dialog: ${work.names.dialogs[0] ?? ""}\nnow: ${now || "2026-05-11T10:00"}\n${services(talk.settings.services)}cases:\n`;
    work.add(path, applied(head, append(head, "cases", lines)));
    work.show(path);
  }
  toast(put(t.keep.done, { file: path }));
}

/** A path that no file has. */
function free(work: Workspace, name: string): string {
  const stem = name.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, "").slice(0, 40) || "prueba";
  for (let n = 1; ; n += 1) {
    const path = `${stem}${n === 1 ? "" : `_${n}`}.test.yaml`;
    if (!work.files.has(path)) return path;
  }
}

/** What services answered: JSON is YAML. */
function services(json: string): string {
  const all = JSON.parse(json || "{}") as Record<string, unknown>;
  const rows = Object.entries(all).map(([service, answer]) => `  ${service}: ${JSON.stringify(answer)}\n`);
  return rows.length > 0 ? `services:\n${rows.join("")}` : "";
}
