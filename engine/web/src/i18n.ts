// Which language the page speaks: what was chosen before, else Spanish.
import { en } from "./texts/en";
import { es, type Texts } from "./texts/es";

const CHOSEN = "digame.language";

function remembered(): "es" | "en" {
  return localStorage.getItem(CHOSEN) === "en" ? "en" : "es";
}

export const language = remembered();

/** The words of the page. */
export const t: Texts = language === "en" ? en : es;

/** Puts values into a text: `{n}`. */
export function put(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

export function switchLanguage(): void {
  localStorage.setItem(CHOSEN, language === "es" ? "en" : "es");
  location.reload();
}
