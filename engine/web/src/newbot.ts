// A new bot: its name, and what it begins with.
import { api, ApiError, type BotInfo, type Template } from "./api";
import { ask, h } from "./dom";
import { put, t } from "./i18n";

const PATTERN = "\\p{L}[\\p{L}\\p{N}_\\-]*";

/** Asks for a name and a template and makes the bot; its name, or nothing if it was given up. */
export async function newBot(bots: BotInfo[], templates: Template[]): Promise<string | undefined> {
  const wrong = h("p", { class: "wrong", role: "alert" });
  const name = h("input", { required: true, pattern: PATTERN, maxLength: 60, autocomplete: "off", spellcheck: false, title: t.bot.nameRule });
  const choice = (template: Template, at: number): HTMLElement => {
    const starter = template.name === "starter";
    const input = h("input", { type: "radio", name: "from", value: template.name, checked: at === 0 });
    const title = starter ? t.bot.starter : put(t.bot.copy, { name: template.name });
    const about = starter ? t.bot.starterAbout : template.about.slice(0, 3).join(" ");
    return h("label", { class: "card" }, input, h("span", {}, h("b", {}, title), h("span", { class: "note" }, about)));
  };
  const cards = h("fieldset", { class: "cards" }, h("legend", {}, t.bot.from), ...templates.map(choice));
  name.addEventListener("input", () => {
    const taken = bots.some((bot) => bot.name.toLowerCase() === name.value.trim().toLowerCase());
    name.setCustomValidity(taken ? t.bot.taken : "");
    wrong.textContent = taken ? t.bot.taken : name.value !== "" && !name.validity.valid ? t.bot.nameRule : "";
  });
  const body = h("div", { class: "fields" }, h("label", {}, t.bot.name, name), wrong, cards);
  return ask(t.bot.newTitle, body, [t.bot.make, t.save.cancel], async () => {
    const from = cards.querySelector<HTMLInputElement>("input:checked")?.value ?? "starter";
    try {
      return (await api.make(name.value.trim(), from)).name;
    } catch (error) {
      wrong.textContent = error instanceof ApiError && error.status === 409 ? t.bot.taken : put(t.error, { why: (error as Error).message });
      throw error;
    }
  });
}
