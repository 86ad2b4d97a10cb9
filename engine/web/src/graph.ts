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
  return new Graph(work, desk).element;
}

class Graph {
  readonly element: HTMLElement;
  private readonly place = h("div", { class: "canvas", tabindex: "0", role: "group", "aria-label": t.graph.label });
  private readonly note = h("p", { class: "note", role: "status", "aria-live": "polite" }, t.graph.hint);
  private readonly dialogs = h("select", { "aria-label": t.graph.dialogs, onchange: () => this.revealDialog(this.dialogs.value) });
  private readonly percent = h("button", { class: "quiet percent", title: t.graph.natural, onclick: () => this.sized(() => this.drawing.natively()) }, "100 %");
  private readonly drawing: Drawing;
  private mermaid = "";
  /** The texts that are drawn. */
  private drawn = "";

  constructor(private readonly work: Workspace, private readonly desk: Desk) {
    this.drawing = new Drawing(this.place, (file) => work.files.get(file)?.text);
    const drag = draggable(this.drawing, {
      ready: () => work.bot.editable && this.fresh(),
      drop: (where, block, moved) => this.drop(where, block, moved),
      select: (node) => this.select(node, false),
    });
    const blocks = work.bot.editable && palette((id) => this.insert(id), drag);
    this.element = h("section", { class: "panel graph" }, this.tools(), h("div", { class: "flow" }, blocks, this.place), this.note);
    this.listen();
  }

  private listen(): void {
    const { work, drawing } = this;
    drawing.root.addEventListener("keydown", (event) => this.key(event as KeyboardEvent));
    drawing.root.addEventListener("dblclick", (event) => this.follow((event.composedPath()[0] as Element).closest?.("[data-line]")));
    work.on("open", () => {
      this.opened();
      this.revealDialog(work.open);
      this.here();
    });
    work.on("cursor", later(60, () => this.here(drawing.root.activeElement !== null)));
    work.on("marks", later(50, () => void this.draw()));
    work.on("files", later(50, () => void this.draw()));
    new ResizeObserver(() => {
      this.sized(() => drawing.scale());
      void this.draw();
    }).observe(this.place);
  }

  private tools(): HTMLElement {
    const { drawing, work } = this;
    const button = (label: string, sign: string, act: () => void): HTMLElement => h("button", { class: "quiet icon", title: label, "aria-label": label, onclick: () => this.sized(act) }, sign);
    const copy = async (): Promise<void> => {
      await navigator.clipboard.writeText(this.mermaid);
      toast(t.graph.copied);
    };
    return h(
      "div",
      { class: "buttons tools" },
      this.dialogs,
      h("span", { class: "grow" }),
      button(t.graph.out, "−", () => drawing.turn(0.8)),
      this.percent,
      button(t.graph.in, "+", () => drawing.turn(1.25)),
      h("button", { class: "quiet", title: t.graph.fitAbout, onclick: () => this.sized(() => drawing.fit(work.open)) }, t.graph.fit),
      h("button", { class: "quiet", title: t.graph.copy, "aria-label": t.graph.copy, onclick: () => void copy() }, "Mermaid"),
    );
  }

  private state(): string {
    return JSON.stringify(this.work.unsaved) + [...this.work.files.values()].map((file) => file.hash).join();
  }

  /** The drawing shows the texts as they are. */
  private fresh(): boolean {
    return this.drawn === this.state();
  }

  private say(words: string): void {
    this.note.textContent = words;
  }

  private sized(act: () => void): void {
    act();
    this.percent.textContent = `${Math.round(this.drawing.factor * 100)} %`;
  }

  private async draw(): Promise<void> {
    const { work, place, drawing } = this;
    if (work.checking || place.offsetParent === null) return;
    const wanted = this.state();
    place.classList.toggle("stale", work.errors > 0);
    if (work.errors > 0) return this.say(this.drawn ? t.graph.stale : t.graph.broken);
    if (wanted === this.drawn) return;
    try {
      const graph = await api.graph(work.bot.name, work.unsaved);
      if (wanted !== this.state()) return;
      const first = this.drawn === "";
      const focused = drawing.root.activeElement !== null;
      this.drawn = wanted;
      this.mermaid = graph.mermaid;
      this.say(t.graph.hint);
      if (!drawing.show(graph.svg)) return;
      this.sized(() => drawing.scale());
      this.list();
      if (first) this.revealDialog(work.open);
      this.here(focused);
    } catch (error) {
      this.say(error instanceof ApiError && error.status === 422 ? t.graph.broken : (error as Error).message);
    }
  }

  /** The dialogs in the list that leads to them. */
  private list(): void {
    const groups = [...this.drawing.root.querySelectorAll(".dialog")];
    const option = (group: Element): HTMLElement => h("option", { value: group.getAttribute("data-file") ?? "" }, group.querySelector("text")?.textContent ?? "");
    fill(this.dialogs, ...groups.map(option));
    this.opened();
  }

  private opened(): void {
    const { dialogs, work } = this;
    if ([...dialogs.options].some((option) => option.value === work.open)) dialogs.value = work.open;
  }

  private revealDialog(file: string): void {
    const group = this.drawing.headOf(file);
    if (group) this.drawing.reveal(group, true);
  }

  private text(file: string): string {
    return this.work.files.get(file)?.text ?? "";
  }

  /** The step at the cursor. */
  private current(): Step | undefined {
    const { open } = this.work;
    return stepAt(this.text(open), this.drawing.stepsIn(open), this.desk.cursor());
  }

  /** Marks the node of the step at the cursor, and brings it into view. */
  private here(focus = false): void {
    const { drawing, work } = this;
    drawing.root.querySelectorAll(".here").forEach((old) => old.classList.remove("here"));
    drawing.nodes.forEach((node) => node.setAttribute("tabindex", "-1"));
    const step = this.fresh() ? this.current() : undefined;
    const node = step && drawing.nodeOf(work.open, step);
    const entrance = node ?? drawing.nodes.find((one) => one.classList.contains("node"));
    entrance?.setAttribute("tabindex", "0");
    if (!node) return;
    node.classList.add("here");
    if (focus) (node as SVGElement).focus({ preventScroll: true });
    drawing.reveal(node);
  }

  /** Leads the cursor to a node's step. */
  private select(node: Element, focus: boolean): void {
    const file = node.getAttribute("data-file") ?? this.work.open;
    const step = this.fresh() ? this.drawing.stepOf(node) : undefined;
    const column = step ? step.from - this.text(file).lastIndexOf("\n", step.from - 1) : 1;
    this.desk.go(file, Number(node.getAttribute("data-line")), column, focus);
  }

  /** Leads from a `run` to its dialog, from any other step into the editor. */
  private follow(node: Element | null | undefined): void {
    const to = node?.getAttribute("data-runs");
    const group = to ? this.drawing.root.getElementById(to) : null;
    if (group) this.drawing.reveal(group, true);
    else if (node) this.select(node, true);
  }

  private change(file: string, edit: Edit | undefined, words: string): void {
    if (!this.work.bot.editable) return toast(t.top.readOnlyShort, true);
    if (!edit) return this.say(t.blocks.notThere);
    this.desk.apply(file, edit);
    this.say(words);
  }

  /** Puts a block after the step at the cursor. */
  private insert(id: string): void {
    const { work, desk } = this;
    const block = blockOf(id);
    if (!block || !work.files.has(work.open)) return;
    const edit = insertAt(this.text(work.open), desk.cursor(), block.write(work.names));
    if (!edit) return toast(t.blocks.noDialog, true);
    this.change(work.open, edit, t.blocks.added);
  }

  private drop({ node, after }: Drop, id: string | undefined, moved: Element | undefined): void {
    if (!this.fresh()) return this.say(t.graph.stale);
    const file = node.getAttribute("data-file") ?? "";
    const target = this.drawing.stepOf(node);
    if (!target) return;
    const block = id === undefined ? undefined : blockOf(id);
    if (block) return this.change(file, insertBeside(this.text(file), target, block.write(this.work.names), after), t.blocks.added);
    const step = moved?.getAttribute("data-file") === file ? this.drawing.stepOf(moved) : undefined;
    this.change(file, step && moveBeside(this.text(file), step, target, after), t.blocks.moved);
  }

  private key(event: KeyboardEvent): void {
    const node = (event.composedPath()[0] as Element).closest?.("[data-line]");
    const act = node && this.action(event, node);
    if (!act) return;
    event.preventDefault();
    act();
  }

  private action(event: KeyboardEvent, node: Element): (() => void) | undefined {
    switch (event.key) {
      case "Enter": return () => this.select(node, true);
      case "Delete": case "Backspace": return () => this.edited(node, (text, step) => remove(text, step), t.blocks.removed);
      case "ArrowDown": return () => (event.altKey ? this.edited(node, (text, step) => moveBy(text, step, 1), t.blocks.moved) : this.next(node, 1));
      case "ArrowUp": return () => (event.altKey ? this.edited(node, (text, step) => moveBy(text, step, -1), t.blocks.moved) : this.next(node, -1));
      case "Insert": return () => this.element.querySelector<HTMLElement>(".palette [tabindex='0']")?.focus();
      case "z": return event.ctrlKey || event.metaKey ? () => this.desk.undo() : undefined;
      default: return undefined;
    }
  }

  /** Edits a node's step. The cursor's is right even while the drawing is still being made anew. */
  private edited(node: Element, edit: (text: string, step: Step) => Edit | undefined, words: string): void {
    if (!node.classList.contains("here") && this.fresh()) this.select(node, false);
    const step = this.current();
    if (step) this.change(this.work.open, edit(this.text(this.work.open), step), words);
  }

  private next(node: Element, by: 1 | -1): void {
    const nodes = this.drawing.nodes.filter((one) => one.classList.contains("node") || one.classList.contains("rule"));
    const to = nodes[nodes.indexOf(node) + by];
    if (!to) return;
    (to as SVGElement).focus({ preventScroll: true });
    this.drawing.reveal(to);
    this.select(to, false);
  }
}
