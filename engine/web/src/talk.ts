// A contact by text as the lines of a test case.
import type { Talk } from "./keep";

/** Lines of the case, without indentation: what the citizen did, what was asked for after it, and how it ended. */
export function written(name: string, talk: Talk): string {
  const lines = [`name: ${quoted(name)}`, "turns:"];
  const ends: string[] = [];
  let before: Talk["turns"][number]["answer"] | undefined;
  talk.turns.forEach(({ did, answer }) => {
    if (did !== undefined) lines.push(`  - ${turn(did, before?.no_input_ms ?? 0)}`);
    for (const output of answer.outputs) {
      if (output.kind === "end") ends.push(`end: ${quoted(output.outcome)}`);
      if (output.kind === "handoff") ends.push(`handoff: { ${/^\d+$/.test(output.queue) ? "number" : "queue"}: ${quoted(output.queue)}, reason: ${quoted(output.reason)} }`);
    }
    if (did !== undefined && answer.asks !== null && ends.length === 0) lines.push(`  - expect: { asks: ${answer.asks} }`);
    before = answer;
  });
  if (ends.length > 0) lines.push(`expect: { ${ends.join(", ")} }`);
  return lines.join("\n");
}

function turn(did: NonNullable<Talk["turns"][number]["did"]>, silence: number): string {
  if ("say" in did) return `user: ${quoted(did.say)}`;
  if ("keys" in did) return `keys: ${JSON.stringify(did.keys)}`;
  // A little longer than the bot waits, so that it goes on once.
  return "silence" in did ? `silence: ${Math.floor(silence / 1000) + 1}s` : "hang_up: true";
}

/** A text as YAML reads it: bare where it is only words. */
function quoted(text: string): string {
  const bare = /^[\p{L}¿¡][\p{L}\p{N}¿?¡! .,;_-]*$/u.test(text) && !/^(true|false|null|yes|no|~)$/i.test(text) && !text.endsWith(" ");
  return bare ? text : JSON.stringify(text);
}
