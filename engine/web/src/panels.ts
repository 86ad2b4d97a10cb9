// What is beside the editor, a tab for each.
import { consolePanel } from "./console";
import { h } from "./dom";
import { type Desk, graphPanel } from "./graph";
import { t } from "./i18n";
import { promptsPanel } from "./prompts";
import { testsPanel } from "./tests";
import { versionsPanel } from "./versions";
import type { Workspace } from "./workspace";

/** Graph, console, tests, versions, audio. */
export function panels(mine: Workspace, desk: Desk): HTMLElement {
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
