// The designer's page: log in, choose a bot, write it.
import { api, ApiError, type BotInfo, type Mark, session } from "./api";
import { consolePanel } from "./console";
import { ask, fill, h, toast } from "./dom";
import { Editor, words } from "./editor";
import { fileList } from "./files";
import { graphPanel } from "./graph";
import { language, put, switchLanguage, t } from "./i18n";
import { promptsPanel } from "./prompts";
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
  const [{ bots }, schema] = await Promise.all([api.bots(), api.schema()]);
  const wanted = decodeURIComponent(location.hash.slice(1).split("/")[0] ?? "");
  await design(bots, bots.find((bot) => bot.name === wanted) ?? bots[0]!, schema, me.name);
}

/** The page of one bot. */
async function design(bots: BotInfo[], bot: BotInfo, schema: unknown, person: string): Promise<void> {
  const mine = new Workspace(bot);
  work = mine;
  location.hash = encodeURIComponent(bot.name);

  const hold = h("div", { class: "hold" });
  const empty = h("p", { class: "note empty" }, t.files.open);
  const strip = h("div", { class: "strip", role: "status", "aria-live": "polite" });
  const editor = new Editor(
    hold,
    { changed: (text) => mine.edit(mine.open, text), save: () => void save(mine) },
    { schema: () => schema, names: () => mine.names },
  );
  const go = (file: string, line: number, column = 1): void => {
    if (mine.open !== file) mine.show(file);
    if (mine.open === file) editor.go(line, column);
  };
  mine.on("open", () => {
    const file = mine.files.get(mine.open);
    hold.hidden = !file;
    empty.hidden = !!file;
    if (!file) return;
    editor.open(mine.open, file.text, !bot.editable);
    editor.mark(mine.marks.filter((mark) => mark.file === mine.open));
  });
  mine.on("marks", () => {
    if (!mine.checking && mine.open) editor.mark(mine.marks.filter((mark) => mark.file === mine.open));
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
      if (!next) return;
      if (mine.dirty.length > 0 && !(await ask(t.top.unsaved, h("p", {}, t.save.leave), [t.top.leave, t.save.cancel], () => true))) {
        choose.value = bot.name;
        return;
      }
      await design(bots, next, schema, person);
    },
  }, ...bots.map((one) => h("option", { value: one.name, selected: one.name === bot.name }, one.name)));
  const top = h(
    "header",
    {},
    h("h1", {}, "Digame"),
    h("label", { for: "bot" }, t.top.bot),
    choose,
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
  fill(app, h("div", { class: "desk" }, top, fileList(mine), middle, panels(mine, (file, line) => go(file, line))));
  await mine.load();
  const first = mine.dirty[0] ?? [...mine.files.keys()].find((path) => path === `${bot.name}.yaml`) ?? "centro.yaml";
  mine.show(first);
}

function leave(): void {
  session.forget();
  location.hash = "";
  location.reload();
}

/** What the checker says of the whole bot, under the editor. */
function standing(mine: Workspace, go: (file: string, line: number, column: number) => void): (Node | string)[] {
  const warnings = mine.marks.length - mine.errors;
  const counts = [
    mine.errors === 1 ? t.check.one : mine.errors > 1 ? put(t.check.problems, { n: mine.errors }) : t.check.none,
    warnings > 0 ? put(t.check.warnings, { n: warnings }) : "",
  ];
  const entry = (mark: Mark): HTMLElement =>
    h(
      "li",
      {},
      h("button", { class: "quiet mark", onclick: () => go(mark.file, mark.line, mark.column) },
        h("span", { class: mark.severity }, put(t.check.where, { file: mark.file, line: mark.line })), " ", words(mark).replaceAll("\n", " · ")),
    );
  const kind = mine.errors > 0 ? "sum bad" : warnings > 0 ? "sum" : "sum good";
  const sum = h("div", { class: kind }, mine.checking ? t.check.checking : counts.filter(Boolean).join(", "));
  return [sum, mine.marks.length > 0 ? h("ul", {}, ...mine.marks.slice(0, 50).map(entry)) : ""];
}

/** What is beside the editor: graph, console, versions, audio. */
function panels(mine: Workspace, go: (file: string, line: number) => void): HTMLElement {
  const versions = versionsPanel(mine);
  const prompts = promptsPanel(mine);
  const all: [string, HTMLElement, () => void][] = [
    [t.tabs.graph, graphPanel(mine, go), () => {}],
    [t.tabs.console, consolePanel(mine), () => {}],
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
