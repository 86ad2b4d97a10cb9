// The designer's page: log in, choose a bot, write it.
import { api, ApiError, type BotInfo, type Mark, session, type Template } from "./api";
import { consolePanel } from "./console";
import { ask, fill, h, toast } from "./dom";
import { Editor, words } from "./editor";
import { fileList } from "./files";
import { type Desk, graphPanel } from "./graph";
import { language, put, switchLanguage, t } from "./i18n";
import { newBot } from "./newbot";
import { promptsPanel } from "./prompts";
import { splitter } from "./splitter";
import { testsPanel } from "./tests";
import { versionsPanel } from "./versions";
import { Workspace } from "./workspace";

const app = document.querySelector<HTMLElement>("#app")!;
document.documentElement.lang = language;
document.title = t.title;

let work: Workspace | undefined;
addEventListener("beforeunload", (event) => {
  if (work && work.dirty.length > 0) event.preventDefault();
});
session.onGone(logIn);
void (session.known ? enter() : logIn());

/** The login form. */
function logIn(): void {
  const login = h("input", { name: "login", autocomplete: "username", required: true });
  const password = h("input", { name: "password", type: "password", autocomplete: "current-password", required: true });
  const wrong = h("p", { class: "wrong", role: "alert" });
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    wrong.textContent = "";
    try {
      await api.logIn(login.value, password.value);
      await enter();
    } catch (error) {
      wrong.textContent = error instanceof ApiError && error.status === 401 ? t.login.wrong : (error as Error).message;
    }
  };
  fill(
    app,
    h(
      "main",
      { class: "login" },
      h(
        "form",
        { onsubmit: submit },
        h("h1", {}, "Digame"),
        h("p", {}, t.login.title),
        h("label", {}, t.login.user, login),
        h("label", {}, t.login.password, password),
        wrong,
        h("button", { class: "main", type: "submit" }, t.login.enter),
        h("button", { class: "quiet", type: "button", onclick: switchLanguage }, t.language),
      ),
    ),
  );
  login.focus();
}

async function enter(): Promise<void> {
  const me = await api.me();
  if (!me.permissions.includes("design")) {
    session.forget();
    logIn();
    app.querySelector(".wrong")!.textContent = t.login.forbidden;
    return;
  }
  const [{ bots, templates }, schema] = await Promise.all([api.bots(), api.schema()]);
  const wanted = decodeURIComponent(location.hash.slice(1).split("/")[0] ?? "");
  await design({ bots, templates, schema, person: me.name }, bots.find((bot) => bot.name === wanted) ?? bots[0]!);
}

/** What the page knows whichever bot it shows. */
interface House {
  bots: BotInfo[];
  templates: Template[];
  schema: unknown;
  person: string;
}

/** Leaves a bot for another, if nothing unsaved keeps it. */
async function leaves(mine: Workspace): Promise<boolean> {
  if (mine.dirty.length === 0) return true;
  return (await ask(t.top.unsaved, h("p", {}, t.save.leave), [t.save.drop, t.save.cancel], () => true)) ?? false;
}

/** The page of one bot. */
async function design(house: House, bot: BotInfo): Promise<void> {
  const { bots, templates, schema, person } = house;
  const mine = new Workspace(bot);
  work = mine;
  location.hash = encodeURIComponent(bot.name);

  const hold = h("div", { class: "hold" });
  const empty = h("p", { class: "note empty" }, t.files.open);
  const strip = h("div", { class: "strip", role: "status", "aria-live": "polite" });
  const editor = new Editor(
    hold,
    { changed: (text) => mine.edit(mine.open, text), save: () => void save(mine), moved: () => mine.tell("cursor") },
    { schema: () => schema, names: () => mine.names },
  );
  const go = (file: string, line: number, column = 1, focus = true): void => {
    if (mine.open !== file) mine.show(file);
    if (mine.open === file) editor.go(line, column, focus);
    if (focus) view("middle");
  };
  const desk: Desk = {
    go,
    cursor: () => editor.cursor.offset,
    apply: (file, edit) => {
      if (mine.open !== file) mine.show(file);
      editor.apply(edit);
      void mine.check();
    },
    undo: () => editor.undo(),
  };
  const marked = (): Mark[] => [...mine.marks, ...mine.failed].filter((mark) => mark.file === mine.open);
  mine.on("open", () => {
    const file = mine.files.get(mine.open);
    hold.hidden = !file;
    empty.hidden = !!file;
    if (!file) return;
    editor.open(mine.open, file.text, !bot.editable);
    editor.mark(marked());
  });
  mine.on("marks", () => {
    if (!mine.checking && mine.open) editor.mark(marked());
    fill(strip, ...standing(mine, go));
  });
  mine.on("files", () => {
    const file = mine.files.get(mine.open);
    hold.hidden = !file;
    empty.hidden = !!file;
    if (file && file.text !== editor.view.state.doc.toString()) editor.open(mine.open, file.text, !bot.editable);
    saveButton.disabled = mine.dirty.length === 0;
    saveButton.textContent = mine.dirty.length > 1 ? `${t.top.save} (${mine.dirty.length})` : t.top.save;
  });
  const saveButton = h("button", { class: "main", title: "Ctrl+S", disabled: true, onclick: () => void save(mine) }, t.top.save);

  const choose = h("select", {
    id: "bot",
    onchange: async () => {
      const next = bots.find((one) => one.name === choose.value);
      if (next && (await leaves(mine))) await design(house, next);
      else choose.value = bot.name;
    },
  }, ...bots.map((one) => h("option", { value: one.name, selected: one.name === bot.name }, one.name)));
  const create = async (): Promise<void> => {
    const name = (await leaves(mine)) ? await newBot(bots, templates) : undefined;
    if (name === undefined) return;
    const now = await api.bots();
    await design({ ...house, ...now }, now.bots.find((one) => one.name === name) ?? bot);
    toast(put(t.bot.made, { name }));
  };
  const top = h(
    "header",
    {},
    h("h1", {}, "Digame"),
    h("label", { for: "bot" }, t.top.bot),
    choose,
    templates.length > 0 && h("button", { class: "quiet", onclick: () => void create() }, t.bot.new),
    bot.editable && saveButton,
    h("span", { class: "grow" }),
    h("span", { class: "person" }, person),
    h("button", { class: "quiet", onclick: switchLanguage }, t.language),
    h("button", { class: "quiet", onclick: leave }, t.top.leave),
  );
  const middle = h(
    "main",
    { class: "middle" },
    !bot.editable && h("p", { class: "banner" }, t.top.readOnly),
    empty,
    hold,
    strip,
  );
  const beside = panels(mine, desk);
  const views = [["side", t.files.title], ["middle", t.top.text], ["beside", t.top.tools]] as const;
  // On a telephone one of the three is seen at a time.
  const bar = h("nav", { class: "views", "aria-label": t.top.views }, ...views.map(([name, label]) => h("button", { "data-view": name, onclick: () => view(name) }, label)));
  const frame = h("div", { class: "desk" }, top, fileList(mine), middle, splitter(), beside, bar);
  const view = (name: string): void => {
    frame.dataset.view = name;
    bar.querySelectorAll("button").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.view === name)));
  };
  view("middle");
  fill(app, frame);
  await mine.load();
  const first = mine.dirty[0] ?? [...mine.files.keys()].find((path) => path === `${bot.name}.yaml`) ?? "centro.yaml";
  mine.show(first);
  mine.on("open", () => view("middle"));
}

function leave(): void {
  session.forget();
  location.hash = "";
  location.reload();
}

/** Whether the warnings are unfolded; they stay so while one writes. */
let warningsOpen = false;

/** What the checker says of the whole bot, under the editor: mistakes first, warnings folded away. */
function standing(mine: Workspace, go: (file: string, line: number, column: number) => void): (Node | string)[] {
  const entry = (mark: Mark): HTMLElement =>
    h(
      "li",
      {},
      h("button", { class: "quiet mark", onclick: () => go(mark.file, mark.line, mark.column) },
        h("span", { class: mark.severity }, put(t.check.where, { file: mark.file, line: mark.line })), " ", words(mark).replaceAll("\n", " · ")),
    );
  const list = (severity: Mark["severity"]): HTMLElement => h("ul", {}, ...mine.marks.filter((mark) => mark.severity === severity).slice(0, 100).map(entry));
  const warnings = mine.marks.length - mine.errors;
  const count = mine.errors === 1 ? t.check.one : mine.errors > 1 ? put(t.check.problems, { n: mine.errors }) : t.check.none;
  const sum = h("div", { class: mine.errors > 0 ? "sum bad" : "sum good" }, mine.checking ? t.check.checking : count);
  const folded = warnings > 0 && h("details", { open: warningsOpen, ontoggle: () => { warningsOpen = folded && folded.open; } }, h("summary", {}, warnings === 1 ? t.check.oneWarning : put(t.check.warnings, { n: warnings })), list("warning"));
  return [sum, mine.errors > 0 ? list("error") : "", folded || ""];
}

/** What is beside the editor: graph, console, tests, versions, audio. */
function panels(mine: Workspace, desk: Desk): HTMLElement {
  const versions = versionsPanel(mine);
  const tests = testsPanel(mine, (file, line) => desk.go(file, line, 1, true));
  const prompts = promptsPanel(mine);
  const all: [string, HTMLElement, () => void][] = [
    [t.tabs.graph, graphPanel(mine, desk), () => {}],
    [t.tabs.console, consolePanel(mine, desk), () => {}],
    [t.tabs.tests, tests.element, tests.shown],
    [t.tabs.versions, versions.element, versions.shown],
    [t.tabs.prompts, prompts.element, prompts.shown],
  ];
  const tabs = all.map(([name], at) => h("button", { role: "tab", id: `tab${at}`, "aria-controls": `panel${at}`, onclick: () => show(at) }, name));
  all.forEach(([, panel], at) => {
    panel.id = `panel${at}`;
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", `tab${at}`);
  });
  const show = (chosen: number): void => {
    tabs.forEach((tab, at) => {
      tab.setAttribute("aria-selected", String(at === chosen));
      tab.tabIndex = at === chosen ? 0 : -1;
      all[at]![1].hidden = at !== chosen;
    });
    all[chosen]![2]();
  };
  const bar = h("div", {
    role: "tablist",
    class: "tabs",
    onkeydown: (event: Event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[(event as KeyboardEvent).key];
      if (!step) return;
      const next = (tabs.findIndex((tab) => tab === document.activeElement) + step + tabs.length) % tabs.length;
      show(next);
      tabs[next]!.focus();
    },
  }, ...tabs);
  show(0);
  return h("aside", { class: "beside" }, bar, ...all.map(([, panel]) => panel));
}

/** Saves everything that has changed; a conflict is asked about. */
async function save(mine: Workspace): Promise<void> {
  for (const path of mine.dirty) {
    try {
      await mine.save(path);
    } catch (error) {
      if (error instanceof ApiError && error.status === 412) {
        await conflict(mine, path);
      } else {
        toast(put(t.error, { why: (error as Error).message }), true);
        return;
      }
    }
  }
  if (mine.dirty.length === 0) toast(t.top.saved);
  await mine.check();
}

async function conflict(mine: Workspace, path: string): Promise<void> {
  const theirs = h("input", { type: "radio", name: "whose", checked: true });
  const own = h("input", { type: "radio", name: "whose" });
  const body = h(
    "div",
    { class: "fields" },
    h("p", {}, put(t.save.conflict, { file: path })),
    h("label", { class: "check" }, theirs, t.save.theirs),
    h("label", { class: "check" }, own, t.save.mine),
  );
  const choice = await ask(t.save.conflictTitle, body, ["OK", t.save.cancel], () => own.checked);
  if (choice === undefined) return;
  await mine.meet(path, choice);
  if (choice) await mine.save(path);
}
