// The blocks beside the graph: dragged onto it, or put after the step at the cursor by a click or by Enter.
import { type Block, GROUPS } from "./blocks";
import { h } from "./dom";
import { t } from "./i18n";

type Begin = (event: PointerEvent, block: string, label: string) => void;

/** The palette; one stop of the Tab key, arrows inside. */
export function palette(insert: (id: string) => void, begin: Begin): HTMLElement {
  const buttons: HTMLButtonElement[] = [];
  const one = (block: Block): HTMLElement => {
    const [name = "", about = ""] = t.blocks.names[block.id as keyof typeof t.blocks.names];
    const button = h("button", {
      class: `block ${block.id}`,
      title: about,
      onclick: () => insert(block.id),
      onpointerdown: (event: Event) => begin(event as PointerEvent, block.id, name),
    }, name);
    button.tabIndex = buttons.length === 0 ? 0 : -1;
    buttons.push(button);
    return button;
  };
  const groups = GROUPS.map((group) => h("div", { role: "group", "aria-label": t.blocks.groups[group.id] }, h("h3", {}, t.blocks.groups[group.id]), ...group.blocks.map(one)));
  const move = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const at = buttons.findIndex((button) => button === document.activeElement);
    const next = by === undefined ? undefined : buttons[at + by];
    if (!next) return;
    event.preventDefault();
    buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
    next.focus();
  };
  return h("div", { class: "palette", role: "toolbar", "aria-orientation": "vertical", "aria-label": t.blocks.title, onkeydown: (event: Event) => move(event as KeyboardEvent) }, ...groups);
}
