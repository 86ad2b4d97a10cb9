// Long lines go on under their own text, not at the margin.
import { type Extension, RangeSetBuilder } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";

/** Deeper than this, lines go on at this column. */
const DEEPEST = 24;
// Classes, not styles: the page's policy forbids styles in attributes.
const lines = Array.from({ length: DEEPEST + 1 }, (_, indent) => Decoration.line({ class: `cm-hang${indent}` }));

function decorate(view: EditorView): DecorationSet {
  const set = new RangeSetBuilder<Decoration>();
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = view.state.doc.lineAt(at);
      const indent = Math.min(/^[\s-]*/.exec(line.text)![0].length, DEEPEST);
      if (indent > 0) set.add(line.from, line.from, lines[indent]!);
      at = line.to + 1;
    }
  }
  return set.finish();
}

const plugin = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = decorate(view);
    }
    update(update: ViewUpdate): void {
      if (update.docChanged || update.viewportChanged) this.decorations = decorate(update.view);
    }
  },
  { decorations: (value) => value.decorations },
);

// A line's own padding is 6 pixels.
const rules = Array.from({ length: DEEPEST + 1 }, (_, indent) => [`.cm-line.cm-hang${indent}`, { paddingLeft: `calc(6px + ${indent}ch)`, textIndent: `-${indent}ch` }] as const);

export const hangingLines: Extension = [plugin, EditorView.theme(Object.fromEntries(rules))];
