// Versions: what answers, the history, differences, publishing and going back.
import { api, ApiError, type Act, type VersionsAnswer } from "./api";
import { ask, fill, h, toast } from "./dom";
import { words } from "./editor";
import { language, put, t } from "./i18n";
import type { Workspace } from "./workspace";

const short = (version: string) => version.slice(0, 12);

/** The panel; `shown` is called when it comes to the front. */
export function versionsPanel(work: Workspace): { element: HTMLElement; shown: () => void } {
  const now = h("p", { class: "now" });
  const refused = h("div", { class: "refused", role: "alert", hidden: true });
  const history = h("ol", { class: "history" });
  const difference = h("div", { class: "difference" });
  const from = h("select", { "aria-label": t.versions.from });
  const to = h("select", { "aria-label": t.versions.to });

  const load = async (): Promise<void> => {
    const answer = await api.versions(work.bot.name);
    fill(now, ...standing(answer));
    const rows = answer.history.toReversed().map((act) => row(act, answer, (version) => void back(version)));
    fill(history, ...(rows.length > 0 ? rows : [h("li", { class: "note" }, t.versions.none)]));
    const versions = [...new Set(answer.history.flatMap((act) => (act.tests && act.version ? [act.version] : [])))].toReversed();
    const note = (version: string) => answer.history.findLast((act) => act.version === version && act.note)?.note;
    const label = (version: string) => [short(version), note(version)].filter(Boolean).join(" · ");
    const options = () => ["folder", ...versions].map((value) => h("option", { value }, value === "folder" ? t.versions.working : label(value)));
    const chosen = [from.value, to.value];
    fill(from, ...options());
    fill(to, ...options());
    from.value = versions.includes(chosen[0]!) ? chosen[0]! : (answer.current ?? "folder");
    to.value = versions.includes(chosen[1]!) ? chosen[1]! : "folder";
  };
  const guarded = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      const lines = error instanceof ApiError ? refusal(error) : [];
      if (lines.length > 0) {
        fill(refused, h("b", {}, t.versions.refused), h("ul", {}, ...lines.map((line) => h("li", {}, line))));
        refused.hidden = false;
      } else {
        toast(put(t.error, { why: (error as Error).message }), true);
      }
    }
    await load();
  };
  const publish = async (): Promise<void> => {
    if (work.dirty.length > 0) return toast(t.versions.unsaved, true);
    const order = await askPublish();
    if (!order) return;
    refused.hidden = true;
    fill(now, h("span", { class: "busy" }, t.versions.waiting));
    await guarded(async () => {
      const done = await api.publish(work.bot.name, order);
      const told = order.canary === null ? t.versions.published : t.versions.publishedCanary;
      toast(put(told, { version: short(done.version), share: order.canary ?? 0 }));
    });
  };
  const back = async (to: string | null): Promise<void> => {
    const note = h("input", { autocomplete: "off" });
    const body = h("div", {}, to === null && h("p", {}, t.versions.rollbackText), h("label", {}, t.versions.note, note));
    const given = await ask(t.versions.rollbackTitle, body, [t.versions.rollbackDo, t.versions.cancel], () => note.value.trim());
    if (given === undefined) return;
    await guarded(async () => {
      await api.rollBack(work.bot.name, { note: given, to });
      toast(t.versions.rolledBack);
    });
  };
  const compare = (): Promise<void> =>
    guarded(async () => {
      const { files } = await api.diff(work.bot.name, from.value, to.value);
      const parts = files.map((file) =>
        h("details", { open: true }, h("summary", {}, file.path, " ", h("span", { class: "count" }, t.versions[file.status])), h("pre", {}, ...coloured(file.unified))),
      );
      fill(difference, ...(parts.length > 0 ? parts : [h("p", { class: "note" }, t.versions.same)]));
    });

  const element = h(
    "section",
    { class: "panel versions" },
    h(
      "div",
      { class: "buttons tools" },
      h("button", { class: "main", onclick: () => void publish() }, t.versions.publish),
      h("button", { onclick: () => void back(null) }, t.versions.rollback),
    ),
    now,
    refused,
    h("h3", {}, t.versions.history),
    history,
    h("h3", {}, t.versions.compare),
    h("div", { class: "compare" }, h("label", {}, t.versions.from, from), h("label", {}, t.versions.to, to), h("button", { onclick: () => void compare() }, t.versions.compare)),
    difference,
  );
  return { element, shown: () => void guarded(async () => {}) };
}

function standing(answer: VersionsAnswer): (Node | string)[] {
  const version = answer.current === null ? t.versions.folder : short(answer.current);
  const words: (Node | string)[] = [`${t.versions.answers}: `, h("b", {}, version)];
  if (answer.canary) words.push(` · ${short(answer.canary.version)} ${put(t.versions.canary, { share: answer.canary.share })}`);
  return words;
}

function row(act: Act, answer: VersionsAnswer, back: (version: string) => void): HTMLElement {
  const version = act.version ?? "";
  const what = put(t.versions.acts[act.act], { share: act.share ?? 0 });
  const tests = act.tests === undefined ? "" : act.tests === "skipped" ? t.versions.skipped : put(t.versions.passed, { n: act.tests.passed });
  const when = new Date(act.at).toLocaleString(language, { dateStyle: "short", timeStyle: "short" });
  const current = version !== "" && answer.current === version;
  const trial = version !== "" && answer.canary?.version === version;
  return h(
    "li",
    {},
    h(
      "div",
      {},
      h("b", {}, what), " ", version && h("code", {}, short(version)), " ",
      current && h("span", { class: "count good" }, t.versions.now),
      trial && h("span", { class: "count" }, t.versions.trial),
    ),
    h("div", { class: "note" }, [when, act.by, tests].filter(Boolean).join(" · ")),
    !!act.note && h("div", {}, `«${act.note}»`),
    act.tests !== undefined && !current && h("button", { class: "quiet", onclick: () => back(version) }, t.versions.back),
  );
}

function askPublish(): Promise<{ note: string; canary: number | null; tests: boolean } | undefined> {
  const note = h("input", { autocomplete: "off", name: "note" });
  const all = h("input", { type: "radio", name: "to", checked: true });
  const part = h("input", { type: "radio", name: "to" });
  const share = h("input", { type: "number", min: "1", max: "99", value: "10", "aria-label": t.versions.percent, onfocus: () => { part.checked = true; } });
  const tests = h("input", { type: "checkbox", checked: true });
  const body = h(
    "div",
    { class: "fields" },
    h("label", {}, t.versions.note, note),
    h("label", { class: "check" }, all, t.versions.all),
    h("div", { class: "check" }, h("label", { class: "check" }, part, t.versions.share), share, "%"),
    h("label", { class: "check" }, tests, t.versions.tests),
  );
  return ask(t.versions.publishTitle, body, [t.versions.do, t.versions.cancel], () => ({
    note: note.value.trim(),
    canary: part.checked ? Number(share.value) : null,
    tests: tests.checked,
  }));
}

function refusal(error: ApiError): string[] {
  const problems = (error.body.problems ?? []).map((mark) => `${put(t.check.where, { file: mark.file, line: mark.line })}: ${words(mark).replaceAll("\n", " · ")}`);
  return [...problems, ...(error.body.failures ?? [])];
}

/** The lines of a unified difference, each with its colour. */
function coloured(unified: string): HTMLElement[] {
  const lines = unified.trimEnd().split("\n").filter((line, at) => at > 1 || !/^(---|\+\+\+) /.test(line));
  return lines.map((line) => {
    const kind = line.startsWith("@@") ? "hunk" : line.startsWith("+") ? "plus" : line.startsWith("-") ? "minus" : "";
    return h("span", { class: kind }, `${line}\n`);
  });
}
