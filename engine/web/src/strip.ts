// What the checker says of the whole bot, under the editor.
import type { Mark } from "./api";
import { h } from "./dom";
import { words } from "./editor";
import { put, t } from "./i18n";
import type { Workspace } from "./workspace";

/** Whether the warnings are unfolded; they stay so while one writes. */
let warningsOpen = false;

/** Mistakes first, warnings folded away. */
export function standing(mine: Workspace, go: (file: string, line: number, column: number) => void): (Node | string)[] {
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
