// The graph of the bot as it is being written: steps lead to their lines, and blocks are put, moved and taken away.
import { api, ApiError } from "./api";
import { blockOf } from "./blocks";
import { draggable, type Drop } from "./drag";
import { fill, h, later, toast } from "./dom";
import { Drawing } from "./drawing";
import { t } from "./i18n";
import { palette } from "./palette";
import { type Edit, insertAt, insertBeside, moveBeside, moveBy, remove, stepAt, type Step } from "./steps";
import type { Workspace } from "./workspace";

/** What the graph needs of the editor beside it. */
export interface Desk {
  /** Goes to a line of a file; into the editor only if told to. */
  go(file: string, line: number, column: number, focus: boolean): void;
  /** The offset of the cursor in the file that is open. */
  cursor(): number;
  /** Does an edit of a file, one step of undo. */
  apply(file: string, edit: Edit): void;
  undo(): void;
}

/** The panel; it draws anew when the texts have changed and nothing is wrong in them. */
export function graphPanel(work: Workspace, desk: Desk): HTMLElement {
  const place = h("div", { class: "canvas", tabindex: "0", role: "group", "aria-label": t.graph.label });
  const drawing = new Drawing(place, (file) => work.files.get(file)?.text);
  const note = h("p", { class: "note", role: "status", "aria-live": "polite" }, t.graph.hint);
  const dialogs = h("select", { "aria-label": t.graph.dialogs, onchange: () => revealDialog(dialogs.value) });
  const percent = h("button", { class: "quiet percent", title: t.graph.natural, onclick: () => sized(() => drawing.natively()) }, "100 %");
  let mermaid = "";
  let drawn = "";
  let first = true;

  const state = (): string => JSON.stringify(work.unsaved) + [...work.files.values()].map((file) => file.hash).join();
  const fresh = (): boolean => drawn === state();
  const say = (words: string): void => { note.textContent = words; };
  const sized = (act: () => void): void => {
    act();
    percent.textContent = `${Math.round(drawing.factor * 100)} %`;
  };

  const draw = async (): Promise<void> => {
    if (work.checking || place.offsetParent === null) return;
    const wanted = state();
    place.classList.toggle("stale", work.errors > 0);
    if (work.errors > 0) return say(drawn ? t.graph.stale : t.graph.broken);
    if (wanted === drawn) return;
    try {
      const graph = await api.graph(work.bot.name, work.unsaved);
      if (wanted !== state()) return;
      drawn = wanted;
      mermaid = graph.mermaid;
      say(t.graph.hint);
      const focused = drawing.root.activeElement !== null;
      if (!drawing.show(graph.svg)) return;
      sized(() => drawing.scale());
      list();
      if (first) revealDialog(work.open);
      first = false;
      here(focused);
    } catch (error) {
      say(error instanceof ApiError && error.status === 422 ? t.graph.broken : (error as Error).message);
    }
  };
  /** The dialogs in the list that leads to them. */
  const list = (): void => {
    const groups = [...drawing.root.querySelectorAll(".dialog")];
    const names = groups.map((group) => [group.getAttribute("data-file") ?? "", group.querySelector("text")?.textContent ?? ""] as const);
    fill(dialogs, ...names.map(([file, name]) => h("option", { value: file }, name)));
    opened();
  };
  const opened = (): void => {
    if ([...dialogs.options].some((option) => option.value === work.open)) dialogs.value = work.open;
  };
  const revealDialog = (file: string): void => {
    const group = drawing.headOf(file);
    if (group) drawing.reveal(group, true);
  };
  /** The step at the cursor is shown as such. */
  const current = (): Step | undefined => {
    const text = work.files.get(work.open)?.text ?? "";
    return stepAt(text, drawing.stepsIn(work.open), desk.cursor());
  };
  const here = (focus = false): void => {
    drawing.root.querySelectorAll(".here").forEach((old) => old.classList.remove("here"));
    drawing.nodes.forEach((node) => node.setAttribute("tabindex", "-1"));
    const step = fresh() ? current() : undefined;
    const node = step && drawing.nodeOf(work.open, step);
    const entrance = node ?? drawing.nodes.find((one) => one.classList.contains("node"));
    entrance?.setAttribute("tabindex", "0");
    if (!node) return;
    node.classList.add("here");
    if (focus) (node as SVGElement).focus({ preventScroll: true });
    drawing.reveal(node);
  };
  /** Leads the cursor to a node's step. */
  const select = (node: Element, focus: boolean): void => {
    const file = node.getAttribute("data-file") ?? work.open;
    const step = fresh() ? drawing.stepOf(node) : undefined;
    const column = step ? step.from - (work.files.get(file)!.text.lastIndexOf("\n", step.from - 1) + 1) + 1 : 1;
    desk.go(file, Number(node.getAttribute("data-line")), column, focus);
  };
  const change = (file: string, edit: Edit | undefined, words: string): void => {
    if (!work.bot.editable) return toast(t.top.readOnlyShort, true);
    if (!edit) return say(t.blocks.notThere);
    desk.apply(file, edit);
    say(words);
  };
  /** Puts a block after the step at the cursor. */
  const insert = (id: string): void => {
    const file = work.files.get(work.open);
    const block = blockOf(id);
    if (!file || !block) return;
    const edit = insertAt(file.text, desk.cursor(), block.write(work.names));
    if (!edit) return toast(t.blocks.noDialog, true);
    change(work.open, edit, t.blocks.added);
  };
  const drop = ({ node, after }: Drop, id: string | undefined, moved: Element | undefined): void => {
    if (!fresh()) return say(t.graph.stale);
    const file = node.getAttribute("data-file") ?? "";
    const text = work.files.get(file)?.text ?? "";
    const target = drawing.stepOf(node);
    if (!target) return;
    const block = id === undefined ? undefined : blockOf(id);
    if (block) return change(file, insertBeside(text, target, block.write(work.names), after), t.blocks.added);
    const step = moved?.getAttribute("data-file") === file ? drawing.stepOf(moved!) : undefined;
    change(file, step && moveBeside(text, step, target, after), t.blocks.moved);
  };
  const drag = draggable(drawing, { ready: () => work.bot.editable && fresh(), drop, select: (node) => select(node, false) });

  const keys = (event: KeyboardEvent): void => {
    const node = (event.composedPath()[0] as Element).closest?.("[data-line]");
    if (!node) return;
    const text = work.files.get(work.open)?.text ?? "";
    // The cursor's step is right even while the drawing is still being made anew.
    const own = (): Step | undefined => {
      if (!node.classList.contains("here") && fresh()) select(node, false);
      return current();
    };
    const act: Record<string, () => void> = {
      Enter: () => select(node, true),
      Delete: () => { const step = own(); if (step) change(work.open, remove(work.files.get(work.open)!.text, step), t.blocks.removed); },
      ArrowDown: () => (event.altKey ? shift(1) : next(node, 1)),
      ArrowUp: () => (event.altKey ? shift(-1) : next(node, -1)),
      Insert: () => panel.querySelector<HTMLElement>(".palette button")?.focus(),
      z: () => { if (event.ctrlKey || event.metaKey) desk.undo(); },
    };
    const shift = (by: 1 | -1): void => { const step = own(); if (step) change(work.open, moveBy(work.files.get(work.open)?.text ?? text, step, by), t.blocks.moved); };
    act.Backspace = act.Delete!;
    const one = act[event.key];
    if (!one || (event.key === "z" && !event.ctrlKey && !event.metaKey)) return;
    event.preventDefault();
    one();
  };
  const next = (node: Element, by: 1 | -1): void => {
    const nodes = drawing.nodes.filter((one) => one.classList.contains("node") || one.classList.contains("rule"));
    const to = nodes[nodes.indexOf(node) + by];
    if (!to) return;
    (to as SVGElement).focus({ preventScroll: true });
    drawing.reveal(to);
    select(to, false);
  };
  drawing.root.addEventListener("keydown", (event) => keys(event as KeyboardEvent));
  drawing.root.addEventListener("dblclick", (event) => {
    const node = (event.composedPath()[0] as Element).closest?.("[data-line]");
    const to = node?.getAttribute("data-runs");
    const group = to ? drawing.root.getElementById(to) : null;
    if (group) drawing.reveal(group, true);
    else if (node) select(node, true);
  });
  work.on("open", () => {
    opened();
    revealDialog(work.open);
    here();
  });
  work.on("cursor", later(60, () => here(drawing.root.activeElement !== null)));
  work.on("marks", later(50, () => void draw()));
  work.on("files", later(50, () => void draw()));
  new ResizeObserver(() => {
    sized(() => drawing.scale());
    void draw();
  }).observe(place);

  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(mermaid);
    toast(t.graph.copied);
  };
  const tools = h(
    "div",
    { class: "buttons tools" },
    dialogs,
    h("span", { class: "grow" }),
    h("button", { class: "quiet icon", title: t.graph.out, "aria-label": t.graph.out, onclick: () => sized(() => drawing.turn(0.8)) }, "−"),
    percent,
    h("button", { class: "quiet icon", title: t.graph.in, "aria-label": t.graph.in, onclick: () => sized(() => drawing.turn(1.25)) }, "+"),
    h("button", { class: "quiet", title: t.graph.fitAbout, onclick: () => sized(() => drawing.fit(work.open)) }, t.graph.fit),
    h("button", { class: "quiet", title: t.graph.copy, "aria-label": t.graph.copy, onclick: () => void copy() }, "Mermaid"),
  );
  const panel = h(
    "section",
    { class: "panel graph" },
    tools,
    h("div", { class: "flow" }, work.bot.editable && palette(insert, drag), place),
    note,
  );
  return panel;
}
