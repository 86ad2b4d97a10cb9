// The bot's test cases, run with what is in the editor: which pass, which fail, and on what line.
import { api, ApiError, type CaseTested, type FileTested, type Mark, type Tested } from "./api";
import { fill, h } from "./dom";
import { own, words } from "./editor";
import { put, t } from "./i18n";
import type { Workspace } from "./workspace";

/** The panel; `shown` is called when it comes to the front. */
export function testsPanel(work: Workspace, go: (file: string, line: number) => void): { element: HTMLElement; shown: () => void } {
  const sum = h("p", { class: "sum", role: "status", "aria-live": "polite" });
  const list = h("div", { class: "suites" });
  const all = h("button", { class: "main", onclick: () => void run() }, t.tests.run);
  let last: Tested | undefined;

  const testFiles = (): string[] => [...work.files.keys()].filter((path) => path.endsWith(".test.yaml")).sort();
  const run = async (file?: string, at?: number): Promise<void> => {
    all.disabled = true;
    fill(sum, h("span", { class: "busy" }, t.tests.running));
    sum.className = "sum";
    try {
      const tested = await api.tests(work.bot.name, { files: work.unsaved, file, case: at });
      last = last && file !== undefined ? merged(last, tested, at) : tested;
      work.failed = last.files.flatMap(marks);
      work.tell("marks");
      draw();
    } catch (error) {
      sum.className = "sum bad";
      sum.textContent = error instanceof ApiError && error.status === 422 ? t.tests.broken : put(t.error, { why: (error as Error).message });
    } finally {
      all.disabled = false;
    }
  };
  const draw = (): void => {
    if (last) {
      const cases = last.files.flatMap((file) => file.cases);
      const count = (state: CaseTested["state"]): number => cases.filter((one) => one.state === state).length;
      const unreadable = last.files.filter((file) => file.problems.length > 0).length;
      const failed = count("failed") + unreadable;
      sum.className = failed > 0 ? "sum bad" : "sum good";
      const words = [put(failed === 0 ? t.tests.allPassed : t.tests.passed, { n: count("passed") })];
      if (failed > 0) words.push(put(t.tests.failed, { n: failed }));
      if (count("not_run") > 0) words.push(put(t.tests.notRun, { n: count("not_run") }));
      sum.textContent = words.join(", ");
    } else {
      sum.className = "sum";
      sum.textContent = testFiles().length > 0 ? t.tests.hint : t.tests.none;
    }
    all.hidden = testFiles().length === 0;
    fill(list, ...testFiles().map(suite));
  };
  const suite = (path: string): HTMLElement => {
    const tested = last?.files.find((file) => file.file === path);
    const names = tested?.cases.map((one) => one.name) ?? casesOf(work.files.get(path)?.text ?? "").map((one) => one.name);
    const rows = names.map((name, at) => row(path, name, at, tested?.cases[at]));
    const problems = (tested?.problems ?? []).map((mark) => h("li", {}, failure(path, mark.line, words(mark).replaceAll("\n", " · "))));
    return h(
      "section",
      {},
      h("div", { class: "suite" }, h("h3", {}, path), h("button", { class: "quiet", "aria-label": `${t.tests.one} ${path}`, onclick: () => void run(path) }, t.tests.one)),
      problems.length > 0 && h("ul", { class: "failures" }, ...problems),
      h("ul", { class: "cases" }, ...rows),
    );
  };
  const failure = (path: string, line: number, what: string): HTMLElement =>
    h("button", { class: "quiet mark", onclick: () => go(path, Math.max(line, 1)) }, line > 0 && h("b", {}, put(t.tests.line, { line })), " ", what);
  const row = (path: string, name: string, at: number, tested: CaseTested | undefined): HTMLElement => {
    const state = tested?.state ?? "not_run";
    const talk = (tested?.transcript ?? []).map(([who, text]) => h("div", { class: `line ${who === "bot" ? "bot" : "citizen"}` }, text));
    return h(
      "li",
      { class: state },
      h("span", { class: "sign", role: "img", "aria-label": t.tests.states[state] }, { passed: "✓", failed: "✗", not_run: "–" }[state]),
      h("button", { class: "quiet name", title: t.tests.goto, onclick: () => go(path, casesOf(work.files.get(path)?.text ?? "")[at]?.line ?? 1) }, name),
      h("button", { class: "quiet", "aria-label": `${t.tests.one} ${name}`, onclick: () => void run(path, at) }, t.tests.one),
      tested && tested.failures.length > 0 && h("ul", { class: "failures" }, ...tested.failures.map((one) => h("li", {}, failure(path, one.line, own(one.what))))),
      // What was said matters where something went wrong.
      state === "failed" && talk.length > 0 && h("details", {}, h("summary", {}, t.tests.transcript), h("div", { class: "talk small" }, ...talk)),
    );
  };
  work.on("files", () => element.hidden || draw());
  const element = h("section", { class: "panel tests" }, h("div", { class: "buttons tools" }, all), sum, list);
  return { element, shown: draw };
}

/** Names and lines of a test file's cases. */
export function casesOf(text: string): { name: string; line: number }[] {
  const found: { name: string; line: number }[] = [];
  text.split("\n").forEach((line, at) => {
    const name = /^\s*-\s+(?:\{\s*)?name:\s*(.*?)\s*$/.exec(line);
    if (name) found.push({ name: name[1]!.replace(/^["']|["']$/g, ""), line: at + 1 });
  });
  return found;
}

/** What was known before, with what has been run now in its place. */
function merged(before: Tested, now: Tested, at: number | undefined): Tested {
  const files = before.files.map((file) => {
    const fresh = now.files.find((one) => one.file === file.file);
    if (!fresh) return file;
    if (at === undefined || fresh.cases.length !== file.cases.length) return fresh;
    return { ...fresh, cases: fresh.cases.map((one, n) => (n === at ? one : file.cases[n]!)) };
  });
  return { ...now, files: [...files, ...now.files.filter((one) => !before.files.some((file) => file.file === one.file))] };
}

/** Failures as marks in the margin. */
function marks(file: FileTested): Mark[] {
  return file.cases.flatMap((one) =>
    one.failures.filter((failure) => failure.line > 0).map((failure): Mark => ({
      file: file.file, line: failure.line, column: 0, what: `${t.tests.states.failed}: ${own(failure.what)}`, found: "", nearest: null, cure: "", severity: "error",
    })),
  );
}
