// The names that a bot has given to its own things, read from its texts as far as indentation tells.

/** Names by what they are. */
export interface Names {
  slots: string[];
  intents: string[];
  handoffs: string[];
  queues: string[];
  operations: string[];
  dialogs: string[];
  parts: string[];
  catalogues: string[];
  calendars: string[];
  knowledge: string[];
  templates: string[];
  steps: string[];
}

interface Line {
  indent: number;
  key: string;
  rest: string;
}

/** The lines `key: rest` of a text. A dash counts as indentation, as in YAML. */
function lines(text: string): Line[] {
  const found: Line[] = [];
  for (const line of text.split("\n")) {
    const match = /^([\s-]*)("[^"]*"|[^\s:#"'{}[\],][^:#{}[\],]*):(?:\s+(.*))?$/.exec(line);
    if (match) found.push({ indent: match[1]!.length, key: match[2]!.replaceAll('"', ""), rest: match[3] ?? "" });
  }
  return found;
}

/** The keys right under this path, wherever it stands: a block, or `{ a: …, b: … }` on one line. */
function under(text: string, ...path: string[]): string[] {
  let rows = lines(text);
  for (const [depth, name] of path.entries()) {
    const at = rows.findIndex((row) => row.key === name && (depth > 0 || row.indent === 0));
    const row = rows[at];
    if (!row) return [];
    if (depth === path.length - 1 && row.rest.startsWith("{")) return flowKeys(row.rest);
    const inner: Line[] = [];
    for (const next of rows.slice(at + 1)) {
      if (next.indent <= row.indent) break;
      inner.push(next);
    }
    rows = inner;
  }
  const first = Math.min(...rows.map((row) => row.indent));
  return rows.filter((row) => row.indent === first).map((row) => row.key);
}

function flowKeys(text: string): string[] {
  const keys: string[] = [];
  let depth = 0;
  for (const part of text.matchAll(/[{}[\]]|([\p{L}\d_.-]+)\s*:/gu)) {
    if (part[1] !== undefined) {
      if (depth === 1) keys.push(part[1]);
    } else {
      depth += part[0] === "{" || part[0] === "[" ? 1 : -1;
    }
  }
  return keys;
}

const stem = (path: string) => path.slice(path.lastIndexOf("/") + 1).replace(/\.(yaml|csv)$/, "");

/** Everything that a bot names. */
export function namesOf(files: Map<string, string>): Names {
  const names: Names = {
    slots: [], intents: [], handoffs: [], queues: [], operations: [], dialogs: [],
    parts: [], catalogues: [], calendars: [], knowledge: [], templates: [], steps: [],
  };
  for (const [path, text] of files) {
    if (path.endsWith(".test.yaml")) continue;
    if (path.startsWith("nlu/")) names.intents.push(stem(path));
    else if (path.startsWith("catalogos/")) names.catalogues.push(stem(path));
    else if (path.startsWith("saber/")) names.knowledge.push(stem(path));
    else if (path.startsWith("partes/")) names.parts.push(stem(path));
    if (path.startsWith("calendarios/")) {
      const fixed = ["time_zone", "regions", "holidays"];
      for (const row of lines(text)) {
        if (row.indent === 0 && !fixed.includes(row.key)) names.calendars.push(`${stem(path)}.${row.key}`);
      }
    } else if (path === "servicios.yaml") {
      for (const row of lines(text).filter((row) => row.indent === 0)) {
        names.operations.push(...under(text, row.key, "operations").map((operation) => `${row.key}.${operation}`));
      }
    } else {
      names.slots.push(...under(text, "slots"));
      names.handoffs.push(...under(text, "handoffs"));
      names.queues.push(...under(text, "queues"));
      names.templates.push(...under(text, "templates"));
      const dialog = /^dialog:\s*([\p{L}\d_-]+)/mu.exec(text);
      if (dialog) names.dialogs.push(dialog[1]!);
      for (const step of text.matchAll(/\bid:\s*([\p{L}\d_-]+)/gu)) names.steps.push(step[1]!);
    }
  }
  for (const list of Object.values(names) as string[][]) list.splice(0, list.length, ...new Set(list));
  return names;
}
