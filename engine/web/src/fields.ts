// What a new block leaves to be filled in: shown, and Tab goes from one to the next.
import { EditorSelection, type Extension, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, keymap } from "@codemirror/view";

type Place = { from: number; to: number };

/** Places to fill in, of the text after the change that brings them; none ends it. */
export const setFields = StateEffect.define<Place[]>();

const mark = Decoration.mark({ class: "cm-field", inclusive: true });

const fields = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, change) {
    let next = value.map(change.changes);
    for (const effect of change.effects) {
      if (effect.is(setFields)) next = Decoration.set(effect.value.map((place) => mark.range(place.from, place.to)), true);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function places(view: EditorView): Place[] {
  const found: Place[] = [];
  const all = view.state.field(fields);
  for (const at = all.iter(); at.value; at.next()) found.push({ from: at.from, to: at.to });
  return found;
}

/** Goes to the next place, or the one before; behind the last one it is over. */
function go(view: EditorView, by: 1 | -1): boolean {
  const all = places(view);
  if (all.length === 0) return false;
  const { from, to } = view.state.selection.main;
  const here = all.findIndex((place) => from >= place.from && to <= place.to);
  const next = here >= 0 ? all[here + by] : by > 0 ? all.find((place) => place.from >= to) : all.findLast((place) => place.to <= from);
  if (!next) {
    view.dispatch({ effects: setFields.of([]), selection: EditorSelection.cursor(to) });
    return true;
  }
  view.dispatch({ selection: EditorSelection.single(next.from, next.to), scrollIntoView: true });
  return true;
}

const end = (view: EditorView): boolean => {
  if (places(view).length === 0) return false;
  view.dispatch({ effects: setFields.of([]) });
  return true;
};

/** The places, their looks and their keys. */
export const fieldsToFill: Extension = [
  fields,
  keymap.of([
    { key: "Tab", run: (view) => go(view, 1), shift: (view) => go(view, -1) },
    { key: "Escape", run: end },
  ]),
];
