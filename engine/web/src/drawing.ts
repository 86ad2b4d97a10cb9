// The graph's drawing: shown without anything in it that could act, sized, moved about, and its nodes as steps.
import { read, type Step } from "./steps";

const SVG = "http://www.w3.org/2000/svg";
/** As small as its words can still be read. */
const SMALLEST = 0.75;
const [LEAST, MOST] = [0.1, 3];

const SHEET = `
  :host { display: block }
  svg { display: block; margin: 12px auto; user-select: none; -webkit-user-select: none }
  [data-line] { cursor: pointer; outline: none }
  [data-line]:hover .n { stroke-width: 2.4 }
  .here .n { stroke-width: 3; stroke: var(--blue) }
  .here.rule text:first-child { font-weight: 700 }
  [data-line]:focus-visible .n { stroke-width: 4; stroke: var(--blue) }
  .rule:focus-visible, .dialog:focus-visible { outline: 2px solid var(--blue) }
  .moved { opacity: .35 }
`;
/** The drawing's own colours are for paper; these are for the dark. */
const DARK = `@media (prefers-color-scheme: dark) {
  text { fill: var(--ink) } .a, .v { fill: var(--soft) } .w { fill: var(--ink); stroke: var(--paper) }
  rect[fill="#fff"] { fill: var(--paper) } rect[fill="#fbfcfd"] { fill: var(--raised); stroke: var(--edge) }
  .step { fill: #252d34 } .question { fill: #16304a } .decision { fill: #3a3016 } .service { fill: #2b2447 }
  .sub { fill: #12372f } .handoff { fill: #43261a } .end { fill: #1b3a1c } .back { fill: #2c343b }
}`;

/** Which verbs are drawn in which form. */
const FORMS: Record<string, string[]> = {
  end: ["end"],
  handoff: ["handoff"],
  question: ["collect", "ask", "choose", "confirm", "record"],
  service: ["call", "case"],
  decision: ["if", "split"],
  sub: ["run"],
};

export class Drawing {
  readonly place: HTMLElement;
  readonly root: ShadowRoot;
  nodes: Element[] = [];
  private zoom = 0;
  private natural = { width: 0, height: 0 };
  private readonly known = new Map<string, { text: string; steps: Step[] }>();

  constructor(place: HTMLElement, private readonly textOf: (file: string) => string | undefined) {
    this.place = place;
    this.root = place.attachShadow({ mode: "open" });
    this.pan();
    place.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.turn(Math.exp(-event.deltaY / 300), event.clientX, event.clientY);
    }, { passive: false });
  }

  /** Takes a new drawing; where it was looked at stays. */
  show(text: string): boolean {
    // The page's policy forbids styles inside markup, even in a document that is only read.
    let css = "";
    const bare = text.replace(/<style[^>]*>([\s\S]*?)<\/style>/g, (_, rules: string) => ((css += rules), ""));
    const parsed = new DOMParser().parseFromString(bare, "image/svg+xml").documentElement;
    if (parsed.namespaceURI !== SVG) return false;
    const clean = clear(parsed);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css + DARK + SHEET);
    this.root.adoptedStyleSheets = [sheet];
    const box = clean.getAttribute("viewBox")?.split(/[\s,]+/).map(Number) ?? [];
    this.natural = { width: box[2] || 800, height: box[3] || 600 };
    const { scrollLeft, scrollTop } = this.place;
    this.root.replaceChildren(clean);
    this.nodes = [...this.root.querySelectorAll("[data-line]")];
    this.scale();
    this.place.scrollTo(scrollLeft, scrollTop);
    return true;
  }

  /** How large it is now; 1 is as it was drawn. */
  get factor(): number {
    return this.zoom === 0 ? Math.max(this.whole, SMALLEST) : this.zoom;
  }

  /** The size at which all of it is seen. */
  private get whole(): number {
    if (this.natural.width === 0) return 1;
    const wide = (this.place.clientWidth - 24) / this.natural.width;
    const tall = (this.place.clientHeight - 24) / this.natural.height;
    return Math.min(1, Math.max(LEAST, Math.min(wide, tall)));
  }

  scale(): void {
    const svg = this.root.querySelector("svg");
    if (!svg || this.natural.width === 0) return;
    svg.setAttribute("width", String(Math.round(this.natural.width * this.factor)));
    svg.setAttribute("height", String(Math.round(this.natural.height * this.factor)));
  }

  /** The dialog of this file as large as it fits; where it fits already, the whole graph. */
  fit(file: string): void {
    const head = this.headOf(file);
    const box = head?.parentElement?.querySelector("rect")?.getBoundingClientRect();
    const factor = box && Math.min(1, this.factor * Math.min((this.place.clientWidth - 24) / box.width, (this.place.clientHeight - 24) / box.height));
    this.zoom = !factor || Math.abs(factor - this.factor) < 0.01 ? this.whole : Math.max(factor, LEAST);
    this.scale();
    if (head) this.reveal(head, true);
  }

  /** The name of a file's dialog, over its steps. */
  headOf(file: string): Element | undefined {
    return [...this.root.querySelectorAll(".dialog")].find((one) => one.getAttribute("data-file") === file);
  }

  natively(): void {
    this.turn(1 / this.factor);
  }

  /** Larger or smaller; what is at this point of the window, or in the middle, stays there. */
  turn(by: number, x?: number, y?: number): void {
    const svg = this.root.querySelector("svg");
    if (!svg) return;
    const frame = this.place.getBoundingClientRect();
    const [px, py] = [x ?? frame.left + frame.width / 2, y ?? frame.top + frame.height / 2];
    const before = svg.getBoundingClientRect();
    const [rx, ry] = [(px - before.left) / before.width, (py - before.top) / before.height];
    this.zoom = Math.min(MOST, Math.max(LEAST, this.factor * by));
    this.scale();
    const after = svg.getBoundingClientRect();
    this.place.scrollBy(after.left + rx * after.width - px, after.top + ry * after.height - py);
  }

  /** Brings something into view, if it is not. */
  reveal(element: Element, always = false): void {
    const [box, frame] = [element.getBoundingClientRect(), this.place.getBoundingClientRect()];
    const seen = box.top >= frame.top && box.bottom <= frame.bottom && box.left >= frame.left && box.right <= frame.right;
    if (seen && !always) return;
    const top = always ? box.top - frame.top - 12 : (box.top + box.bottom) / 2 - (frame.top + frame.bottom) / 2;
    const left = always || box.width > frame.width ? box.left - frame.left - 12 : (box.left + box.right) / 2 - (frame.left + frame.right) / 2;
    this.place.scrollBy({ top, left });
  }

  private pan(): void {
    this.place.addEventListener("pointerdown", (down) => {
      const target = down.composedPath()[0] as Element;
      if (down.button !== 0 || down.pointerType !== "mouse" || target === this.place || target.closest?.("[data-line]")) return;
      const [left, top] = [this.place.scrollLeft + down.clientX, this.place.scrollTop + down.clientY];
      const move = (event: PointerEvent): void => this.place.scrollTo(left - event.clientX, top - event.clientY);
      const up = (): void => {
        removeEventListener("pointermove", move);
        this.place.classList.remove("panned");
      };
      this.place.classList.add("panned");
      addEventListener("pointermove", move);
      addEventListener("pointerup", up, { once: true });
    });
  }

  private steps(file: string): Step[] {
    const text = this.textOf(file);
    if (text === undefined) return [];
    const known = this.known.get(file);
    if (known?.text === text) return known.steps;
    const { steps } = read(text);
    this.known.set(file, { text, steps });
    return steps;
  }

  /** The step that a node stands for: that of its line and, of several, of its form and place among them. */
  stepOf(node: Element): Step | undefined {
    const own = node.querySelector(".n");
    if (!own) return undefined;
    const [file, line] = [node.getAttribute("data-file") ?? "", node.getAttribute("data-line")];
    const here = this.steps(file).filter((step) => String(step.line) === line && step.verb !== "goto");
    if (here.length < 2) return here[0];
    const form = (element: Element): string => [...element.classList].find((name) => name !== "n") ?? "step";
    const mine = form(own);
    const fits = (step: Step): boolean => {
      const verbs = FORMS[mine];
      return verbs ? verbs.includes(step.verb) : !Object.values(FORMS).flat().includes(step.verb) || step.keys.includes("say");
    };
    const alike = this.nodes.filter((other) => {
      const inner = other.querySelector(".n");
      return inner && form(inner) === mine && other.getAttribute("data-file") === file && other.getAttribute("data-line") === line;
    });
    const fitting = here.filter(fits);
    return fitting[Math.min(alike.indexOf(node), fitting.length - 1)] ?? here[0];
  }

  /** The node of a step of a file: of several the last, which is what the step does. */
  nodeOf(file: string, step: Step): Element | undefined {
    return this.nodes.findLast((node) => node.getAttribute("data-file") === file && this.stepOf(node) === step);
  }

  /** The step of a file at an offset of its text, as it is cached. */
  stepsIn(file: string): Step[] {
    return this.steps(file);
  }
}

/** The drawing without anything that could act. */
function clear(svg: Element): Element {
  for (const element of [...svg.querySelectorAll("*")]) {
    const name = element.localName.toLowerCase();
    if (["script", "style", "foreignobject", "iframe", "image", "use"].includes(name)) {
      element.remove();
      continue;
    }
    if (name === "a") element.querySelector("[data-line]")?.setAttribute("data-runs", element.getAttribute("href")?.slice(1) ?? "");
    for (const { name: attribute } of [...element.attributes]) {
      if (/^on/i.test(attribute) || /href$/i.test(attribute)) element.removeAttribute(attribute);
    }
    if (element.hasAttribute("data-line")) {
      element.setAttribute("tabindex", "-1");
      element.setAttribute("role", "button");
    }
  }
  return document.importNode(svg, true);
}
