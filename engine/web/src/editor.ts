// The editor of one bot's texts: CodeMirror with YAML, completion, and the checker's marks in the margin.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory, undo } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { Mark } from "./api";
import { completion } from "./complete";
import { language, put, t } from "./i18n";
import { fieldsToFill, setFields } from "./fields";
import { hangingLines } from "./hang";
import type { Names } from "./names";
import type { Edit } from "./steps";
import { spanish } from "./texts/checker";

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--yaml-key)" },
  { tag: tags.comment, color: "var(--yaml-comment)", fontStyle: "italic" },
  { tag: [tags.string, tags.attributeValue], color: "var(--yaml-text)" },
  { tag: [tags.keyword, tags.typeName, tags.meta], color: "var(--yaml-word)" },
  { tag: [tags.squareBracket, tags.brace, tags.separator, tags.punctuation], color: "var(--soft)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", fontSize: "13.5px", backgroundColor: "var(--paper)", color: "var(--ink)" },
  ".cm-scroller": { fontFamily: "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace", lineHeight: "1.55" },
  ".cm-gutters": { backgroundColor: "var(--raised)", color: "var(--soft)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "var(--here)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--blue-soft)" },
  "&.cm-focused": { outline: "none" },
  ".cm-tooltip": { border: "1px solid var(--line)", backgroundColor: "var(--paper)", color: "var(--ink)", boxShadow: "0 4px 16px rgb(0 0 0 / 18%)" },
  ".cm-diagnostic": { padding: "6px 10px", maxWidth: "46em", whiteSpace: "pre-line", fontFamily: "system-ui, sans-serif" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "var(--selection) !important" },
  ".cm-panels": { backgroundColor: "var(--raised)", color: "var(--ink)" },
  ".cm-textfield, .cm-button": { backgroundColor: "var(--paper)", backgroundImage: "none", borderColor: "var(--edge)", color: "var(--ink)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { background: "var(--blue)", color: "var(--on-blue)" },
  ".cm-field": { backgroundColor: "var(--amber-soft)", outline: "1px solid var(--amber)", borderRadius: "2px" },
});

/** Enter at the end of a text in a list begins the next one; in one that is empty it ends the list. */
function nextItem(view: EditorView): boolean {
  const { doc, selection } = view.state;
  const line = doc.lineAt(selection.main.head);
  const item = /^(\s*- )(.*)$/.exec(line.text);
  if (!item || !selection.main.empty || selection.main.head !== line.to || /:(\s|$)/.test(item[2]!)) return false;
  if (item[2]!.trim() === "") view.dispatch({ changes: { from: line.from, to: line.to }, userEvent: "delete" });
  else view.dispatch({ ...view.state.replaceSelection(`\n${item[1]}`), scrollIntoView: true, userEvent: "input" });
  return true;
}

/** What the editor tells. */
export interface Listener {
  changed(text: string): void;
  save(): void;
  /** The cursor is on another line, or the text has changed. */
  moved(): void;
}

/** What completion needs to know. */
export interface Known {
  schema: () => unknown;
  names: () => Names;
}

/** One view; each file keeps its own state with its own undo. */
export class Editor {
  readonly view: EditorView;
  private readonly states = new Map<string, EditorState>();
  private readonly base: Extension[];
  private file = "";

  constructor(parent: HTMLElement, listener: Listener, known: Known) {
    const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "";
    this.base = [
      EditorView.cspNonce.of(nonce),
      lineNumbers(), lintGutter(), highlightActiveLineGutter(), highlightActiveLine(), drawSelection(),
      history(), bracketMatching(), closeBrackets(), highlightSelectionMatches(), search({ top: true }),
      indentUnit.of("  "), yaml(), syntaxHighlighting(colours), look,
      autocompletion({ override: [completion(known.schema, () => this.file, known.names)], icons: false }),
      EditorView.lineWrapping, hangingLines,
      EditorView.updateListener.of((update) => {
        if (update.docChanged) listener.changed(update.state.doc.toString());
        if (update.docChanged || update.selectionSet) listener.moved();
      }),
      fieldsToFill,
      keymap.of([
        { key: "Enter", run: nextItem },
        { key: "Mod-s", preventDefault: true, run: () => (listener.save(), true) },
        ...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap,
        // Escape and then Tab leaves the editor, as CodeMirror says for keyboards.
        indentWithTab,
      ]),
    ];
    this.view = new EditorView({ parent, state: EditorState.create({ doc: "", extensions: this.base }) });
  }

  /** Shows a file; what was typed in it before is still there to be undone. */
  open(file: string, text: string, readOnly: boolean): void {
    if (this.file) this.states.set(this.file, this.view.state);
    this.file = file;
    const kept = this.states.get(file);
    const label = EditorView.contentAttributes.of({ "aria-label": file, "aria-description": t.files.keys });
    const extensions = [this.base, label, EditorState.readOnly.of(readOnly)];
    const state = kept && kept.doc.toString() === text ? kept : EditorState.create({ doc: text, extensions });
    this.view.setState(state);
  }

  /** Forgets every file, for another bot. */
  close(): void {
    this.states.clear();
    this.file = "";
  }

  /** Where the cursor is. */
  get cursor(): { offset: number; line: number } {
    const { doc, selection } = this.view.state;
    return { offset: selection.main.head, line: doc.lineAt(selection.main.head).number };
  }

  /** Does an edit, one step of undo; what is to be filled in is selected, and Tab leads from one to the next. */
  apply(edit: Edit): void {
    const first = edit.fields[0];
    const open = edit.fields.filter((field) => field.to > field.from);
    this.view.dispatch({
      changes: edit.changes,
      selection: first ? { anchor: first.from, head: first.to } : undefined,
      effects: open.length > 0 ? setFields.of(open) : [],
      annotations: isolateHistory.of("full"),
      userEvent: "input.block",
    });
    // Drawn first: the view knows where a place is once it has measured the new text.
    const at = first?.from;
    if (at !== undefined) this.view.dispatch({ effects: EditorView.scrollIntoView(at, { y: "center" }) });
    // What is typed next takes the place of what is selected.
    if (open.length > 0) this.view.focus();
  }

  undo(): void {
    undo(this.view);
  }

  /** Goes to a line and column, counted from 1; the focus stays where it is if it is told to. */
  go(line: number, column = 1, focus = true): void {
    const { doc } = this.view.state;
    const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const anchor = Math.min(at.from + Math.max(column - 1, 0), at.to);
    this.view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
    if (focus) this.view.focus();
  }

  /** Shows the checker's marks of this file. */
  mark(marks: Mark[]): void {
    const { doc } = this.view.state;
    const diagnostics = marks.map((mark): Diagnostic => {
      const line = doc.line(Math.min(Math.max(mark.line, 1), doc.lines));
      const from = Math.min(line.from + Math.max(mark.column - 1, 0), line.to);
      const length = line.text.startsWith(mark.found, from - line.from) ? mark.found.length : 0;
      const to = length > 0 ? from + length : line.to;
      return { from, to: Math.max(to, from), severity: mark.severity, message: words(mark) };
    });
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }
}

/** What the engine says, in the page's language as far as it is known. */
export const own = (text: string): string => {
  const words = language === "es" ? (spanish(text) ?? text) : text;
  return words.replace(/`([^`]*)`/g, "“$1”");
};

/** A mark in words: what, the nearest word, the cure; in the page's language as far as it is known. */
export function words(mark: Mark): string {
  const what = own(mark.what);
  const parts = [mark.found ? `${what} «${mark.found}»` : what];
  if (mark.nearest) parts.push(put(t.check.nearest, { word: mark.nearest }));
  if (mark.cure) parts.push(own(mark.cure));
  return parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join("\n");
}
