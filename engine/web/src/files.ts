// The list of files on the left.
import { ask, fill, h, toast } from "./dom";
import { put, t } from "./i18n";
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
    h("span", { class: "name" }, name),
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

async function create(work: Workspace): Promise<void> {
  const input = h("input", { required: true, pattern: "[^\\/.][^\\/]*(/[^\\/.][^\\/]*)?\\.(yaml|csv)", autocomplete: "off" });
  const body = h("label", {}, t.files.path, input);
  const path = await ask(t.files.newTitle, body, [t.files.create, t.save.cancel], () => input.value.trim());
  if (!path) return;
  if (!work.files.has(path)) work.add(path, beginning(path));
  work.show(path);
}

/** What a new file of this kind begins with. */
function beginning(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.(test\.)?yaml$/, "");
  if (path.endsWith(".csv")) return "id;nombre;sinonimos\n";
  if (path.startsWith("nlu/")) return "- \n- \n- \n";
  if (path.endsWith(".test.yaml")) return `dialog: ${name}\nnow: 2026-05-11T10:00\ncases:\n  - name: \n    turns:\n      - user: \n`;
  if (path.includes("/") && !path.startsWith("dialogos/")) return "\n";
  return `dialog: ${name}\nabout: \nsteps:\n  - say: \n`;
}

async function remove(work: Workspace): Promise<void> {
  const path = work.open;
  const sure = await ask(put(t.files.removeTitle, { file: path }), h("p", {}, path), [t.files.remove, t.save.cancel], () => true);
  if (!sure) return;
  try {
    await work.remove(path);
    work.show("centro.yaml");
    toast(put(t.files.removed, { file: path }));
  } catch (error) {
    toast(put(t.error, { why: String((error as Error).message) }), true);
  }
}
