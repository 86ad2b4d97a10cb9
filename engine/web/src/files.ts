// The list of files on the left.
import { ask, fill, h, toast } from "./dom";
import { put, t } from "./i18n";
import { type Kind, KINDS, pathOf } from "./kinds";
import type { Workspace } from "./workspace";

/** The list; it follows the workspace. */
export function fileList(work: Workspace): HTMLElement {
  const list = h("ul", { class: "files" });
  const buttons = h("div", { class: "buttons" });
  const draw = (): void => {
    const paths = [...work.files.keys()].sort(byFolder);
    let folder = "";
    const rows: HTMLElement[] = [];
    for (const path of paths) {
      const slash = path.lastIndexOf("/");
      const here = path.slice(0, slash + 1);
      if (here !== folder) rows.push(h("li", { class: "folder" }, here));
      folder = here;
      rows.push(row(work, path, path.slice(slash + 1), here !== ""));
    }
    const active = list.contains(document.activeElement) ? work.open : "";
    fill(list, ...rows);
    if (active) list.querySelector<HTMLElement>("[aria-current]")?.focus();
    fill(
      buttons,
      work.bot.editable && h("button", { onclick: () => void create(work) }, t.files.new),
      work.bot.editable && work.open !== "" && work.open !== "centro.yaml" &&
        h("button", { class: "quiet", onclick: () => void rename(work) }, t.files.rename),
      work.bot.editable && work.open !== "" && work.open !== "centro.yaml" &&
        h("button", { class: "quiet", onclick: () => void remove(work) }, t.files.remove),
    );
  };
  work.on("files", draw);
  work.on("marks", draw);
  work.on("open", draw);
  draw();
  return h("nav", { class: "side", "aria-label": t.files.title }, h("h2", {}, t.files.title), list, buttons);
}

function row(work: Workspace, path: string, name: string, inside: boolean): HTMLElement {
  const marks = work.marks.filter((mark) => mark.file === path);
  const errors = marks.filter((mark) => mark.severity === "error").length;
  const open = work.open === path;
  const button = h(
    "button",
    { class: inside ? "file inside" : "file", title: path, "aria-current": open ? "true" : undefined, onclick: () => work.show(path) },
    h("span", { class: "name" }, name.replace(/\.yaml$/, ""), name.endsWith(".yaml") && h("span", { class: "unseen" }, ".yaml")),
    work.isDirty(path) && h("span", { class: "dot", title: t.top.unsaved, "aria-label": t.dirty, role: "img" }),
    errors > 0 && h("span", { class: "count bad" }, String(errors)),
    errors === 0 && marks.length > 0 && h("span", { class: "count" }, String(marks.length)),
  );
  return h("li", {}, button);
}

/** Files of the folder itself first, `centro.yaml` before all, their tests after them. */
function byFolder(a: string, b: string): number {
  const rank = (path: string) => (path === "centro.yaml" ? 0 : path.includes("/") ? 3 : path.endsWith(".test.yaml") ? 2 : 1);
  return rank(a) - rank(b) || a.localeCompare(b);
}

const NAME = "[\\p{L}\\p{N}_\\-]+";

/** Asks what kind of file, and its name; it is there at once, and saved with the rest. */
async function create(work: Workspace): Promise<void> {
  const kinds = KINDS.filter((kind) => kind.fixed === undefined || !work.files.has(kind.fixed));
  const kind = h("select", {}, ...kinds.map((one) => h("option", { value: one.id }, t.files.kinds[one.id])));
  const name = h("input", { required: true, pattern: NAME, maxLength: 60, autocomplete: "off", spellcheck: false, title: t.files.nameRule });
  const label = h("label", {}, t.files.name, name);
  const path = (): string => pathOf(chosen(), name.value.trim());
  const chosen = (): Kind => kinds.find((one) => one.id === kind.value)!;
  const told = named(work, name, path);
  const changed = (): void => {
    label.hidden = chosen().fixed !== undefined;
    name.required = !label.hidden;
    name.dispatchEvent(new Event("input"));
  };
  kind.addEventListener("change", changed);
  changed();
  const body = h("div", { class: "fields" }, h("label", {}, t.files.kind, kind), label, told);
  const given = await ask(t.files.newTitle, body, [t.files.create, t.save.cancel], () => ({ kind: chosen(), name: name.value.trim() }));
  if (!given) return;
  const made = pathOf(given.kind, given.name);
  work.add(made, given.kind.text(given.name, work));
  work.show(made);
}

/** Tells under a name which file it makes, and refuses one that is there. */
function named(work: Workspace, name: HTMLInputElement, path: () => string): HTMLElement {
  const told = h("p", { class: "note", "aria-live": "polite" });
  name.addEventListener("input", () => {
    const there = work.files.has(path());
    name.setCustomValidity(there ? t.files.there : "");
    const wrong = there || (name.value !== "" && name.validity.patternMismatch);
    told.className = wrong ? "wrong" : "note";
    const named = name.value !== "" || !name.required;
    told.textContent = there ? t.files.there : wrong ? t.files.nameRule : named ? put(t.files.path, { file: path() }) : t.files.nameRule;
  });
  return told;
}

async function rename(work: Workspace): Promise<void> {
  const path = work.open;
  const [, folder, stem, ending] = /^(.*\/)?(.*?)((?:\.test)?\.\w+)$/.exec(path) ?? [];
  const name = h("input", { required: true, pattern: NAME, maxLength: 60, autocomplete: "off", spellcheck: false, value: stem ?? "" });
  const to = (): string => `${folder ?? ""}${name.value.trim()}${ending ?? ""}`;
  const told = named(work, name, () => (to() === path ? "" : to()));
  const given = await ask(put(t.files.renameTitle, { file: path }), h("div", { class: "fields" }, h("label", {}, t.files.name, name), told), [t.files.renameDo, t.save.cancel], to);
  if (!given || given === path) return;
  await guarded(async () => {
    await work.rename(path, given);
    toast(put(t.files.renamed, { file: given }));
  });
}

async function remove(work: Workspace): Promise<void> {
  const path = work.open;
  const text = work.files.get(path)?.text ?? "";
  const sure = await ask(put(t.files.removeTitle, { file: path }), h("p", {}, t.files.removeText), [t.files.removeDo, t.save.cancel], () => true);
  if (!sure) return;
  await guarded(async () => {
    await work.remove(path);
    work.show("centro.yaml");
    // Back as a new file that is not saved yet.
    const back = (): void => {
      if (!work.files.has(path)) work.add(path, text);
      work.show(path);
    };
    toast(put(t.files.removed, { file: path }), false, { label: t.files.undo, act: back });
  });
}

async function guarded(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    toast(put(t.error, { why: (error as Error).message }), true);
  }
}
