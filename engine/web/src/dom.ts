// Elements, in one line each.

type Child = Node | string | false | null | undefined;
type Props = Record<string, unknown>;

/** An element: properties that begin with `on` are listeners, `class`, `for` and those with a dash are attributes. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on") && typeof value === "function") {
      element.addEventListener(name.slice(2), value as EventListener);
    } else if (name === "class" || name === "for" || name === "role" || name === "list" || name.includes("-")) {
      element.setAttribute(name, String(value));
    } else {
      (element as unknown as Props)[name] = value;
    }
  }
  element.append(...children.filter((child): child is Node | string => !!child || child === ""));
  return element;
}

/** Puts these children in place of those that are there. */
export function fill(element: Element, ...children: Child[]): void {
  element.replaceChildren(...children.filter((child): child is Node | string => !!child));
}

/** A modal question; resolves with what `read` gives when it is accepted, with nothing when it is not. Where `read`
 *  fails, having said why, the question stays. */
export function ask<T>(title: string, body: HTMLElement, labels: [string, string], read: () => T | Promise<T>): Promise<T | undefined> {
  return new Promise((resolve) => {
    let given: T | undefined;
    const dialog = h("dialog", { "aria-label": title });
    const accept = h("button", { class: "main", type: "submit" }, labels[0]);
    const form = h(
      "form",
      {
        method: "dialog",
        onsubmit: (event: Event) => {
          event.preventDefault();
          accept.disabled = true;
          Promise.resolve()
            .then(read)
            .then((value) => { given = value; dialog.close(); }, () => { accept.disabled = false; });
        },
      },
      h("h2", {}, title),
      body,
      h(
        "div",
        { class: "buttons end" },
        h("button", { type: "button", onclick: () => dialog.close() }, labels[1]),
        accept,
      ),
    );
    dialog.append(form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(given);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** A few words at the bottom of the page that go away by themselves; with a button, if something can be done about it. */
export function toast(text: string, bad = false, button?: { label: string; act: () => void }): void {
  let place = document.querySelector(".toasts");
  if (!place) {
    place = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
    document.body.append(place);
  }
  const act = button && h("button", { class: "quiet", onclick: () => { line.remove(); button.act(); } }, button.label);
  const line = h("div", { class: bad ? "toast bad" : "toast" }, text, act);
  // One at a time; what is bad stays until its time is over.
  place.querySelectorAll(".toast:not(.bad)").forEach((old) => old.remove());
  place.append(line);
  setTimeout(() => line.remove(), bad || button ? 9000 : 4000);
}

/** Calls `act` once nothing has happened for a while. */
export function later(ms: number, act: () => void): () => void {
  let timer: number | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, ms);
  };
}
