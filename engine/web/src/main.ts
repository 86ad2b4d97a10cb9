// The designer's page: log in, choose a bot, write it.
import { api, ApiError, type BotInfo, session, type Template } from "./api";
import { ask, fill, h, toast } from "./dom";
import { Editor } from "./editor";
import { fileList } from "./files";
import type { Desk } from "./graph";
import { language, put, switchLanguage, t } from "./i18n";
import { newBot } from "./newbot";
import { panels } from "./panels";
import { save } from "./save";
import { splitter } from "./splitter";
import { standing } from "./strip";
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
  const mine = new Workspace(bot);
  work = mine;
  location.hash = encodeURIComponent(bot.name);
  const text = writing(mine, house.schema, () => page.view("middle"));
  const page = frame(header(house, mine), fileList(mine), text.element, panels(mine, text.desk));
  fill(app, page.element);
  await mine.load();
  mine.show([...mine.files.keys()].find((path) => path === `${bot.name}.yaml`) ?? "centro.yaml");
  mine.on("open", () => page.view("middle"));
}

/** The editor with what the checker says under it. */
function writing(mine: Workspace, schema: unknown, shown: () => void): { element: HTMLElement; desk: Desk } {
  const { editable } = mine.bot;
  const hold = h("div", { class: "hold" });
  const empty = h("p", { class: "note empty" }, t.files.open);
  const strip = h("div", { class: "strip", role: "status", "aria-live": "polite" });
  const editor = new Editor(
    hold,
    { changed: (text) => mine.edit(mine.open, text), save: () => void save(mine), moved: () => mine.tell("cursor") },
    { schema: () => schema, names: () => mine.names },
  );
  const show = (file: string): void => { if (mine.open !== file) mine.show(file); };
  const desk: Desk = {
    go: (file, line, column, focus) => {
      show(file);
      if (mine.open === file) editor.go(line, column, focus);
      if (focus) shown();
    },
    cursor: () => editor.cursor.offset,
    apply: (file, edit) => {
      show(file);
      editor.apply(edit);
      void mine.check();
    },
    undo: () => editor.undo(),
  };
  const mark = (): void => editor.mark([...mine.marks, ...mine.failed].filter((one) => one.file === mine.open));
  /** The file that is open, if it is there. */
  const opened = (): string | undefined => {
    const file = mine.files.get(mine.open);
    hold.hidden = !file;
    empty.hidden = !!file;
    return file?.text;
  };
  mine.on("open", () => {
    const text = opened();
    if (text === undefined) return;
    editor.open(mine.open, text, !editable);
    mark();
  });
  mine.on("marks", () => {
    if (!mine.checking && mine.open) mark();
    fill(strip, ...standing(mine, (file, line, column) => desk.go(file, line, column, true)));
  });
  mine.on("files", () => {
    const text = opened();
    if (text !== undefined && text !== editor.view.state.doc.toString()) editor.open(mine.open, text, !editable);
  });
  const element = h("main", { class: "middle" }, !editable && h("p", { class: "banner" }, t.top.readOnly), empty, hold, strip);
  return { element, desk };
}

/** Which bot, a new one, saving, and leaving. */
function header(house: House, mine: Workspace): HTMLElement {
  const { bots, templates, person } = house;
  const { bot } = mine;
  const saving = h("button", { class: "main", title: "Ctrl+S", disabled: true, onclick: () => void save(mine) }, t.top.save);
  mine.on("files", () => {
    saving.disabled = mine.dirty.length === 0;
    saving.textContent = mine.dirty.length > 1 ? `${t.top.save} (${mine.dirty.length})` : t.top.save;
  });
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
  return h(
    "header",
    {},
    h("h1", {}, "Digame"),
    h("label", { for: "bot" }, t.top.bot),
    choose,
    templates.length > 0 && h("button", { class: "quiet", onclick: () => void create() }, t.bot.new),
    bot.editable && saving,
    h("span", { class: "grow" }),
    h("span", { class: "person" }, person),
    h("button", { class: "quiet", onclick: switchLanguage }, t.language),
    h("button", { class: "quiet", onclick: leave }, t.top.leave),
  );
}

/** All of it together; on a telephone one of files, text and tools is seen at a time. */
function frame(top: HTMLElement, side: HTMLElement, middle: HTMLElement, beside: HTMLElement): { element: HTMLElement; view: (name: string) => void } {
  const views = [["side", t.files.title], ["middle", t.top.text], ["beside", t.top.tools]] as const;
  const bar = h("nav", { class: "views", "aria-label": t.top.views }, ...views.map(([name, label]) => h("button", { "data-view": name, onclick: () => view(name) }, label)));
  const element = h("div", { class: "desk" }, top, side, middle, splitter(), beside, bar);
  const view = (name: string): void => {
    element.dataset.view = name;
    bar.querySelectorAll("button").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.view === name)));
  };
  view("middle");
  return { element, view };
}

function leave(): void {
  session.forget();
  location.hash = "";
  location.reload();
}
