// The test console: talks to the bot by text, with what is in the editor or with a published version.
import { api, type Said, type SlotShown, type TurnAnswer } from "./api";
import { fill, h, toast } from "./dom";
import type { Desk } from "./graph";
import { put, t } from "./i18n";
import { type Did, keepTalk, type Talk } from "./keep";
import type { Workspace } from "./workspace";

/** The panel. */
export function consolePanel(work: Workspace, desk: Desk): HTMLElement {
  const talk = h("div", { class: "talk", role: "log", "aria-live": "polite", tabindex: "0", "aria-label": t.tabs.console });
  const state = h("div", { class: "state" });
  const say = h("input", { placeholder: t.console.say, "aria-label": t.console.say, autocomplete: "off", name: "say" });
  const keys = h("input", { placeholder: t.console.keys, "aria-label": t.console.keys, autocomplete: "off", name: "keys", size: 8, pattern: "[0-9*#]+" });
  const settings = new Settings(work);
  let id = "";
  let talked: Talk | undefined;

  const speak = h(
    "form",
    { class: "speak", onsubmit: (event: Event) => { event.preventDefault(); void turn({ say: say.value }, say.value); } },
    say,
    h("button", { class: "main", type: "submit" }, t.console.send),
  );
  const press = h(
    "form",
    { class: "speak", onsubmit: (event: Event) => { event.preventDefault(); void turn({ keys: keys.value }, `[${keys.value}]`); } },
    keys,
    h("button", { type: "submit" }, t.console.press),
    h("button", { type: "button", onclick: () => void turn({ silence: true }, t.console.silent) }, t.console.silence),
    h("button", { type: "button", onclick: () => void turn({ hang_up: true }, t.console.hungUp) }, t.console.hangUp),
  );
  const inputs = h("fieldset", { class: "inputs", disabled: true }, speak, press);
  const start = h("button", { class: "main", onclick: () => void begin() }, t.console.start);
  const keep = h("button", { hidden: true, onclick: () => void (talked && keepTalk(work, desk, talked)) }, t.console.keep);

  const line = (who: string, ...what: (Node | string)[]): void => {
    talk.append(h("div", { class: `line ${who}` }, ...what));
    talk.scrollTop = talk.scrollHeight;
  };
  const take = (answer: TurnAnswer): void => {
    id = answer.console;
    answer.outputs.forEach((output) => line(...shown(output)));
    line("time", put(t.console.took, { ms: answer.ms.toFixed(1) }));
    drawState(state, answer);
    inputs.disabled = answer.ended;
    if (!answer.ended) say.focus();
  };
  const guarded = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      toast(put(t.error, { why: (error as Error).message }), true);
    }
  };
  const begin = (): Promise<void> =>
    guarded(async () => {
      const order = settings.order();
      fill(talk, h("p", { class: "note busy" }, t.console.preparing));
      start.disabled = true;
      inputs.disabled = true;
      talked = { settings: settings.given(), turns: [] };
      keep.hidden = true;
      settings.close();
      const answer = await api.start(work.bot.name, order).finally(() => {
        start.disabled = false;
        fill(talk);
      });
      start.textContent = t.console.again;
      talked.turns.push({ did: undefined, answer });
      take(answer);
    });
  const turn = (what: Did, words: string): Promise<void> =>
    guarded(async () => {
      line("citizen", words);
      say.value = "";
      keys.value = "";
      const answer = await api.turn(id, what);
      talked?.turns.push({ did: what, answer });
      keep.hidden = !work.bot.editable;
      take(answer);
    });

  line("note", t.console.hint);
  return h("section", { class: "panel console" }, h("div", { class: "buttons tools" }, start, keep, settings.element), talk, state, inputs);
}

function shown(output: Said): [string, ...(Node | string)[]] {
  switch (output.kind) {
    case "said": return ["bot", output.text];
    case "service": return ["note", ...service(output)];
    case "sms": return ["note", put(t.console.sms, { to: output.to, text: output.text })];
    case "handoff": return ["note strong", put(t.console.handoff, { queue: output.queue, reason: output.reason })];
    case "end": return ["note strong", put(t.console.ended, { outcome: output.outcome })];
    case "note": return ["note", output.text];
  }
}

function service(output: Extract<Said, { kind: "service" }>): (Node | string)[] {
  const detail = JSON.stringify({ arguments: output.arguments, answer: output.answer }, null, 1);
  const title = `${put(t.console.service, { service: output.service })} · ${put(t.console.took, { ms: output.ms.toFixed(1) })}`;
  const failed = output.error ? ` · ${put(t.console.failed, { why: output.error })}` : "";
  return [h("details", {}, h("summary", {}, title + failed), h("pre", {}, detail))];
}

function drawState(place: HTMLElement, answer: TurnAnswer): void {
  const row = (slot: SlotShown) => h("tr", {}, h("th", { scope: "row" }, slot.name), h("td", { class: slot.private ? "private" : "" }, slot.value));
  fill(
    place,
    h("h3", {}, t.console.slots),
    answer.slots.length > 0 ? h("table", {}, h("tbody", {}, ...answer.slots.map(row))) : h("p", { class: "note" }, t.console.nothing),
    answer.asks !== null && h("p", {}, `${t.console.asks} `, h("b", {}, answer.asks)),
  );
}

/** With what the bot is tried: the editor or a version, when, and who answers for the services. */
class Settings {
  readonly element: HTMLDetailsElement;
  private readonly source = h("select", { "aria-label": t.console.source });
  private readonly services = h("select", { "aria-label": t.console.services }, h("option", { value: "mocked" }, t.console.mocked), h("option", { value: "real" }, t.console.real));
  private readonly now = h("input", { type: "datetime-local", "aria-label": t.console.now });
  private readonly mocks = h("textarea", { rows: 8, spellcheck: false, "aria-label": t.console.mocks });

  constructor(private readonly work: Workspace) {
    const field = (label: string, input: HTMLElement) => h("label", {}, label, input);
    this.element = h(
      "details",
      { class: "settings", ontoggle: () => void this.sources() },
      h("summary", {}, t.console.settings),
      h(
        "div",
        { class: "fields" },
        field(t.console.source, this.source),
        field(t.console.now, this.now),
        field(t.console.services, this.services),
        field(t.console.mocks, this.mocks),
      ),
    );
    fill(this.source, h("option", { value: "" }, t.console.edited));
    void this.fillIn();
  }

  close(): void {
    this.element.open = false;
  }

  private async fillIn(): Promise<void> {
    const { services, now } = await api.mocks(this.work.bot.name);
    this.mocks.value = JSON.stringify(services, null, 1);
    this.now.value = now ?? "";
  }

  private async sources(): Promise<void> {
    if (!this.element.open) return;
    const { history } = await api.versions(this.work.bot.name);
    const versions = [...new Set(history.flatMap((act) => (act.tests && act.version ? [act.version] : [])))].reverse();
    const chosen = this.source.value;
    const option = (version: string) => h("option", { value: version }, put(t.console.published, { version: version.slice(0, 12) }));
    fill(this.source, h("option", { value: "" }, t.console.edited), ...versions.map(option));
    this.source.value = versions.includes(chosen) ? chosen : "";
  }

  /** When it is, and what services answer. */
  given(): { now: string; services: string } {
    return { now: this.now.value, services: this.mocks.value };
  }

  /** The order that begins a contact. */
  order(): unknown {
    let services: unknown = {};
    try {
      services = JSON.parse(this.mocks.value || "{}");
    } catch (error) {
      throw new Error(put(t.console.badJson, { why: (error as Error).message }));
    }
    const version = this.source.value || undefined;
    const common = { now: this.now.value || undefined, services, real: this.services.value === "real" };
    return version ? { ...common, version } : { ...common, files: this.work.unsaved };
  }
}
