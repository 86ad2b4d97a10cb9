// Dragging by mouse, pen or finger: a block of the palette or a node of the graph onto a place in the graph.
import { h } from "./dom";
import type { Drawing } from "./drawing";

/** Beside which node something is let go. */
export interface Drop {
  node: Element;
  after: boolean;
}

export interface Hand {
  /** The graph shows the text as it is, and the text may be changed. */
  ready(): boolean;
  /** A block or a node is let go beside a node. */
  drop(where: Drop, block: string | undefined, moved: Element | undefined): void;
  /** A node was pressed and not dragged. */
  select(node: Element): void;
}

/** So far the pointer moves before it drags, in pixels. */
const SLACK = 5;
/** How far beside a step something may be let go. */
const REACH = 160;

/** Makes the drawing's nodes draggable; what it gives begins to drag a block of the palette. */
export function draggable(drawing: Drawing, hand: Hand): (event: PointerEvent, block: string, label: string) => void {
  const bar = h("div", { class: "dropbar", hidden: true });

  const begin = (down: PointerEvent, label: string, block: string | undefined, moved: Element | undefined): void => {
    if (down.button !== 0) return;
    let ghost: HTMLElement | undefined;
    let where: Drop | undefined;
    const move = (event: PointerEvent): void => {
      if (!ghost) {
        if (Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < SLACK || !hand.ready()) return;
        ghost = h("div", { class: "ghost" }, label);
        document.body.append(ghost, bar);
        document.body.classList.add("dragging");
        moved?.classList.add("moved");
      }
      ghost.style.transform = `translate(${event.clientX + 12}px, ${event.clientY + 8}px)`;
      where = target(drawing, event.clientX, event.clientY, moved);
      show(bar, where);
      edge(drawing.place, event.clientX, event.clientY);
    };
    const end = (event?: Event): void => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      removeEventListener("pointercancel", end);
      removeEventListener("keydown", escape, true);
      ghost?.remove();
      bar.remove();
      moved?.classList.remove("moved");
      document.body.classList.remove("dragging");
      if (event?.type !== "pointerup") where = undefined;
    };
    const up = (event: PointerEvent): void => {
      const dragged = ghost !== undefined;
      end(event);
      if (dragged && where) hand.drop(where, block, moved);
      else if (!dragged && moved) hand.select(moved);
      if (!dragged) return;
      // A click that follows a drag is none.
      const none = (click: Event): void => click.stopPropagation();
      addEventListener("click", none, true);
      setTimeout(() => removeEventListener("click", none, true), 0);
    };
    const escape = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      end();
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
    addEventListener("pointercancel", end);
    addEventListener("keydown", escape, true);
  };

  drawing.root.addEventListener("pointerdown", (event) => {
    const down = event as PointerEvent;
    const node = (down.composedPath()[0] as Element).closest?.("[data-line]");
    if (!node) return;
    begin(down, node.querySelector("title")?.textContent ?? "", undefined, node);
  });
  return (event, block, label) => begin(event, label, block, undefined);
}

/** Where something let go here would stand: in a node above or below its middle, between nodes before the one below. */
function target(drawing: Drawing, x: number, y: number, moved: Element | undefined): Drop | undefined {
  const frame = drawing.place.getBoundingClientRect();
  if (x < frame.left || x > frame.right || y < frame.top || y > frame.bottom) return undefined;
  const nodes = drawing.nodes.filter((node) => node !== moved && node.classList.contains("node") && drawing.stepOf(node));
  const boxes = nodes.map((node) => ({ node, box: node.getBoundingClientRect() }));
  const inside = boxes.find(({ box }) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom);
  if (inside) return { node: inside.node, after: y > (inside.box.top + inside.box.bottom) / 2 };
  const aside = (box: DOMRect): number => Math.max(box.left - x, x - box.right, 0);
  const near = (over: (box: DOMRect) => number) =>
    boxes
      .map(({ node, box }) => ({ node, far: over(box), aside: aside(box) }))
      .filter(({ far, aside }) => far >= 0 && far < REACH && aside < REACH / 2)
      .sort((a, b) => a.far + 2 * a.aside - (b.far + 2 * b.aside))[0];
  const below = near((box) => box.top - y);
  const above = near((box) => y - box.bottom);
  if (below && (!above || below.aside <= above.aside)) return { node: below.node, after: false };
  return above && { node: above.node, after: true };
}

function show(bar: HTMLElement, where: Drop | undefined): void {
  bar.hidden = !where;
  if (!where) return;
  const box = where.node.getBoundingClientRect();
  bar.style.left = `${box.left - 8}px`;
  bar.style.width = `${box.width + 16}px`;
  bar.style.top = `${(where.after ? box.bottom + 4 : box.top - 8)}px`;
}

/** Near an edge of the drawing, it goes on. */
function edge(place: HTMLElement, x: number, y: number): void {
  const frame = place.getBoundingClientRect();
  if (x < frame.left - 20 || x > frame.right + 20) return;
  const pull = (at: number, low: number, high: number): number => (at < low + 30 ? at - low - 30 : at > high - 30 ? at - high + 30 : 0);
  place.scrollBy(pull(x, frame.left, frame.right) / 2, pull(y, frame.top, frame.bottom) / 2);
}
