// What the checker says, as the engine's own galleries of mistakes show it, is said in Spanish too.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { spanish } from "../src/texts/checker";

/** The English pieces of a line: what is wrong, without the word found, and the cure. */
function pieces(line: string): string[] {
  const said = line.replace(/^[^ ]+: /, "").replace(/^warning: /, "");
  const [what, ...rest] = said.split(/; (?=[^`]*(?:`[^`]*`[^`]*)*$)/);
  const cure = rest.filter((part) => !part.startsWith("did you mean ")).join("; ");
  return [what!, cure].filter(Boolean);
}

test("every mistake of the galleries is told in Spanish", () => {
  const unknown: string[] = [];
  let count = 0;
  for (const name of ["check__gallery", "every_step__every_mistake_has_its_line_and_its_cure", "types__types"]) {
    const lines = readFileSync(`../../dialogs/tests/snapshots/${name}.snap`, "utf8").split("\n").slice(4);
    for (const line of lines.filter((one) => /^[\w/.]+\.(yaml|csv|json)(:\d+)*: /.test(one))) {
      for (const piece of pieces(line)) {
        count += 1;
        // The word found stands at the end of what is wrong; the page gets it apart.
        const apart = piece.replace(/ `[^`]*`$/, "");
        if (spanish(piece) === undefined && spanish(apart) === undefined) unknown.push(piece);
      }
    }
  }
  assert.ok(count > 200, String(count));
  assert.deepEqual(unknown, []);
});

test("names stay as they are, and articles agree", () => {
  assert.equal(spanish("unknown queue"), "no existe esta cola");
  assert.equal(spanish("unknown step"), "no existe este paso");
  assert.equal(spanish("a dialog has no"), "un diálogo no lleva");
  assert.equal(spanish("there is citas, tributos"), "hay citas, tributos");
  assert.equal(spanish("a token, a map, is expected here, not a text"), "aquí va una credencial, y no un texto");
  assert.equal(spanish("something new"), undefined);
});
