// Saving, and what somebody else has saved meanwhile.
import { ApiError } from "./api";
import { ask, h, toast } from "./dom";
import { put, t } from "./i18n";
import type { Workspace } from "./workspace";

/** Saves everything that has changed; a conflict is asked about. */
export async function save(mine: Workspace): Promise<void> {
  for (const path of mine.dirty) {
    try {
      await mine.save(path);
    } catch (error) {
      if (error instanceof ApiError && error.status === 412) {
        await conflict(mine, path);
      } else {
        toast(put(t.error, { why: (error as Error).message }), true);
        return;
      }
    }
  }
  if (mine.dirty.length === 0) toast(t.top.saved);
  await mine.check();
}

async function conflict(mine: Workspace, path: string): Promise<void> {
  const theirs = h("input", { type: "radio", name: "whose", checked: true });
  const own = h("input", { type: "radio", name: "whose" });
  const body = h(
    "div",
    { class: "fields" },
    h("p", {}, put(t.save.conflict, { file: path })),
    h("label", { class: "check" }, theirs, t.save.theirs),
    h("label", { class: "check" }, own, t.save.mine),
  );
  const choice = await ask(t.save.conflictTitle, body, ["OK", t.save.cancel], () => own.checked);
  if (choice === undefined) return;
  await mine.meet(path, choice);
  if (choice) await mine.save(path);
}
