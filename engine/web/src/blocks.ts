// The blocks of the palette: each is written with the bot's own names, so that it is right as it is put down.
import type { Names } from "./names";

export interface Block {
  /** The verb of the step, or `play` for a recording. */
  id: string;
  /** Lines of `key: value`; ⟦…⟧ is what to fill in first. */
  write: (names: Names) => string;
}

export interface Group {
  id: "talk" | "decide" | "data" | "finish" | "line";
  blocks: Block[];
}

const first = (names: string[], otherwise: string): string => `⟦${names[0] ?? otherwise}⟧`;

/** In the order of the palette. */
export const GROUPS: Group[] = [
  {
    id: "talk",
    blocks: [
      { id: "say", write: () => "say: ⟦Texto que se dice.⟧" },
      { id: "play", write: () => "say: { audio: ⟦bienvenida.wav⟧, text: ⟦Texto que se dice.⟧ }" },
      { id: "collect", write: (names) => `collect: [${first(names.slots, "dato")}]` },
      { id: "confirm", write: () => "confirm: ⟦¿Es correcto?⟧\nif_denied: [{ say: ⟦De acuerdo.⟧ }]" },
      { id: "choose", write: () => "choose: ⟦opcion⟧\nfrom: ⟦opciones⟧\nsay: Tengo {options | spoken}. ¿Cuál prefiere?\nnone_fits: [{ say: ⟦De acuerdo.⟧ }]" },
      { id: "ask", write: (names) => `ask: ${first(names.slots, "dato")}` },
    ],
  },
  {
    id: "decide",
    blocks: [
      { id: "if", write: (names) => `if: ${first(names.slots, "dato")} is empty\nthen: [{ say: ⟦Texto que se dice.⟧ }]` },
      { id: "split", write: () => "split: ⟦prueba⟧\nways: { a: { share: 50, then: { say: ⟦Una forma de decirlo.⟧ } }, b: { share: 50, then: { say: ⟦Otra forma de decirlo.⟧ } } }" },
      { id: "goto", write: (names) => `goto: ${first(names.steps, "paso")}` },
      { id: "run", write: (names) => `run: ${first(names.dialogs, "dialogo")}` },
    ],
  },
  {
    id: "data",
    blocks: [
      { id: "call", write: (names) => `call: ${first(names.operations, "servicio.operacion")}\nsave: ⟦respuesta⟧\non_error: { handoff: ${names.handoffs[0] ?? "personas"}, reason: servicio_no_responde }` },
      { id: "set", write: () => 'set: { ⟦nombre⟧: "⟦valor⟧" }' },
      { id: "forget", write: (names) => `forget: ${first(names.slots, "dato")}` },
      { id: "case", write: (names) => `case: open\nkind: ⟦aviso⟧\nsave: ⟦caso⟧\non_error: { handoff: ${names.handoffs[0] ?? "personas"}, reason: registro_no_responde }` },
    ],
  },
  {
    id: "finish",
    blocks: [
      { id: "handoff", write: (names) => `handoff: ${first(names.handoffs, "personas")}\nreason: ⟦motivo⟧\nsay: ⟦Le paso con una persona.⟧` },
      { id: "callback", write: (names) => `callback: { to: "{call.from}", queue: ${first(names.queues, "cola")}, reason: ⟦devolver_llamada⟧ }` },
      { id: "end", write: () => "end: ⟦terminado⟧\nsay: ⟦Gracias por llamar.⟧" },
    ],
  },
  {
    id: "line",
    blocks: [
      { id: "language", write: () => "language: ⟦ca⟧" },
      { id: "record", write: () => "record: ⟦pause⟧" },
      { id: "send_sms", write: (names) => `send_sms: { to: "{call.from}", template: ${first(names.templates, "plantilla")}, needs: consent.sms }` },
      { id: "send_email", write: (names) => `send_email: { to: "{${names.slots.find((slot) => /correo|mail/.test(slot)) ?? "correo"}}", template: ${first(names.templates, "plantilla")} }` },
    ],
  },
];

/** One of them by its verb. */
export function blockOf(id: string): Block | undefined {
  return GROUPS.flatMap((group) => group.blocks).find((block) => block.id === id);
}
