// One bot as it is being written: its files, what of them is not saved, and what the checker says.
import { api, ApiError, type BotInfo, type Mark, type Unsaved } from "./api";
import { later } from "./dom";
import { namesOf, type Names } from "./names";

/** A file: the text now, the text as saved, and the hash of that. A new file has no hash. */
export interface File {
  text: string;
  saved: string | null;
  hash: string | null;
}

type Topic = "files" | "marks" | "open" | "cursor" | "edited";

/** So long after the last change of the examples they are tried anew: it takes a second of the server's time. */
const TRIAL_MS = 2500;

export class Workspace {
  readonly files = new Map<string, File>();
  /** What failed in test cases, while their file stays as it was. */
  failed: Mark[] = [];
  checking = false;
  open = "";
  private checked: Mark[] = [];
  /** Examples that will be confused, and the examples that they were told of. */
  private confused: { of: string; marks: Mark[] } = { of: "", marks: [] };
  private readonly listeners: Record<Topic, (() => void)[]> = { files: [], marks: [], open: [], cursor: [], edited: [] };
  private known: Names | undefined;
  private latest = 0;
  private readonly checkSoon = later(350, () => void this.check());
  private readonly trySoon = later(TRIAL_MS, () => void this.tryIntents());

  constructor(readonly bot: BotInfo) {}

  on(topic: Topic, act: () => void): void {
    this.listeners[topic].push(act);
  }

  /** Everything that the checker says, and what the trial of the intents has found. */
  get marks(): Mark[] {
    return [...this.checked, ...(this.confused.of === this.examples ? this.confused.marks : [])];
  }

  tell(topic: Topic): void {
    this.listeners[topic].forEach((act) => act());
  }

  async load(): Promise<void> {
    const { files } = await api.files(this.bot.name);
    const texts = await Promise.all(files.map((file) => api.read(this.bot.name, file.path)));
    files.forEach((file, at) => {
      const read = texts[at]!;
      this.files.set(file.path, { text: read.text, saved: read.text, hash: read.hash });
    });
    this.known = undefined;
    this.tell("files");
    await this.check();
    void this.tryIntents();
  }

  show(path: string): void {
    if (!this.files.has(path)) return;
    this.open = path;
    this.tell("open");
  }

  edit(path: string, text: string): void {
    const file = this.files.get(path);
    if (!file || file.text === text) return;
    const was = this.isDirty(path);
    file.text = text;
    this.known = undefined;
    this.failed = this.failed.filter((mark) => mark.file !== path);
    if (was !== this.isDirty(path)) this.tell("files");
    this.tell("edited");
    this.checkSoon();
    if (path.startsWith("nlu/")) this.trySoon();
  }

  add(path: string, text: string): void {
    this.files.set(path, { text, saved: null, hash: null });
    this.known = undefined;
    this.tell("files");
    this.checkSoon();
  }

  isDirty(path: string): boolean {
    const file = this.files.get(path);
    return file !== undefined && file.text !== file.saved;
  }

  get dirty(): string[] {
    return [...this.files.keys()].filter((path) => this.isDirty(path));
  }

  /** What is not saved, as the API takes it. */
  get unsaved(): Unsaved {
    return Object.fromEntries(this.dirty.map((path) => [path, this.files.get(path)!.text]));
  }

  get names(): Names {
    this.known ??= namesOf(new Map([...this.files].map(([path, file]) => [path, file.text])));
    return this.known;
  }

  /** Saves one file. A conflict is thrown as the API's 412. */
  async save(path: string): Promise<void> {
    const file = this.files.get(path);
    if (!file) return;
    const text = file.text;
    file.hash = await api.save(this.bot.name, path, text, file.hash);
    file.saved = text;
    this.tell("files");
  }

  /** Takes what somebody else has saved: their text, or only its hash to write over it. */
  async meet(path: string, keepMine: boolean): Promise<void> {
    const file = this.files.get(path);
    if (!file) return;
    try {
      const theirs = await api.read(this.bot.name, path);
      file.hash = theirs.hash;
      file.saved = theirs.text;
      if (!keepMine) file.text = theirs.text;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      file.hash = null;
      file.saved = null;
    }
    this.known = undefined;
    this.tell("files");
  }

  /** Gives a file another name: the new one is there before the old one goes. */
  async rename(path: string, to: string): Promise<void> {
    const file = this.files.get(path);
    if (!file) return;
    const renamed: File = { ...file };
    if (file.hash) {
      renamed.hash = await api.save(this.bot.name, to, file.text, null);
      renamed.saved = file.text;
      await api.remove(this.bot.name, path, file.hash);
    }
    this.files.delete(path);
    this.files.set(to, renamed);
    this.known = undefined;
    if (this.open === path) this.open = to;
    this.tell("files");
    this.tell("open");
    await this.check();
  }

  async remove(path: string): Promise<void> {
    const file = this.files.get(path);
    if (file?.hash) await api.remove(this.bot.name, path, file.hash);
    this.files.delete(path);
    this.known = undefined;
    if (this.open === path) this.open = "";
    this.tell("files");
    await this.check();
  }

  async check(): Promise<void> {
    const number = (this.latest += 1);
    this.checking = true;
    this.tell("marks");
    try {
      const { problems } = await api.check(this.bot.name, this.unsaved);
      if (number !== this.latest) return;
      this.checked = problems;
    } finally {
      if (number === this.latest) {
        this.checking = false;
        this.tell("marks");
      }
    }
  }

  private get examples(): string {
    return [...this.files].filter(([path]) => path.startsWith("nlu/")).map(([path, file]) => `${path}\n${file.text}`).join("\n");
  }

  /** Tries which examples will be confused; what is found counts while the examples stay as they are. */
  private async tryIntents(): Promise<void> {
    const of = this.examples;
    if (of === "" || of === this.confused.of) return;
    // That it could not be tried is no news: the marks of the checker stay.
    const answer = await api.intents(this.bot.name, this.unsaved).catch(() => undefined);
    if (!answer?.tried) return;
    this.confused = { of, marks: answer.problems };
    this.tell("marks");
  }

  get errors(): number {
    return this.marks.filter((mark) => mark.severity === "error").length;
  }
}
