// The steps of a dialog as places in its text, and edits of them that leave every other character as it is.
//
// Reads the editor's own syntax tree of YAML; knows no page. Offsets are of UTF-16 units, as in the editor.
import type { SyntaxNode } from "@lezer/common";
import { parser } from "@lezer/yaml";

/** One change of a text; those of an edit are all in terms of the text before it. */
export interface Change {
  from: number;
  to: number;
  insert: string;
}

/** What to change, and what to select afterwards: places in the text after it, first to last. */
export interface Edit {
  changes: Change[];
  fields: { from: number; to: number }[];
}

/** Steps that follow each other. */
export interface List {
  /** The key that they stand under: `steps`, `then`, `on_error`… */
  key: string;
  /** `[a, b]`, one step for each line, or a single step without a list. */
  kind: "flow" | "block" | "single";
  /** Column of the dashes, of a block. */
  indent: number;
  steps: Step[];
  /** The whole `key: …`. */
  pair: { from: number; to: number };
  /** Where the key stands that holds them: column. */
  outer: number;
}

export interface Step {
  /** Its mapping, without dash, comments and line ends around it. */
  from: number;
  to: number;
  /** Where it begins, counted from 1. */
  line: number;
  /** Its keys in order. */
  keys: string[];
  /** What it does: `say`, `collect`… */
  verb: string;
  list: List;
}

/** Every verb; of a step that has two (`end` with `say`) the first of these is what it does. */
export const VERBS = [
  "collect", "call", "if", "choose", "confirm", "forget", "goto", "set", "run", "ask", "record", "case", "split",
  "language", "send_sms", "send_email", "callback", "handoff", "end", "say",
] as const;
/** Keys under which steps stand. */
const HOLDERS = ["then", "else", "on_error", "if_denied", "none_fits"];

const children = (node: SyntaxNode, name: string): SyntaxNode[] => node.getChildren(name);
const isMap = (node: SyntaxNode): boolean => node.name === "BlockMapping" || node.name === "FlowMapping";
const isList = (node: SyntaxNode): boolean => node.name === "BlockSequence" || node.name === "FlowSequence";

/** The value of a `key: value` pair. */
function valueOf(pair: SyntaxNode): SyntaxNode | undefined {
  for (let at = pair.lastChild; at && at.name !== "Key"; at = at.prevSibling) {
    if (isMap(at) || isList(at) || /Literal$/.test(at.name)) return at;
  }
  return undefined;
}

const lineStart = (text: string, at: number): number => text.lastIndexOf("\n", at - 1) + 1;
const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
};

/** The steps of a dialog's text in the order written, those inside others too; none where it cannot be told. */
export function stepsOf(text: string): Step[] {
  return read(text).steps;
}

/** The lists too, those that are empty as well. */
export function read(text: string): { steps: Step[]; lists: List[] } {
  const [steps, lists] = [[] as Step[], [] as List[]];
  const offsets = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) offsets.push(at + 1);
  const lineOf = (at: number): number => {
    let [low, high] = [0, offsets.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (offsets[middle]! <= at) low = middle;
      else high = middle;
    }
    return low + 1;
  };
  const keyOf = (pair: SyntaxNode): string => {
    const key = pair.getChild("Key");
    return key ? text.slice(key.from, key.to).replace(/^["']|["']$/g, "") : "";
  };
  const trimmed = (node: SyntaxNode): { from: number; to: number } => {
    const written = text.slice(node.from, node.to);
    return { from: node.from + written.length - written.trimStart().length, to: node.from + written.trimEnd().length };
  };
  const step = (node: SyntaxNode, list: List): void => {
    const pairs = children(node, "Pair");
    const keys = pairs.map(keyOf);
    const verb = VERBS.find((verb) => keys.includes(verb)) ?? keys.find((key) => key !== "id") ?? "";
    const { from, to } = trimmed(node);
    const one: Step = { from, to, line: lineOf(from), keys, verb, list };
    list.steps.push(one);
    steps.push(one);
    for (const pair of pairs) inside(pair, keyOf(pair));
  };
  const inside = (pair: SyntaxNode, key: string): void => {
    if (HOLDERS.includes(key)) return void hold(pair, key);
    const value = key === "ways" ? valueOf(pair) : undefined;
    if (!value || !isMap(value)) return;
    for (const way of children(value, "Pair")) {
      const inner = valueOf(way);
      const then = inner && isMap(inner) ? children(inner, "Pair").find((one) => keyOf(one) === "then") : undefined;
      if (then) hold(then, "then");
    }
  };
  const hold = (pair: SyntaxNode, key: string): void => {
    const value = valueOf(pair);
    const outer = pair.from - lineStart(text, pair.from);
    const kind = value?.name === "FlowSequence" ? "flow" : value && isMap(value) ? "single" : "block";
    const list: List = { key, kind, indent: outer + 2, steps: [], pair: { from: pair.from, to: trimmed(pair).to }, outer };
    lists.push(list);
    if (value && isMap(value)) return step(value, list);
    const items = value && isList(value) ? children(value, "Item") : [];
    items.forEach((item, at) => {
      // The dash of a block's item stands right before it.
      if (at === 0 && kind === "block") list.indent = item.from - 1 - lineStart(text, item.from - 1);
      const map = item.getChild("BlockMapping") ?? item.getChild("FlowMapping");
      if (map) step(map, list);
    });
  };
  const root = parser.parse(text).topNode.getChild("Document")?.getChild("BlockMapping");
  for (const pair of root ? children(root, "Pair") : []) {
    if (keyOf(pair) === "steps") hold(pair, "steps");
  }
  return { steps, lists };
}

/** The innermost step at an offset; a line that begins one counts from its first column. */
export function stepAt(text: string, steps: Step[], offset: number): Step | undefined {
  const holds = steps.filter((step) => {
    const { from, to } = step.list.kind === "block" ? lines(text, step) : step;
    return offset >= from && (offset < to || (offset === to && (to === text.length || step.list.kind !== "block")));
  });
  // Later in the text is deeper inside.
  return holds.at(-1);
}

/** A block's lines: its comments right above, its dash, and to the end of its last line. */
function lines(text: string, step: Step): { from: number; to: number } {
  let from = lineStart(text, step.from);
  for (let above = from; above > 0; from = above) {
    above = lineStart(text, above - 1);
    const line = text.slice(above, from);
    if (!/^\s*#/.test(line) || line.search(/#/) !== step.list.indent) break;
  }
  const end = lineEnd(text, Math.max(step.to, step.from));
  return { from, to: Math.min(end + 1, text.length) };
}

// What a new step is written as: lines of `key: value`, with ⟦…⟧ around what is to be filled in.
const OPEN = "⟦";
const CLOSE = "⟧";

/** The edit without its marks: what stood between them is selected. `changes` are in order and don't overlap. */
function marked(changes: Change[]): Edit {
  const fields: Edit["fields"] = [];
  let shift = 0;
  const clean = [...changes].sort((a, b) => a.from - b.from).map((change) => {
    let insert = "";
    let begun = 0;
    for (const letter of change.insert) {
      const here = change.from + shift + insert.length;
      if (letter === OPEN) begun = here;
      else if (letter === CLOSE) fields.push({ from: begun, to: here });
      else insert += letter;
    }
    shift += insert.length - (change.to - change.from);
    return { from: change.from, to: change.to, insert };
  });
  return { changes: clean, fields };
}

const bare = (text: string): string => text.replaceAll(OPEN, "").replaceAll(CLOSE, "");

/** `{ a: b, c: d }` of a step's lines. */
function flow(written: string): string {
  const pairs = written.split("\n").map((line) => {
    const colon = line.indexOf(": ");
    const [key, value] = [line.slice(0, colon), line.slice(colon + 2)];
    const plain = /^["[{]/.test(bare(value)) || !/[,[\]{}#]|: |:$/.test(bare(value));
    return `${key}: ${plain ? value : JSON.stringify(value)}`;
  });
  return `{ ${pairs.join(", ")} }`;
}

/** Lines with a dash before the first, at this column. */
function block(written: string, indent: number): string {
  const space = " ".repeat(indent);
  return written.split("\n").map((line, at) => `${space}${at === 0 ? "- " : "  "}${line}\n`).join("");
}

/** A block's text put at an offset that is a line's start or the end of a text without a last line end. */
function placed(text: string, at: number, insert: string): Change {
  const open = at === text.length && at > 0 && text[at - 1] !== "\n";
  return { from: at, to: at, insert: open ? `\n${insert.replace(/\n$/, "")}` : insert };
}

/** Puts a new step before or after another. */
export function insertBeside(text: string, step: Step, written: string, after: boolean): Edit {
  const { list } = step;
  if (list.kind === "block") {
    const range = lines(text, step);
    return marked([placed(text, after ? range.to : range.from, block(written, list.indent))]);
  }
  if (list.kind === "flow") {
    return marked([after ? at(step.to, `, ${flow(written)}`) : at(step.from, `${flow(written)}, `)]);
  }
  if (text[step.from] === "{") {
    const [head, tail] = after ? ["[", `, ${flow(written)}]`] : [`[${flow(written)}, `, "]"];
    return marked([at(step.from, head), at(step.to, tail)]);
  }
  // A single step in lines of its own becomes the first of a list.
  const column = step.from - lineStart(text, step.from);
  const starts = [step.from, ...newlines(text, step.from, step.to)];
  const listed = starts.map((start, n) => at(start, n === 0 ? "- " : "  "));
  const range = { from: lineStart(text, step.from), to: Math.min(lineEnd(text, step.to) + 1, text.length) };
  return marked([...listed, placed(text, after ? range.to : range.from, block(written, column))]);
}

const at = (from: number, insert: string): Change => ({ from, to: from, insert });

/** The starts of the lines after the first, blank ones left out. */
function newlines(text: string, from: number, to: number): number[] {
  const starts: number[] = [];
  for (let end = text.indexOf("\n", from); end >= 0 && end < to; end = text.indexOf("\n", end + 1)) {
    if (text[end + 1] !== "\n") starts.push(end + 1);
  }
  return starts;
}

/** Puts a new step where the offset is: after the step there, else at the end of the dialog's steps, but before its end. */
export function insertAt(text: string, offset: number, written: string): Edit | undefined {
  const { steps, lists } = read(text);
  const here = stepAt(text, steps, offset);
  if (here) return insertBeside(text, here, written, true);
  const list = lists[0];
  if (!list) return undefined;
  const last = list.steps.at(-1);
  if (last) return insertBeside(text, last, written, !["end", "handoff"].includes(last.verb));
  const end = Math.min(lineEnd(text, list.pair.to) + 1, text.length);
  return marked([placed(text, end, block(written, list.outer + 2))]);
}

/** Moves a step beside another; nothing where it cannot go there: into itself, or from lines into `[…]`. */
export function moveBeside(text: string, step: Step, target: Step, after: boolean): Edit | undefined {
  if (step === target || (target.from >= step.from && target.to <= step.to)) return undefined;
  const { list } = step;
  if (list === target.list && list.kind === "flow") {
    const order = list.steps.filter((one) => one !== step);
    order.splice(order.indexOf(target) + (after ? 1 : 0), 0, step);
    // The places stay, with what is between them; what stands in them changes.
    const written = (one: Step): string => text.slice(one.from, one.to);
    const changes = list.steps.map((place, n) => ({ from: place.from, to: place.to, insert: written(order[n]!) }));
    const changed = changes.filter((change) => text.slice(change.from, change.to) !== change.insert);
    return changed.length === 0 ? undefined : { changes: changed, fields: [] };
  }
  if (list.kind !== "block" || target.list.kind !== "block" || list.steps.length === 1) return undefined;
  const [mine, theirs] = [lines(text, step), lines(text, target)];
  const to = after ? theirs.to : theirs.from;
  if (to >= mine.from && to <= mine.to) return undefined;
  const shift = target.list.indent - list.indent;
  let moved = text.slice(mine.from, mine.to);
  if (!moved.endsWith("\n")) moved += "\n";
  if (shift > 0) moved = moved.replace(/^(?=[^\n])/gm, " ".repeat(shift));
  if (shift < 0) moved = moved.replace(new RegExp(`^ {1,${-shift}}`, "gm"), "");
  // The last line of a text without a line end gives its end to the line before.
  const from = mine.to === text.length && text[mine.to - 1] !== "\n" ? mine.from - 1 : mine.from;
  const changes = [{ from, to: mine.to, insert: "" }, placed(text, to, moved)].sort((a, b) => a.from - b.from);
  const start = to < from ? to : to - (mine.to - from);
  const dash = moved.search(/^ *- /m) + moved.slice(Math.max(moved.search(/^ *- /m), 0)).indexOf("- ") + 2;
  return { changes, fields: [{ from: start + dash, to: start + dash }] };
}

/** Moves a step one place among its siblings; up is -1. */
export function moveBy(text: string, step: Step, by: 1 | -1): Edit | undefined {
  const target = step.list.steps[step.list.steps.indexOf(step) + by];
  return target && moveBeside(text, step, target, by === 1);
}

/** Takes a step away; with it the key that it stood under, if that would be left with nothing. */
export function remove(text: string, step: Step): Edit {
  const { list } = step;
  const n = list.steps.indexOf(step);
  const gone = (from: number, to: number): Edit => ({ changes: [{ from, to, insert: "" }], fields: [{ from, to: from }] });
  if (list.steps.length === 1 && list.key !== "steps") {
    const alone = text.slice(lineStart(text, list.pair.from), list.pair.from).trim() === "";
    if (alone) return gone(lineStart(text, list.pair.from), Math.min(lineEnd(text, list.pair.to) + 1, text.length));
    // Inside `{ … }`: with the comma before or after it.
    const before = /,\s*$/.exec(text.slice(0, list.pair.from))?.[0].length ?? 0;
    const behind = before > 0 ? 0 : (/^\s*,\s*/.exec(text.slice(list.pair.to))?.[0].length ?? 0);
    return gone(list.pair.from - before, list.pair.to + behind);
  }
  if (list.kind === "flow") {
    const [previous, next] = [list.steps[n - 1], list.steps[n + 1]];
    return next ? gone(step.from, next.from) : previous ? gone(previous.to, step.to) : gone(step.from, step.to);
  }
  const range = lines(text, step);
  return gone(range.from, range.to);
}

/** Puts an entry, lines without indentation, at the end of a list under a key of the text's first level. */
export function append(text: string, key: string, written: string): Edit {
  const root = parser.parse(text).topNode.getChild("Document")?.getChild("BlockMapping");
  const pair = (root ? children(root, "Pair") : []).find((one) => text.slice(one.from, one.to).startsWith(`${key}:`));
  const list = pair && valueOf(pair);
  if (pair && list?.name === "BlockSequence") {
    const items = children(list, "Item");
    const indent = items[0] ? items[0].from - 1 - lineStart(text, items[0].from - 1) : 2;
    const content = list.from + text.slice(list.from, list.to).trimEnd().length;
    return marked([placed(text, Math.min(lineEnd(text, content) + 1, text.length), `\n${block(written, indent)}`)]);
  }
  const empty = pair && !list;
  const end = empty ? Math.min(lineEnd(text, pair.to) + 1, text.length) : text.length;
  return marked([placed(text, end, empty ? block(written, 2) : `${key}:\n${block(written, 2)}`)]);
}

/** The text after an edit. */
export function applied(text: string, edit: Edit): string {
  let out = "";
  let from = 0;
  for (const change of edit.changes) {
    out += text.slice(from, change.from) + change.insert;
    from = change.to;
  }
  return out + text.slice(from);
}
