// Completion: keys from the JSON Schema, values from it and from the bot's own names.
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import type { Names } from "./names";

interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  description?: string;
  properties?: Record<string, Schema | boolean>;
  patternProperties?: Record<string, Schema | boolean>;
  additionalProperties?: Schema | boolean;
  items?: Schema | boolean;
  prefixItems?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  then?: Schema;
  else?: Schema;
  enum?: unknown[];
  const?: unknown;
  type?: string | string[];
}

/** Where in the document a place is: keys from the outside in, `-` for an entry of a list. */
export function pathAt(lines: string[], row: number, indent: number, dashed = false): string[] {
  const path: string[] = dashed ? ["-"] : [];
  let limit = indent;
  for (let at = row - 1; at >= 0 && (limit > 0 || path[0] === "-"); at -= 1) {
    const line = lines[at]!;
    if (/^\s*(#|$)/.test(line)) continue;
    let start = line.length - line.trimStart().length;
    let text = line.trimStart();
    const dashes: number[] = [];
    while (text.startsWith("- ")) {
      dashes.push(start);
      const inner = text.slice(2).trimStart();
      start += text.length - inner.length;
      text = inner;
    }
    const key = /^("[^"]*"|[^\s:#"'{}[\]][^:#]*):(\s|$)/.exec(text);
    // A list may stand as far to the left as the key that holds it.
    const holds = start < limit || (start === limit && path[0] === "-" && dashes.length === 0);
    if (key && holds) {
      path.unshift(key[1]!.replaceAll('"', ""));
      limit = start;
    }
    for (const dash of dashes.reverse()) {
      if (dash < limit) {
        path.unshift("-");
        limit = dash;
      }
    }
  }
  return path;
}

class Schemas {
  constructor(private readonly root: Schema) {}

  private resolve(schema: Schema | boolean | undefined, depth = 0): Schema[] {
    if (!schema || schema === true || depth > 12) return [];
    const all: Schema[] = [schema];
    if (schema.$ref?.startsWith("#/")) {
      let at: unknown = this.root;
      for (const name of schema.$ref.slice(2).split("/")) at = (at as Record<string, unknown> | undefined)?.[decodeURIComponent(name)];
      all.push(...this.resolve(at as Schema | undefined, depth + 1));
    }
    const others = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? []), schema.then, schema.else];
    for (const other of others) all.push(...this.resolve(other, depth + 1));
    return all;
  }

  /** Every schema that may hold at a path. */
  at(path: string[]): Schema[] {
    let here = this.resolve(this.root);
    for (const name of path) {
      const next: Schema[] = [];
      for (const schema of here) {
        if (name === "-") {
          next.push(...this.resolve(schema.items));
        } else {
          const own = schema.properties?.[name];
          const matching = Object.entries(schema.patternProperties ?? {}).filter(([pattern]) => new RegExp(pattern, "u").test(name));
          const open = schema.additionalProperties;
          next.push(...this.resolve(own), ...matching.flatMap(([, inner]) => this.resolve(inner)));
          if (own === undefined && typeof open === "object") next.push(...this.resolve(open));
        }
      }
      // A single entry may stand where a list may.
      here = [...new Set(next.flatMap((schema) => [schema, ...(name === "-" ? [] : this.resolve(schema.items))]))];
    }
    return here;
  }
}

/** The schema of one kind of file, out of the one of the whole language. */
function schemaOf(whole: Schema, file: string): Schema {
  const kinds: [RegExp, string][] = [
    [/\.test\.yaml$/, "tests"],
    [/^centro\.yaml$/, "centre"],
    [/^servicios\.yaml$/, "services"],
    [/^nlu\//, "intent"],
    [/^catalogos\//, "catalogue"],
    [/^calendarios\//, "calendar"],
    [/^saber\//, "knowledge"],
    [/^partes\//, "part"],
    [/^idiomas\//, "language"],
    [/./, "dialog"],
  ];
  const kind = kinds.find(([pattern]) => pattern.test(file))![1];
  const own = whole.$defs?.[kind];
  return own ? { ...own, $defs: whole.$defs } : whole;
}

function keysOf(schemas: Schema[]): Completion[] {
  const found = new Map<string, Completion>();
  for (const schema of schemas) {
    for (const [key, inner] of Object.entries(schema.properties ?? {})) {
      const info = typeof inner === "object" ? inner.description : undefined;
      if (!found.has(key)) found.set(key, { label: key, apply: `${key}: `, type: "property", info });
    }
  }
  return [...found.values()];
}

function valuesOf(schemas: Schema[]): Completion[] {
  const values = schemas.flatMap((schema) => [...(schema.enum ?? []), ...(schema.const === undefined ? [] : [schema.const])]);
  return [...new Set(values.map(String))].map((label) => ({ label, type: "enum" }));
}

const FILTERS = ["spoken", "spelled", "masked", "grouped"];
const BUILT_IN = ["call.from", "call.to", "now", "language", "consent.sms"];
const TYPES = [
  "yes_no", "list()", "kb()", "digits()", "number", "es.nif", "es.telefono", "es.iban", "es.matricula", "es.codigo_postal",
  "es.nuss", "es.importe", "es.correo", "es.fecha", "es.nacimiento", "es.hora", "es.datetime_range", "es.direccion", "es.nombre", "free_text",
];

/** What of the bot's own names may stand after a key. */
function own(key: string, names: Names): string[] {
  switch (key) {
    case "goto": return names.steps;
    case "run": case "dialog": return names.dialogs;
    case "handoff": return names.handoffs;
    case "queue": return names.queues;
    case "call": return names.operations;
    case "collect": case "ask": case "forget": case "carry": case "asks": return names.slots;
    case "within": case "hours": return names.calendars;
    case "start_on": return names.intents;
    case "include": return names.parts;
    case "template": case "sms": return names.templates;
    case "type": return TYPES;
    default: return [];
  }
}

const plain = (type: string) => (label: string): Completion => ({ label, type });

/** The completion of a file; `names` are those of the bot as it is being written. */
export function completion(schema: () => unknown, file: () => string, names: () => Names) {
  return (context: CompletionContext): CompletionResult | null => {
    if (!file().endsWith(".yaml")) return null;
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    const word = /[\p{L}\d_.-]*$/u.exec(before)![0];
    const from = context.pos - word.length;
    const head = before.slice(0, before.length - word.length);
    const options = choose(head, context, line.number, schema() as Schema, file(), names());
    if (options.length === 0 || (!context.explicit && word === "" && !/[:[({|,] ?$|- $/.test(head))) return null;
    return { from, options, validFor: /^[\p{L}\d_.-]*$/u };
  };
}

function choose(head: string, context: CompletionContext, row: number, schema: Schema, file: string, names: Names): Completion[] {
  if (/\|\s*$/.test(head) && /\{[^}]*$/.test(head)) return FILTERS.map(plain("function"));
  if (/\b(type|shape):\s*list\($/.test(head)) return names.catalogues.map(plain("constant"));
  if (/\btype:\s*kb\($/.test(head)) return names.knowledge.map(plain("constant"));
  if (/["«\p{L}.,!?¿¡]\s*\{$/u.test(head) || /"[^"]*\{$/.test(head)) return [...names.slots, ...BUILT_IN].map(plain("variable"));
  const lines = context.state.doc.toString().split("\n");
  const bare = head.replace(/^(\s*-\s+)+/, (dashes) => " ".repeat(dashes.length));
  const indent = bare.length - bare.trimStart().length;
  const dash = /^\s*-\s/.test(head);
  const path = pathAt(lines, row - 1, dash ? head.indexOf("-") : indent, dash);
  const schemas = new Schemas(schemaOf(schema, file));
  const opened = /^\s*("[^"]*"|[^\s:#"'{}[\]][^:#]*):\s+(.*)$/.exec(bare);
  if (opened) {
    // Inside `{ a: b, … }` the last key counts, else the line's.
    const inner = /[{,]\s*([\p{L}\d_.-]+):\s*\[?[^{}]*$/u.exec(opened[2]!);
    const key = inner ? inner[1]! : opened[1]!.replaceAll('"', "");
    const place = inner ? [...path, opened[1]!, key] : [...path, key];
    if (/[{,]\s*$/.test(head) && opened[2]!.startsWith("{") && !/\[[^\]]*$/.test(head)) return keysOf(schemas.at([...path, opened[1]!]));
    return [...valuesOf([...schemas.at(place), ...schemas.at([...place, "-"])]), ...own(key, names).map(plain("constant"))];
  }
  if (bare.trim() !== "") return [];
  const parent = path.filter((name) => name !== "-").at(-1) ?? "";
  const keys = keysOf(schemas.at(path));
  const mine = parent === "always" ? names.intents.map((label): Completion => ({ label, apply: `${label}: `, type: "constant" })) : [];
  return [...keys, ...mine, ...(head.includes("- ") ? own(parent, names).map(plain("constant")) : [])];
}
