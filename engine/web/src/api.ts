// The HTTP API, as docs/api.md describes it.

/** What the checker says of one place. */
export interface Mark {
  file: string;
  line: number;
  column: number;
  what: string;
  found: string;
  nearest: string | null;
  cure: string;
  severity: "error" | "warning";
}

export interface BotInfo {
  name: string;
  editable: boolean;
  current: string | null;
  canary: { version: string; share: number } | null;
}

/** What a new bot can be made of. */
export interface Template {
  name: string;
  about: string[];
}

/** What came of one test case. */
export interface CaseTested {
  name: string;
  state: "passed" | "failed" | "not_run";
  failures: { line: number; what: string }[];
  transcript: [string, string][];
}

export interface FileTested {
  file: string;
  dialog: string;
  problems: Mark[];
  cases: CaseTested[];
}

export interface Tested {
  files: FileTested[];
  passed: number;
  failed: number;
  not_run: number;
  ms: number;
}

export interface FileInfo {
  path: string;
  hash: string;
  bytes: number;
}

export interface SlotShown {
  name: string;
  value: string;
  private: boolean;
}

export type Said =
  | { kind: "said"; text: string }
  | { kind: "service"; service: string; arguments: Record<string, string>; answer: unknown; error: string | null; ms: number }
  | { kind: "note"; text: string }
  | { kind: "sms"; to: string; text: string }
  | { kind: "handoff"; queue: string; reason: string }
  | { kind: "end"; outcome: string };

export interface TurnAnswer {
  console: string;
  version: string;
  outputs: Said[];
  slots: SlotShown[];
  asks: string | null;
  ended: boolean;
  no_input_ms: number;
  ms: number;
}

export type Tests = "skipped" | { passed: number };

export interface Act {
  at: string;
  by: string;
  note?: string;
  act: "published" | "canary" | "canary_dropped" | "rolled_back" | "withdrawn";
  version?: string;
  share?: number;
  tests?: Tests;
}

export interface VersionsAnswer {
  current: string | null;
  canary: { version: string; share: number } | null;
  folder: string | null;
  history: Act[];
}

export interface FileDiff {
  path: string;
  status: "added" | "removed" | "changed";
  unified: string;
}

/** Texts that are not saved yet, by path; `null` for a file that is taken away. */
export type Unsaved = Record<string, string | null>;

/** An answer that is not 2xx. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly body: { problems?: Mark[]; failures?: string[]; hash?: string },
  ) {
    super(message);
  }
}

const TOKEN = "digame.token";
let onGone: () => void = () => {};

export const session = {
  get known(): boolean {
    return sessionStorage.getItem(TOKEN) !== null;
  },
  forget(): void {
    sessionStorage.removeItem(TOKEN);
  },
  /** What to do when the token is no longer good. */
  onGone(act: () => void): void {
    onGone = act;
  },
};

async function send(method: string, path: string, body?: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
  const token = sessionStorage.getItem(TOKEN);
  if (token) headers["Authorization"] = `Bearer ${token}`;
  const response = await fetch(path, { method, headers, body });
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  if (response.status === 401 && path !== "/api/login") {
    session.forget();
    onGone();
  }
  throw new ApiError(response.status, problem.detail ?? `HTTP ${response.status}`, problem);
}

async function json<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = body === undefined ? {} : { "Content-Type": "application/json" };
  const response = await send(method, path, body === undefined ? undefined : JSON.stringify(body), headers);
  return (await response.json()) as T;
}

const bot = (name: string) => `/api/bots/${encodeURIComponent(name)}`;
const inside = (path: string) => path.split("/").map(encodeURIComponent).join("/");

export const api = {
  async logIn(login: string, password: string): Promise<void> {
    const answer = await json<{ token: string }>("POST", "/api/login", { login, password });
    sessionStorage.setItem(TOKEN, answer.token);
  },
  me: () => json<{ name: string; permissions: string[] }>("GET", "/api/me"),
  schema: () => json<unknown>("GET", "/api/schema"),
  bots: () => json<{ bots: BotInfo[]; templates: Template[] }>("GET", "/api/bots"),
  make: (name: string, from: string) => json<{ name: string }>("POST", "/api/bots", { name, from }),
  files: (name: string) => json<{ files: FileInfo[] }>("GET", `${bot(name)}/files`),
  async read(name: string, path: string): Promise<{ text: string; hash: string }> {
    const response = await send("GET", `${bot(name)}/files/${inside(path)}`);
    return { text: await response.text(), hash: unquote(response.headers.get("ETag")) };
  },
  /** Saves a file; `hash` is that of the text it was edited from, none for a new file. */
  async save(name: string, path: string, text: string, hash: string | null): Promise<string> {
    const when: Record<string, string> = hash === null ? { "If-None-Match": "*" } : { "If-Match": `"${hash}"` };
    const response = await send("PUT", `${bot(name)}/files/${inside(path)}`, text, when);
    return unquote(response.headers.get("ETag"));
  },
  remove: (name: string, path: string, hash: string) =>
    send("DELETE", `${bot(name)}/files/${inside(path)}`, undefined, { "If-Match": `"${hash}"` }),
  check: (name: string, files: Unsaved) => json<{ problems: Mark[] }>("POST", `${bot(name)}/check`, { files }),
  /** Examples that will be taken for other intents; nothing while it cannot be tried. */
  intents: (name: string, files: Unsaved) => json<{ tried: boolean; problems: Mark[] }>("POST", `${bot(name)}/intents`, { files }),
  tests: (name: string, order: { files: Unsaved; file?: string; case?: number }) => json<Tested>("POST", `${bot(name)}/tests`, order),
  graph: (name: string, files: Unsaved) => json<{ svg: string; mermaid: string }>("POST", `${bot(name)}/graph`, { files }),
  start: (name: string, order: unknown) => json<TurnAnswer>("POST", `${bot(name)}/console`, order),
  turn: (id: string, turn: unknown) => json<TurnAnswer>("POST", `/api/consoles/${id}`, turn),
  mocks: (name: string) => json<{ services: Record<string, unknown>; now: string | null }>("GET", `${bot(name)}/mocks`),
  versions: (name: string) => json<VersionsAnswer>("GET", `${bot(name)}/versions`),
  diff: (name: string, from: string, to: string) =>
    json<{ files: FileDiff[] }>("GET", `${bot(name)}/diff?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`),
  publish: (name: string, order: { note: string; canary: number | null; tests: boolean }) =>
    json<{ version: string; tests: Tests }>("POST", `${bot(name)}/publish`, order),
  rollBack: (name: string, order: { note: string; to: string | null }) => json<unknown>("POST", `${bot(name)}/rollback`, order),
  sounds: (name: string) => json<{ sounds: { name: string; bytes: number; ms: number }[] }>("GET", `${bot(name)}/audios`),
  async sound(name: string, sound: string): Promise<Blob> {
    return (await send("GET", `${bot(name)}/audios/${encodeURIComponent(sound)}`)).blob();
  },
  upload: (name: string, sound: string, wav: Blob) =>
    send("PUT", `${bot(name)}/audios/${encodeURIComponent(sound)}`, wav, { "Content-Type": "audio/wav" }),
  removeSound: (name: string, sound: string) => send("DELETE", `${bot(name)}/audios/${encodeURIComponent(sound)}`),
  async speak(name: string, text: string): Promise<Blob> {
    const headers = { "Content-Type": "application/json" };
    return (await send("POST", "/api/speech", JSON.stringify({ text, bot: name }), headers)).blob();
  },
};

function unquote(tag: string | null): string {
  return (tag ?? "").replaceAll('"', "");
}
