// The line between the editor and what is beside it: dragged, or moved with the arrow keys; it stays where it was put.
import { h } from "./dom";
import { t } from "./i18n";

const KEPT = "digame.beside";
const [LEAST, MOST, USUAL] = [24, 70, 42];

/** The line; the share of what is beside the editor is in percent of the page's width. */
export function splitter(): HTMLElement {
  const line = h("div", { class: "splitter", role: "separator", tabindex: "0", "aria-orientation": "vertical", "aria-label": t.top.splitter, "aria-valuemin": String(LEAST), "aria-valuemax": String(MOST) });
  const set = (share: number): void => {
    const kept = Math.min(MOST, Math.max(LEAST, Math.round(share)));
    document.documentElement.style.setProperty("--beside", `${kept}%`);
    line.setAttribute("aria-valuenow", String(kept));
    localStorage.setItem(KEPT, String(kept));
  };
  const now = (): number => Number(line.getAttribute("aria-valuenow"));
  line.addEventListener("pointerdown", (down) => {
    down.preventDefault();
    line.setPointerCapture(down.pointerId);
    const move = (event: PointerEvent): void => set((100 * (innerWidth - event.clientX)) / innerWidth);
    line.addEventListener("pointermove", move);
    line.addEventListener("lostpointercapture", () => line.removeEventListener("pointermove", move), { once: true });
  });
  line.addEventListener("dblclick", () => set(USUAL));
  line.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: 2, ArrowRight: -2 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    set(now() + by);
  });
  set(Number(localStorage.getItem(KEPT)) || USUAL);
  return line;
}
