// The editor of one bot's texts: CodeMirror with YAML, completion, and the checker's marks in the margin.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
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
import { put, t } from "./i18n";
import type { Names } from "./names";

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "#0b5394" },
  { tag: tags.comment, color: "#5f6b76", fontStyle: "italic" },
  { tag: [tags.string, tags.attributeValue], color: "#176639" },
  { tag: [tags.keyword, tags.typeName, tags.meta], color: "#7b3f8c" },
  { tag: [tags.squareBracket, tags.brace, tags.separator, tags.punctuation], color: "#57606a" },
]);

const look = EditorView.theme({
  "&": { height: "100%", fontSize: "13.5px", backgroundColor: "#fff" },
  ".cm-scroller": { fontFamily: "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace", lineHeight: "1.55" },
  ".cm-gutters": { backgroundColor: "#f6f8f9", color: "#6b7680", borderRight: "1px solid #dfe4e8" },
  ".cm-activeLine": { backgroundColor: "#f2f7fb" },
  ".cm-activeLineGutter": { backgroundColor: "#e6eef4" },
  "&.cm-focused": { outline: "2px solid #1b6ca8", outlineOffset: "-2px" },
  ".cm-tooltip": { border: "1px solid #c9d1d7", backgroundColor: "#fff", boxShadow: "0 2px 10px rgb(0 0 0 / 12%)" },
  ".cm-diagnostic": { padding: "6px 10px", maxWidth: "46em", whiteSpace: "pre-line", fontFamily: "system-ui, sans-serif" },
});

/** What the editor tells. */
export interface Listener {
  changed(text: string): void;
  save(): void;
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
      EditorView.lineWrapping,
      EditorView.updateListener.of((update) => {
        if (update.docChanged) listener.changed(update.state.doc.toString());
      }),
      keymap.of([
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
    const label = EditorView.contentAttributes.of({ "aria-label": file });
    const extensions = [this.base, label, EditorState.readOnly.of(readOnly)];
    const state = kept && kept.doc.toString() === text ? kept : EditorState.create({ doc: text, extensions });
    this.view.setState(state);
  }

  /** Forgets every file, for another bot. */
  close(): void {
    this.states.clear();
    this.file = "";
  }

  /** Goes to a line and column, counted from 1. */
  go(line: number, column = 1): void {
    const { doc } = this.view.state;
    const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const anchor = Math.min(at.from + Math.max(column - 1, 0), at.to);
    this.view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
    this.view.focus();
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

/** A mark in words: what, the nearest word, the cure. */
export function words(mark: Mark): string {
  const parts = [mark.found ? `${mark.what} «${mark.found}»` : mark.what];
  if (mark.nearest) parts.push(put(t.check.nearest, { word: mark.nearest }));
  if (mark.cure) parts.push(mark.cure);
  return parts.join("\n");
}
