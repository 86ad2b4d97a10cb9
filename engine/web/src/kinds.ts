// The kinds of files of a bot, and what a new one of each begins with: the least that the checker takes, or nearly.
import type { Workspace } from "./workspace";

export interface Kind {
  id: "dialog" | "intent" | "test" | "catalogue" | "knowledge" | "calendar" | "part" | "language" | "services";
  folder: string;
  ending: string;
  /** A file of which there is one, by this path. */
  fixed?: string;
  text: (name: string, work: Workspace) => string;
}

const handoff = (work: Workspace): string => work.names.handoffs[0] ?? "personas";

/** In the order of how often they are wanted. */
export const KINDS: Kind[] = [
  {
    id: "dialog", folder: "", ending: ".yaml",
    text: (name, work) => {
      const intent = work.names.intents.includes(name) ? `start_on: [${name}]\n` : `# start_on: [${name}]   # la intención de nlu/${name}.yaml que lo empieza; sin ella, otro diálogo lo hace con «run»\n`;
      return `dialog: ${name}\nabout: Para qué sirve, en una línea.\n${intent}steps:\n  - say: Texto que se dice.\n  - end: terminado\n`;
    },
  },
  {
    id: "intent", folder: "nlu/", ending: ".yaml",
    text: (name) => `# Cómo lo pide la gente: tres ejemplos al menos, cuantos más distintos mejor.\n- ${words(name)}\n- quiero ${words(name)}\n- querría ${words(name)}, por favor\n`,
  },
  {
    id: "test", folder: "", ending: ".test.yaml",
    text: (name, work) => {
      const dialog = work.names.dialogs.includes(name) ? name : (work.names.dialogs[0] ?? name);
      return `dialog: ${dialog}\nnow: 2026-05-11T10:00\ncases:\n  - name: saluda y dice que es un asistente automático\n    turns:\n      - expect: { said: asistente automático }\n`;
    },
  },
  {
    id: "catalogue", folder: "catalogos/", ending: ".yaml",
    text: () => "# Cada entrada: su nombre, y cómo la llama también la gente.\nprimera: { nombre: Primera, sinonimos: [la primera] }\nsegunda: { nombre: Segunda, sinonimos: [la segunda] }\n",
  },
  {
    id: "knowledge", folder: "saber/", ending: ".yaml",
    text: () => "# Lo que el bot sabe contestar.\nhorario:\n  titulo: Horario de la oficina\n  preguntas: [a qué hora abren, cuándo cierran]\n  respuesta: La oficina abre de lunes a viernes, de nueve a dos.\n",
  },
  {
    id: "calendar", folder: "calendarios/", ending: ".yaml",
    text: () => "time_zone: Europe/Madrid\nregions: [ES]\nholidays: {}\nhorario:\n  monday: 09:00-14:00\n  tuesday: 09:00-14:00\n  wednesday: 09:00-14:00\n  thursday: 09:00-14:00\n  friday: 09:00-14:00\n",
  },
  { id: "part", folder: "partes/", ending: ".yaml", text: (name) => `part: ${name}\nslots:\n  dato: { type: free_text, ask: ¿Qué dato es? }\n` },
  {
    id: "language", folder: "idiomas/", ending: ".yaml",
    text: (name, work) => {
      const rows = (names: string[], row: (name: string) => string): string => names.map((one) => `  ${row(one)}\n`).join("");
      return `# ca, gl, eu o en: lo que el bot dice y entiende en ese idioma. El comprobador dice qué falta.\nlanguage: ${name}\ntexts: {}\nintents:\n${rows(work.names.intents, (intent) => `${intent}: []`)}`;
    },
  },
  {
    id: "services", folder: "", ending: ".yaml", fixed: "servicios.yaml",
    text: (_, work) => `# Los servicios HTTP de la casa. Si uno falla, los pasos que lo usan van por su on_error (por ejemplo, handoff: ${handoff(work)}).\nservicio:\n  url: http://127.0.0.1:8085\n  timeout: 4s\n  operations:\n    consulta: { get: /consulta, returns: { respuesta: text } }\n`,
  },
];

const words = (name: string): string => name.replaceAll("_", " ");

/** Where a file of this kind and name lies. */
export function pathOf(kind: Kind, name: string): string {
  return kind.fixed ?? `${kind.folder}${name}${kind.ending}`;
}
