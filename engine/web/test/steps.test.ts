// The edits of steps: what is changed is right, and every other character stays.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { append, applied, insertAt, insertBeside, moveBeside, moveBy, remove, stepAt, stepsOf, type Step } from "../src/steps";

const TEXT = `# Un diálogo.
dialog: prueba
steps:                        # de arriba abajo
  - collect: [a, b]           # dos datos
  # Se busca:
  - id: buscar
    call: citas.huecos
    on_error: { handoff: citas, reason: x }

  - if: huecos is empty
    then: [{ say: "No hay, lo siento." }, { forget: cuando }, { goto: buscar }]
    else:
      - say: Hay.             # uno
      - set: { a: "b" }
  - say: >
      Hecho,
      y adiós.
  - end: listo
always:
  x: { end: y }
`;
const find = (text: string, words: string): Step => {
  const found = stepsOf(text).filter((step) => text.slice(step.from, step.to).includes(words)).at(-1);
  assert.ok(found, words);
  return found;
};
const inserted = (words: string, written: string, after = true): string => applied(TEXT, insertBeside(TEXT, find(TEXT, words), written, after));
const line = (text: string, words: string): string => text.split("\n").find((one) => one.includes(words)) ?? "";

test("steps are found with their lines, verbs and siblings", () => {
  const steps = stepsOf(TEXT);
  assert.deepEqual(
    steps.map((step) => [step.line, step.verb, step.list.key, step.list.kind]),
    [
      [4, "collect", "steps", "block"], [6, "call", "steps", "block"], [8, "handoff", "on_error", "single"],
      [10, "if", "steps", "block"], [11, "say", "then", "flow"], [11, "forget", "then", "flow"], [11, "goto", "then", "flow"],
      [13, "say", "else", "block"], [14, "set", "else", "block"], [15, "say", "steps", "block"], [18, "end", "steps", "block"],
    ],
  );
  assert.equal(stepAt(TEXT, steps, TEXT.indexOf("forget"))!.verb, "forget");
  assert.equal(stepAt(TEXT, steps, TEXT.indexOf("# Se busca"))!.verb, "call");
  assert.equal(stepAt(TEXT, steps, TEXT.indexOf("# uno"))!.verb, "say");
  assert.equal(stepAt(TEXT, steps, TEXT.indexOf("always")), undefined);
});

test("a new step stands beside another, in its form, and the rest stays as it was", () => {
  const two = "say: ⟦Texto⟧\nbarge_in: never";
  const after = insertBeside(TEXT, find(TEXT, "collect"), two, true);
  const text = applied(TEXT, after);
  assert.equal(text, TEXT.replace("# dos datos\n", "# dos datos\n  - say: Texto\n    barge_in: never\n"));
  assert.deepEqual(after.fields.map((field) => text.slice(field.from, field.to)), ["Texto"]);
  assert.equal(inserted("id: buscar", two, false), TEXT.replace("  # Se busca", "  - say: Texto\n    barge_in: never\n  # Se busca"), "before its comment");
  assert.equal(inserted("say: Hay.", "end: fin"), TEXT.replace("# uno\n", "# uno\n      - end: fin\n"));
  assert.equal(inserted("forget", "say: ⟦Hola, buenas⟧"), TEXT.replace("{ forget: cuando }", '{ forget: cuando }, { say: "Hola, buenas" }'));
  assert.equal(inserted("forget", "end: fin", false), TEXT.replace("{ forget: cuando }", "{ end: fin }, { forget: cuando }"));
  assert.equal(inserted("reason: x", "end: fin"), TEXT.replace("{ handoff: citas, reason: x }", "[{ handoff: citas, reason: x }, { end: fin }]"));
  assert.equal(inserted("y adiós", "forget: a"), TEXT.replace("y adiós.\n", "y adiós.\n  - forget: a\n"));
});

test("a single step in lines becomes a list", () => {
  const text = "steps:\n  - if: a\n    then:\n      end: b\n      say: c\n";
  const edit = insertBeside(text, find(text, "end: b\n      say"), "say: d", false);
  assert.equal(applied(text, edit), "steps:\n  - if: a\n    then:\n      - say: d\n      - end: b\n        say: c\n");
});

test("without a step at the cursor a new one goes to the end, but before the end", () => {
  const written = (text: string): string => applied(text, insertAt(text, 0, "say: x")!);
  assert.equal(written(TEXT), TEXT.replace("  - end: listo", "  - say: x\n  - end: listo"));
  assert.equal(written("dialog: a\nsteps:\n"), "dialog: a\nsteps:\n  - say: x\n");
  assert.equal(written("dialog: a\nsteps:   # nada"), "dialog: a\nsteps:   # nada\n  - say: x");
  assert.equal(written("dialog: a\nsteps:\n- forget: a"), "dialog: a\nsteps:\n- forget: a\n- say: x", "the list's own column");
  assert.equal(insertAt("centre: x\n", 0, "say: x"), undefined);
});

test("a step is moved with its comments, among its siblings or into another list", () => {
  const call = "  # Se busca:\n  - id: buscar\n    call: citas.huecos\n    on_error: { handoff: citas, reason: x }\n";
  const moved = moveBeside(TEXT, find(TEXT, "collect"), find(TEXT, "id: buscar"), true)!;
  const collect = "  - collect: [a, b]           # dos datos\n";
  assert.equal(applied(TEXT, moved), TEXT.replace(collect + call, call + collect));
  assert.equal(applied(TEXT, moveBy(TEXT, find(TEXT, "id: buscar"), -1)!), TEXT.replace(collect + call, call + collect));
  const deeper = moveBeside(TEXT, find(TEXT, "y adiós"), find(TEXT, "say: Hay."), false)!;
  assert.ok(applied(TEXT, deeper).includes("    else:\n      - say: >\n          Hecho,\n          y adiós.\n      - say: Hay."));
  const flow = moveBy(TEXT, find(TEXT, "goto"), -1)!;
  assert.equal(line(applied(TEXT, flow), "then:"), '    then: [{ say: "No hay, lo siento." }, { goto: buscar }, { forget: cuando }]');
  assert.equal(moveBeside(TEXT, find(TEXT, "if: huecos"), find(TEXT, "say: Hay."), true) && "moved", undefined, "not into itself");
  assert.equal(moveBy(TEXT, stepsOf(TEXT)[0]!, -1), undefined, "nothing is above the first");
});

test("a text without a last line end stays one", () => {
  const text = "steps:\n  - say: a\n  - say: b";
  assert.equal(applied(text, moveBy(text, find(text, "say: b"), -1)!), "steps:\n  - say: b\n  - say: a");
  assert.equal(applied(text, moveBy(text, find(text, "say: a"), 1)!), "steps:\n  - say: b\n  - say: a");
});

test("a step is taken away, and what it leaves empty", () => {
  const without = (words: string): string => applied(TEXT, remove(TEXT, find(TEXT, words)));
  assert.equal(without("collect"), TEXT.replace("  - collect: [a, b]           # dos datos\n", ""));
  assert.equal(without("forget"), TEXT.replace("{ forget: cuando }, ", ""));
  assert.equal(without("goto"), TEXT.replace(", { goto: buscar }", ""));
  assert.equal(without("reason: x"), TEXT.replace("    on_error: { handoff: citas, reason: x }\n", ""));
  const nested = "steps:\n  - if: a\n    then: { end: b, say: c }\n    else: [{ say: d }]\n";
  assert.equal(applied(nested, remove(nested, find(nested, "say: d"))), nested.replace("    else: [{ say: d }]\n", ""));
});

test("a case is added at the end of its list, wherever that stands", () => {
  const text = "dialog: a\ncases:\n  - name: uno\n    turns: []\nnow: 2026-05-11T10:00\n";
  assert.equal(applied(text, append(text, "cases", "name: dos\nturns: []")), text.replace("now:", "\n  - name: dos\n    turns: []\nnow:"));
  assert.equal(applied("dialog: a", append("dialog: a", "cases", "name: b")), "dialog: a\ncases:\n  - name: b");
  assert.equal(applied("cases:\n", append("cases:\n", "cases", "name: b")), "cases:\n  - name: b\n");
});

test("whatever stands in the text, an edit is of places in it, in order", () => {
  let seed = 20260511;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed % below;
  };
  const odd = ["\n", "  ", "- ", "[", "]", "{", "}", ": ", "#", '"', "steps:", "then:", "\t", "|", "é", "\r\n", "? ", "&a ", "- - "];
  for (let round = 0; round < 4000; round += 1) {
    let text = TEXT;
    for (let n = random(6); n >= 0; n -= 1) {
      const at = random(text.length + 1);
      text = random(2) === 0 ? text.slice(0, at) + odd[random(odd.length)]! + text.slice(at) : text.slice(0, at) + text.slice(at + random(30));
    }
    const why = `round ${round}: ${JSON.stringify(text)}`;
    const steps = stepsOf(text);
    const some = steps[random(Math.max(steps.length, 1))];
    const other = steps[random(Math.max(steps.length, 1))];
    const edits = [
      insertAt(text, random(text.length + 1), "say: ⟦a⟧\nbarge_in: never"),
      some && insertBeside(text, some, "end: ⟦a⟧", random(2) === 0),
      some && remove(text, some),
      some && other && moveBeside(text, some, other, random(2) === 0),
      append(text, "cases", "name: ⟦a⟧"),
    ];
    for (const edit of edits) {
      let end = 0;
      for (const change of edit?.changes ?? []) {
        assert.ok(change.from >= end && change.to >= change.from && change.to <= text.length, why);
        end = change.to;
      }
      const length = edit ? applied(text, edit).length : 0;
      for (const field of edit?.fields ?? []) assert.ok(field.from >= 0 && field.to >= field.from && field.to <= length, why);
    }
  }
});

test("in every shipped dialog every step can be moved, copied beside and removed, and comes back by moving back", () => {
  const files = (folder: string): string[] => readdirSync(folder).flatMap((name) => (statSync(`${folder}/${name}`).isDirectory() ? files(`${folder}/${name}`) : [`${folder}/${name}`]));
  const dialogs = files("../../dialogs/bots").filter((path) => path.endsWith(".yaml") && /^steps:/m.test(readFileSync(path, "utf8")));
  assert.ok(dialogs.length > 20, String(dialogs.length));
  let edits = 0;
  for (const path of dialogs) {
    const text = readFileSync(path, "utf8");
    const steps = stepsOf(text);
    assert.ok(steps.length > 0, path);
    steps.forEach((step, n) => {
      const more = stepsOf(applied(text, insertBeside(text, step, "say: ⟦Hola⟧", true)));
      assert.equal(more.length, steps.length + 1, `${path}:${step.line}`);
      const fewer = stepsOf(applied(text, remove(text, step)));
      const inside = steps.filter((other) => other.from >= step.from && other.to <= step.to).length;
      assert.equal(fewer.length, steps.length - inside, `${path}:${step.line} removed`);
      const down = moveBy(text, step, 1);
      if (!down) return;
      const moved = applied(text, down);
      assert.equal(moved.length, text.length, `${path}:${step.line}`);
      const after = stepsOf(moved);
      assert.deepEqual(after.map((one) => one.verb).sort(), steps.map((one) => one.verb).sort());
      // The step now stands where as many steps as its neighbour holds come before it.
      const next = step.list.steps[step.list.steps.indexOf(step) + 1]!;
      const size = steps.filter((other) => other.from >= next.from && other.to <= next.to).length;
      const back = moveBy(moved, after[n + size]!, -1);
      assert.ok(back, `${path}:${step.line} back`);
      assert.equal(applied(moved, back), text, `${path}:${step.line} there and back`);
      edits += 1;
    });
  }
  assert.ok(edits > 50, String(edits));
});
