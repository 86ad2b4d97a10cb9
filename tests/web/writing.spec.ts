// Who does not program writes a bot alone: makes it, adds files, drags blocks, tests it and keeps conversations.
import { expect, type Locator, type Page } from "@playwright/test";
import { existsSync, readFileSync } from "node:fs";
import { after, enter, open, shot, test, text } from "./helpers";

const BOT = `${process.env.DIGAME_BOTS}/avisos`;
const dialog = `${BOT}/dejar_aviso.yaml`;
const START = 'steps:                                      # de arriba abajo';

test.describe.configure({ mode: "serial" });

const node = (page: Page, words: string): Locator => page.locator(".canvas .node[data-file='dejar_aviso.yaml']").filter({ hasText: words }).first();
const good = (page: Page) => expect(page.locator(".strip .sum")).toHaveText("Sin errores");

/** Drags something to a point of a node: 0 is its upper side, 1 its lower one. */
async function drag(page: Page, what: Locator, to: Locator, height: number): Promise<void> {
  await to.scrollIntoViewIfNeeded();
  const [from, box] = [(await what.boundingBox())!, (await to.boundingBox())!];
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + 20, from.y + 30, { steps: 3 });
  await page.mouse.move(box.x + box.width / 2, box.y + box.height * height, { steps: 8 });
  await expect(page.locator(".dropbar")).toBeVisible();
}

test("a bot is made from a template, and a name that is taken is refused", async ({ page }) => {
  await enter(page);
  await page.getByRole("button", { name: "Nuevo bot…" }).click();
  const asked = page.getByRole("dialog");
  const name = asked.getByLabel("Nombre");
  await name.fill("con espacio");
  await expect(asked.getByRole("alert")).toContainText("Empieza por una letra");
  await name.fill("cita_previa");
  await expect(asked.getByRole("alert")).toHaveText("Ya hay un bot con ese nombre.");
  await asked.getByRole("button", { name: "Crear" }).click();
  await expect(asked).toBeVisible();
  await expect(asked.getByText("Copia de cita_previa")).toBeVisible();
  await shot(page, "new-bot");
  await name.fill("avisos");
  await asked.getByRole("button", { name: "Crear" }).click();
  await expect(page.locator("#bot")).toHaveValue("avisos");
  await good(page);
  expect(existsSync(`${BOT}/dejar_aviso.test.yaml`)).toBe(true);
});

test("its test cases pass, and one that fails leads to its line", async ({ page }) => {
  await open(page, "avisos", "dejar_aviso.test.yaml");
  await page.getByRole("tab", { name: "Pruebas" }).click();
  await expect(page.locator(".cases li")).toHaveCount(2);
  await page.getByRole("button", { name: "Pasar las pruebas" }).click();
  await expect(page.locator(".tests .sum")).toHaveText("Todo bien: 2 casos", { timeout: 90_000 });
  await after(page, "said: [asistente automático");
  await page.keyboard.type(" muy");
  await page.getByRole("button", { name: "Pasar las pruebas" }).click();
  await expect(page.locator(".tests .sum")).toHaveText("1 bien, 1 con fallos", { timeout: 90_000 });
  await expect(page.locator(".cases li.failed")).toContainText("deja un aviso");
  await expect(page.locator(".cm-lint-marker-error")).toHaveCount(1);
  await shot(page, "tests-failed");
  await page.locator(".failures .mark").first().click();
  await expect(page.locator(".cm-activeLine")).toContainText("asistente automático muy");
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+z");
  await page.getByRole("button", { name: "Pasar deja un aviso y su teléfono" }).click();
  await expect(page.locator(".tests .sum")).toHaveText("Todo bien: 2 casos", { timeout: 90_000 });
  await expect(page.locator(".cm-lint-marker-error")).toHaveCount(0);
});

test("a block is dragged onto the graph, and only its lines are new", async ({ page }) => {
  await open(page, "avisos", "dejar_aviso.yaml");
  const before = readFileSync(dialog, "utf8");
  await drag(page, page.locator(".block.say"), node(page, "motivo, telefono"), 0.9);
  await shot(page, "drag");
  await page.mouse.up();
  const line = "    collect: [motivo, telefono]\n";
  const written = before.replace(line, `${line}  - say: Texto que se dice.\n`);
  await expect.poll(() => text(page)).toBe(written);
  // What is to be filled in is selected: typing takes its place.
  await expect(page.locator(".cm-content")).toBeFocused();
  await page.keyboard.type("Gracias.");
  await expect.poll(() => text(page)).toBe(written.replace("Texto que se dice.", "Gracias."));
  await expect(node(page, "Gracias.")).toHaveClass(/here/);
  await good(page);
  await shot(page, "dragged");
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await expect.poll(() => text(page)).toBe(before);
});

test("a node is dragged among its siblings, and a key takes it away; each is one step of undo", async ({ page }) => {
  await open(page, "avisos", "dejar_aviso.yaml");
  const before = readFileSync(dialog, "utf8");
  const callback = '  - callback: { to: "{telefono}", queue: centralita, reason: aviso }\n';
  await drag(page, node(page, "centralita: aviso"), node(page, "aviso → aviso"), 0.1);
  await page.mouse.up();
  const moved = before.replace(callback, "").replace("  - case: open ", `${callback}  - case: open `);
  await expect.poll(() => text(page)).toBe(moved);
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Control+z");
  await expect.poll(() => text(page)).toBe(before);
  await good(page);
  // By keyboard: the node of the cursor's line, one place up, and away.
  await after(page, "- callback");
  await expect(node(page, "centralita: aviso")).toHaveClass(/here/);
  await node(page, "centralita: aviso").focus();
  await page.keyboard.press("Alt+ArrowUp");
  await expect.poll(() => text(page)).toBe(moved);
  await expect(node(page, "centralita: aviso")).toBeFocused();
  await page.keyboard.press("Delete");
  await expect.poll(() => text(page)).toBe(before.replace(callback, ""));
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await expect.poll(() => text(page)).toBe(before);
});

/** Blocks that need nothing which the small bot has not: right as they are put down. The others name what is missing. */
const RIGHT = ["say", "play", "collect", "confirm", "ask", "if", "split", "set", "forget", "case", "callback", "record"];

test("every block of the palette can be put by keyboard, is right where it can be, and undone at once", async ({ page }) => {
  await open(page, "avisos", "dejar_aviso.yaml");
  const before = readFileSync(dialog, "utf8");
  const blocks = page.locator(".palette .block");
  const count = await blocks.count();
  expect(count).toBe(21);
  for (let at = 0; at < count; at += 1) {
    await after(page, START.slice(0, 6));
    await page.locator(".palette .block[tabindex='0']").focus();
    for (let down = 0; down < count; down += 1) await page.keyboard.press("ArrowUp");
    for (let down = 0; down < at; down += 1) await page.keyboard.press("ArrowDown");
    await expect(blocks.nth(at)).toBeFocused();
    await page.keyboard.press("Enter");
    await expect.poll(() => text(page)).not.toBe(before);
    const now = await text(page);
    expect(now.replace(/\n  - (?!id: datos|confirm: Le|case: open  |callback: \{ to: "\{tel|end: aviso)[^]*?(?=\n  - end: aviso_dejado)/, "")).toBe(before);
    const id = (await blocks.nth(at).getAttribute("class"))!.split(" ")[1]!;
    await expect(page.locator(".strip .sum"), id).toHaveText(RIGHT.includes(id) ? "Sin errores" : /^\d+ error(es)?$/);
    await page.locator(".cm-content").focus();
    await page.keyboard.press("Control+z");
    await expect.poll(() => text(page)).toBe(before);
    await good(page);
  }
});

test("the placeholders of a block are filled one after the other with Tab", async ({ page }) => {
  await open(page, "avisos", "dejar_aviso.yaml");
  await after(page, "collect: [motivo");
  await page.locator(".palette .block.end").click();
  await expect(page.locator(".cm-content")).toBeFocused();
  await page.keyboard.type("se_acaba");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Hasta luego.");
  expect(await text(page)).toContain("  - end: se_acaba\n    say: Hasta luego.\n");
});

test("files are added with a beginning, renamed, and taken away with a way back", async ({ page }) => {
  await open(page, "avisos", "dejar_aviso.yaml");
  const add = async (kind: string, name: string): Promise<void> => {
    await page.getByRole("button", { name: "Nuevo…", exact: true }).click();
    const asked = page.getByRole("dialog");
    await asked.getByLabel("Qué es").selectOption({ label: kind });
    if (name) await asked.getByLabel("Nombre").fill(name);
    await asked.getByRole("button", { name: "Crear" }).click();
    await expect(asked).toHaveCount(0);
  };
  await add("Intención: cómo lo pide la gente", "pedir_informacion");
  await expect(page.locator(".cm-content")).toContainText("- quiero pedir informacion");
  await add("Diálogo: lo que el bot hace", "pedir_informacion");
  await expect(page.locator(".cm-content")).toContainText("start_on: [pedir_informacion]");
  await add("Catálogo: lista de valores", "barrios");
  await add("Preguntas y respuestas", "oficina");
  await add("Casos de prueba", "pedir_informacion");
  // Nothing is wrong with any of them but that some are not used yet.
  await expect(page.locator(".strip li")).toHaveCount(2);
  await expect(page.locator(".strip .sum")).toHaveText("Sin errores");
  await page.locator(".strip summary").getByText("2 avisos").click();
  await expect(page.locator(".strip")).toContainText("Ningún dato usa este catálogo: «barrios» · Escriba un dato “type: list(barrios)”");
  // A part must be included: the checker says so in the page's language.
  await add("Parte común de varios diálogos", "comun");
  await expect(page.locator(".strip")).toContainText("Ningún diálogo incluye esta parte: «comun» · Escriba “include: [name]”, o quítelo");
  await page.getByRole("button", { name: "Borrar…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Borrar" }).click();
  await expect(page.locator(".strip .sum")).toHaveText("Sin errores");
  await shot(page, "new-files");
  await page.keyboard.press("Control+s");
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+s");
  await expect(page.getByRole("button", { name: "Guardar", exact: true })).toBeDisabled();
  expect(existsSync(`${BOT}/saber/oficina.yaml`)).toBe(true);
  await page.locator(".file[title='catalogos/barrios.yaml']").click();
  await page.getByRole("button", { name: "Renombrar…" }).click();
  await page.getByRole("dialog").getByLabel("Nombre").fill("distritos");
  await page.getByRole("dialog").getByRole("button", { name: "Renombrar" }).click();
  await expect(page.locator(".file[title='catalogos/distritos.yaml']")).toBeVisible();
  expect([existsSync(`${BOT}/catalogos/distritos.yaml`), existsSync(`${BOT}/catalogos/barrios.yaml`)]).toEqual([true, false]);
  await page.getByRole("button", { name: "Borrar…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Borrar" }).click();
  await expect(page.locator(".file[title='catalogos/distritos.yaml']")).toHaveCount(0);
  expect(existsSync(`${BOT}/catalogos/distritos.yaml`)).toBe(false);
  await page.locator(".toast").getByRole("button", { name: "Deshacer" }).click();
  await expect(page.locator(".cm-content")).toContainText("primera: { nombre: Primera");
});

test("examples that will be confused are marked a while after they are written", async ({ page }) => {
  await open(page, "avisos", "nlu/hablar_con_persona.yaml");
  await after(page, "con un operador, por favor");
  await page.keyboard.press("Enter");
  await page.keyboard.type("quiero dejar un aviso ya");
  await expect(page.locator(".cm-lint-marker-warning")).not.toHaveCount(0, { timeout: 90_000 });
  await expect(page.locator(".strip li").filter({ hasText: "nlu/hablar_con_persona.yaml" })).not.toHaveCount(0);
  await shot(page, "confused");
});

test("a conversation is kept as a test case, which passes", async ({ page }) => {
  await open(page, "avisos", "dejar_aviso.yaml");
  await page.getByRole("tab", { name: "Probar" }).click();
  await page.getByRole("button", { name: "Empezar" }).click();
  const talk = page.getByRole("log");
  await expect(talk).toContainText("asistente automático", { timeout: 90_000 });
  const say = async (words: string, answer: string): Promise<void> => {
    await page.getByLabel("Diga algo").fill(words);
    await page.keyboard.press("Enter");
    await expect(talk).toContainText(answer);
  };
  await say("quiero dejar un aviso", "¿Qué quiere contarnos?");
  await say("hay un semáforo roto: parpadea", "¿A qué teléfono");
  await page.getByRole("button", { name: "Silencio" }).click();
  await expect(talk).toContainText("nueve cifras");
  await page.getByLabel("Teclas").fill("600000000");
  await page.keyboard.press("Enter");
  await expect(talk).toContainText("¿Es correcto?");
  await say("sí", "Queda anotado");
  await page.getByRole("button", { name: "Guardar como prueba…" }).click();
  const asked = page.getByRole("dialog");
  await asked.getByLabel("Qué demuestra").fill("un semáforo: con un silencio");
  await expect(asked.getByLabel("Fichero")).toHaveValue("dejar_aviso.test.yaml");
  await shot(page, "keep");
  await asked.getByRole("button", { name: "Guardar" }).click();
  const before = readFileSync(`${BOT}/dejar_aviso.test.yaml`, "utf8");
  const kept = await text(page);
  expect(kept.startsWith(before)).toBe(true);
  expect(kept).toContain('- user: "hay un semáforo roto: parpadea"');
  expect(kept).toContain("- silence: 7s");
  expect(kept).toContain("expect: { end: aviso_dejado }");
  await page.getByRole("tab", { name: "Pruebas" }).click();
  await page.getByRole("button", { name: "Pasar las pruebas" }).click();
  await expect(page.locator(".tests .sum")).toContainText("Todo bien", { timeout: 90_000 });
  await shot(page, "kept");
});

test("on a telephone and in the dark each view has the whole window", async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  const page = await context.newPage();
  await enter(page);
  await page.locator("#bot").selectOption("cita_previa");
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  for (const name of ["Ficheros", "Texto", "Herramientas"]) {
    await page.locator(".views").getByRole("button", { name }).click();
    expect(await wide()).toBe(0);
    await shot(page, `telephone-${name.toLowerCase()}`);
  }
  await page.locator(".views").getByRole("button", { name: "Ficheros" }).click();
  await page.locator(".file[title='requisitos.yaml']").click();
  await expect(page.locator(".cm-content")).toBeInViewport();
  await context.close();
});

test("the text and the signs of every view have the contrast that AA asks for", async ({ browser }) => {
  for (const colorScheme of ["light", "dark"] as const) {
    const context = await browser.newContext({ colorScheme });
    const page = await context.newPage();
    await open(page, "cita_previa", "cita_previa.yaml");
    await expect(page.locator(".canvas .node").first()).toBeVisible();
    for (const tab of ["Gráfico", "Probar", "Pruebas", "Versiones", "Audios"]) {
      await page.getByRole("tab", { name: tab }).click();
      expect(await faint(page), `${colorScheme} ${tab}`).toEqual([]);
    }
    await context.close();
  }
});

/** Texts whose contrast is under 4.5 to 1, or 3 to 1 where they are large; disabled controls are left out. */
function faint(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const channel = (value: number): number => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    const light = ([r, g, b]: number[]): number => 0.2126 * channel(r! / 255) + 0.7152 * channel(g! / 255) + 0.0722 * channel(b! / 255);
    const rgba = (text: string): number[] => (text.match(/[\d.]+/g) ?? ["0", "0", "0", "0"]).map(Number);
    const ground = (element: Element): number[] => {
      for (let at: Element | null = element; at; at = at.parentElement) {
        const colour = rgba(getComputedStyle(at).backgroundColor);
        if (colour.length === 3 || colour[3] === 1) return colour;
      }
      return rgba(getComputedStyle(document.documentElement).backgroundColor);
    };
    const found: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>("body *")) {
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent!.trim() !== "");
      if (!own || !element.checkVisibility() || element.matches(":disabled, :disabled *")) continue;
      const style = getComputedStyle(element);
      const [a, b] = [light(rgba(style.color)), light(ground(element))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
      if (ratio < (large ? 3 : 4.5)) found.push(`${element.tagName}.${element.className} «${element.textContent!.trim().slice(0, 30)}» ${ratio.toFixed(2)}`);
    }
    return found;
  });
}
