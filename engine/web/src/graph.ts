// The graph of the bot as it is being written; a step leads to its line.
import { api, ApiError } from "./api";
import { fill, h, later, toast } from "./dom";
import { t } from "./i18n";
import type { Workspace } from "./workspace";

/** As small as its words can still be read. */
const SMALLEST = 0.75;
const SVG = "http://www.w3.org/2000/svg";

/** The panel; it draws anew when the texts have changed and nothing is wrong in them. */
export function graphPanel(work: Workspace, go: (file: string, line: number) => void): HTMLElement {
  const place = h("div", { class: "canvas", tabindex: "0", "aria-label": t.tabs.graph });
  const root = place.attachShadow({ mode: "open" });
  const note = h("p", { class: "note" }, t.graph.hint);
  let zoom = 0;
  let natural = { width: 0, height: 0 };
  let mermaid = "";
  let drawn: string | undefined;
  let first = true;

  const scale = (): void => {
    const svg = root.querySelector("svg");
    if (!svg || natural.width === 0) return;
    const fit = Math.min(1, (place.clientWidth - 24) / natural.width);
    const factor = zoom === 0 ? Math.max(fit, SMALLEST) : zoom;
    svg.setAttribute("width", String(Math.round(natural.width * factor)));
    svg.setAttribute("height", String(Math.round(natural.height * factor)));
  };
  const turn = (factor: number): void => {
    const svg = root.querySelector("svg");
    const now = svg ? Number(svg.getAttribute("width")) / natural.width : 1;
    zoom = Math.min(3, Math.max(0.15, now * factor));
    scale();
  };
  const show = (text: string): void => {
    // The page's policy forbids styles inside markup, even in a document that is only read.
    let css = "";
    const bare = text.replace(/<style[^>]*>([\s\S]*?)<\/style>/g, (_, rules: string) => ((css += rules), ""));
    const parsed = new DOMParser().parseFromString(bare, "image/svg+xml").documentElement;
    if (parsed.namespaceURI !== SVG) return;
    const clean = clear(parsed);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`:host { display: block } svg { display: block; margin: 12px auto } [data-line] { cursor: pointer }
      [data-line]:focus-visible { outline: 3px solid #1b6ca8 } [data-line]:hover { opacity: .75 } ${css}`);
    root.adoptedStyleSheets = [sheet];
    const box = clean.getAttribute("viewBox")?.split(/[\s,]+/).map(Number) ?? [];
    natural = { width: box[2] || parseFloat(clean.getAttribute("width") ?? "") || 800, height: box[3] || parseFloat(clean.getAttribute("height") ?? "") || 600 };
    root.replaceChildren(clean);
    scale();
    if (first) reveal();
    first = false;
  };
  const draw = async (): Promise<void> => {
    if (work.checking || place.offsetParent === null) return;
    const state = JSON.stringify(work.unsaved) + [...work.files.values()].map((file) => file.hash).join();
    if (state === drawn) return;
    if (work.errors > 0) {
      note.textContent = t.graph.broken;
      return;
    }
    drawn = state;
    try {
      const graph = await api.graph(work.bot.name, work.unsaved);
      mermaid = graph.mermaid;
      note.textContent = t.graph.hint;
      show(graph.svg);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      note.textContent = error.status === 422 ? t.graph.broken : error.message;
    }
  };
  const follow = (event: Event): void => {
    const step = (event.composedPath()[0] as Element).closest?.("[data-line]");
    const line = Number(step?.getAttribute("data-line"));
    if (step && line > 0) go(step.getAttribute("data-file") ?? work.open, line);
  };
  root.addEventListener("click", follow);
  root.addEventListener("keydown", (event) => {
    if ((event as KeyboardEvent).key === "Enter") follow(event);
  });
  // The dialog whose file is opened comes into view.
  const reveal = (): void => {
    const group = [...root.querySelectorAll(".dialog")].find((one) => one.getAttribute("data-file") === work.open);
    if (!group) return;
    const [box, frame] = [group.getBoundingClientRect(), place.getBoundingClientRect()];
    place.scrollBy({ top: box.top - frame.top - 8, left: box.left - frame.left - 8 });
  };
  work.on("open", reveal);
  work.on("marks", later(50, () => void draw()));
  work.on("files", later(50, () => void draw()));
  new ResizeObserver(() => {
    scale();
    void draw();
  }).observe(place);

  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(mermaid);
    toast(t.graph.copied);
  };
  const tools = h("div", { class: "buttons tools" }, note);
  fill(
    tools,
    note,
    h("button", { class: "quiet", title: t.graph.out, "aria-label": t.graph.out, onclick: () => turn(0.8) }, "−"),
    h("button", { class: "quiet", title: t.graph.in, "aria-label": t.graph.in, onclick: () => turn(1.25) }, "+"),
    h("button", { class: "quiet", onclick: () => { zoom = 0; scale(); } }, t.graph.fit),
    h("button", { class: "quiet", title: t.graph.copy, "aria-label": t.graph.copy, onclick: () => void copy() }, "Mermaid"),
  );
  return h("section", { class: "panel graph" }, tools, place);
}

/** The drawing without anything that could act. */
function clear(svg: Element): Element {
  for (const element of [...svg.querySelectorAll("*")]) {
    const name = element.localName.toLowerCase();
    if (["script", "style", "foreignobject", "iframe", "image", "use"].includes(name)) {
      element.remove();
      continue;
    }
    for (const { name: attribute, value } of [...element.attributes]) {
      if (/^on/i.test(attribute) || (/href$/i.test(attribute) && !value.startsWith("#"))) element.removeAttribute(attribute);
    }
    if (element.hasAttribute("data-line")) {
      element.setAttribute("tabindex", "0");
      element.setAttribute("role", "link");
    }
  }
  return document.importNode(svg, true);
}
