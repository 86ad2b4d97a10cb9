// A designer's day: log in, break a bot and mend it, see it drawn, talk to it, publish, compare, take back.
import { expect, type Page } from "@playwright/test";
import { readFileSync, writeFileSync } from "node:fs";
import { after, open, shot, test } from "./helpers";

const { DIGAME_LOGIN, DIGAME_BOTS } = process.env;
const file = `${DIGAME_BOTS}/cita_previa/cita_previa.yaml`;

async function logIn(page: Page): Promise<void> {
  await open(page, "cita_previa", "cita_previa.yaml");
  await expect(page.locator(".cm-content")).toContainText("dialog: cita_previa");
}

test("who is not known stays outside", async ({ page }) => {
  await page.goto("/designer");
  await page.getByLabel("Usuario").fill(DIGAME_LOGIN!);
  await page.getByLabel("Contraseña").fill("no es esta clave");
  await shot(page, "login");
  await page.getByRole("button", { name: "Entrar" }).click();
  await expect(page.getByRole("alert")).toHaveText("El usuario o la contraseña no son correctos.");
  await expect(page.locator(".cm-content")).toHaveCount(0);
});

test("a mistake is marked as it is typed and goes when it is mended", async ({ page }) => {
  await logIn(page);
  await expect(page.locator(".strip .sum")).toContainText("Sin errores");
  await after(page, "- collect");
  await page.keyboard.press("Backspace");
  await expect(page.locator(".cm-lint-marker-error")).toHaveCount(1);
  await expect(page.locator(".strip .sum")).toHaveText("1 error");
  await expect(page.locator(".strip > ul li")).toHaveText(/No existe este paso «collec» · ¿Quería decir «collect»\?/);
  await expect(page.locator(".file[aria-current] .count.bad")).toHaveText("1");
  await page.locator(".cm-lint-marker-error").hover();
  await expect(page.locator(".cm-tooltip-lint")).toContainText("collect");
  await shot(page, "mistake");
  await page.locator(".strip > ul li button").click();
  await after(page, "- collec");
  await page.keyboard.type("t");
  await expect(page.locator(".cm-lint-marker-error")).toHaveCount(0);
  await expect(page.locator(".strip .sum")).toContainText("Sin errores");
});

test("completion knows the language and the bot's own names", async ({ page }) => {
  await logIn(page);
  await after(page, "- end: cita_reservada");
  // The editor goes on inside the step; one step to the left is the list.
  await page.keyboard.press("Enter");
  await page.keyboard.press("Backspace");
  const line = page.locator(".cm-activeLine");
  await page.keyboard.type("- han");
  await expect(page.locator(".cm-tooltip-autocomplete li").first()).toContainText("handoff");
  await shot(page, "completion");
  await page.keyboard.press("Enter");
  await expect(line).toContainText("- handoff: ");
  await page.keyboard.type("cit");
  await expect(page.locator(".cm-tooltip-autocomplete li").first()).toContainText("citas");
  await page.keyboard.press("Escape");
});

test("the graph is drawn, and a step leads to its line", async ({ page }) => {
  await logIn(page);
  const step = page.locator(".canvas [data-file='cita_previa.yaml'][data-line='38'], .canvas .node[data-file='cita_previa.yaml']").first();
  await expect(step).toBeVisible();
  await shot(page, "graph");
  const line = Number(await step.getAttribute("data-line"));
  await step.focus();
  await page.keyboard.press("Enter");
  const text = readFileSync(file, "utf8").split("\n")[line - 1]!;
  await expect(page.locator(".cm-activeLine")).toHaveText(text);
});

test("the bot is talked to until it has booked, with what is not saved yet", async ({ page }) => {
  await logIn(page);
  await after(page, "- end: cita_reservada");
  await page.keyboard.type("_hoy");
  await page.getByRole("tab", { name: "Probar" }).click();
  await page.getByRole("button", { name: "Empezar" }).click();
  const talk = page.getByRole("log");
  await expect(talk).toContainText("asistente automático", { timeout: 90_000 });
  const say = async (words: string, answer: string): Promise<void> => {
    await page.getByLabel("Diga algo").fill(words);
    await page.keyboard.press("Enter");
    await expect(talk).toContainText(answer);
  };
  await say("quería cita para empadronarme el jueves por la tarde", "DNI o NIE");
  await page.getByRole("button", { name: "Silencio" }).click();
  await expect(talk).toContainText("cifra a cifra");
  await page.getByLabel("Teclas").fill("12345678#");
  await page.keyboard.press("Enter");
  await expect(talk).toContainText("Tengo");
  const state = page.locator(".state");
  await expect(state.getByRole("row", { name: /^nif/ })).not.toContainText("12345678");
  await expect(state).toContainText("hueco");
  await shot(page, "console");
  await say("la primera", "¿Es correcto?");
  await say("sí", "Su localizador es");
  await expect(talk).toContainText("Fin: cita_reservada_hoy");
  await expect(page.getByLabel("Diga algo")).toBeDisabled();
  await shot(page, "console-end");
});

test("a version is published, another tried by a share, compared and taken back", async ({ page }) => {
  await logIn(page);
  await page.getByRole("tab", { name: "Versiones" }).click();
  await expect(page.locator(".now")).toContainText("la carpeta");
  const publish = async (note: string, share: boolean): Promise<void> => {
    await page.getByRole("button", { name: "Publicar…" }).click();
    await page.getByLabel("Por qué").fill(note);
    if (share) await page.getByLabel("Solo para una parte").check();
    await shot(page, share ? "publish-canary" : "publish");
    await page.getByRole("button", { name: "Publicar", exact: true }).click();
    await expect(page.locator(".history")).toContainText(`«${note}»`, { timeout: 90_000 });
  };
  await publish("la primera", false);
  await expect(page.locator(".now")).not.toContainText("la carpeta");

  await after(page, "about: Pedir cita");
  await page.keyboard.type(" ya");
  await page.getByRole("button", { name: "Publicar…" }).click();
  await expect(page.locator(".toast.bad")).toContainText("guárdelos antes");
  await page.keyboard.press("Control+s");
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+s");
  await expect(page.getByRole("button", { name: "Guardar" })).toBeDisabled();
  expect(readFileSync(file, "utf8")).toContain("about: Pedir cita ya en la");
  await publish("suena mejor", true);
  await expect(page.locator(".now")).toContainText("prueba con el 10 %");

  await page.getByRole("button", { name: "Comparar" }).click();
  await expect(page.locator(".difference .plus").filter({ hasText: "Pedir cita ya" })).toHaveCount(1);
  await shot(page, "versions");

  await page.getByRole("button", { name: "Volver atrás…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Volver atrás" }).click();
  await expect(page.locator(".history")).toContainText("Retirada la prueba");
  await expect(page.locator(".now")).not.toContainText("prueba con");
});

test("a failing test keeps a bot from being published, and says which", async ({ page }) => {
  const tests = `${DIGAME_BOTS}/cita_previa/cita_previa.test.yaml`;
  const text = readFileSync(tests, "utf8");
  writeFileSync(tests, text.replace("said: [\"asistente automático\"", "said: [\"asistente humano\""));
  await logIn(page);
  await page.getByRole("tab", { name: "Versiones" }).click();
  await page.getByRole("button", { name: "Publicar…" }).click();
  await page.getByRole("button", { name: "Publicar", exact: true }).click();
  await expect(page.locator(".refused")).toContainText("saluda, dice que es una máquina", { timeout: 90_000 });
  await shot(page, "refused");
  writeFileSync(tests, text);
});

test("two people who change one file find out", async ({ page }) => {
  await logIn(page);
  await after(page, "about: Pedir cita");
  await page.keyboard.type(" previa");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace("atención", "atención").concat("# otra persona\n"));
  await page.keyboard.press("Control+s");
  await expect(page.getByRole("dialog")).toContainText("Otra persona ha cambiado cita_previa.yaml");
  await shot(page, "conflict");
  await page.getByLabel("Ver lo suyo").check();
  await page.getByRole("button", { name: "OK" }).click();
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+End");
  await expect(page.locator(".cm-content")).toContainText("# otra persona");
  await page.keyboard.press("Control+Home");
  await expect(page.locator(".cm-content")).not.toContainText("Pedir cita previa");
  writeFileSync(file, text);
});

test("a prompt is recorded in the browser and kept for the telephone", async ({ page }) => {
  await logIn(page);
  await page.getByRole("tab", { name: "Audios" }).click();
  await page.getByRole("button", { name: "Grabar", exact: true }).click();
  await expect(page.locator("button.recording")).toContainText("1 s");
  await page.locator("button.recording").click();
  await page.getByLabel("Nombre del audio").fill("bienvenida");
  await page.getByRole("button", { name: "Guardar", exact: true }).last().click();
  await expect(page.locator(".sounds")).toContainText("bienvenida.wav");
  const kept = readFileSync(`${DIGAME_BOTS}/cita_previa/audios/bienvenida.wav`);
  // RIFF: one channel, 8,000 samples a second, 16 bits each, and more than half a second of it.
  expect([kept.readUInt16LE(22), kept.readUInt32LE(24), kept.readUInt16LE(34)]).toEqual([1, 8000, 16]);
  expect(kept.length).toBeGreaterThan(44 + 8000);
  await page.getByLabel("Texto", { exact: true }).fill("Buenos días. Le atiende el ayuntamiento.");
  await page.locator("audio").evaluate((audio: HTMLAudioElement) => audio.removeAttribute("src"));
  await page.getByRole("button", { name: "Oír", exact: true }).click();
  const seconds = () => page.locator("audio").evaluate((audio: HTMLAudioElement) => audio.duration);
  await expect.poll(seconds).toBeGreaterThan(1);
  await shot(page, "audio");
});

test("it is legible at 150 % and in English, and the keyboard is enough", async ({ page, browser }) => {
  await logIn(page);
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByRole("tab", { name: "Versions" })).toBeVisible();
  await page.getByRole("tab", { name: "Graph" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("tab", { name: "Try" })).toBeFocused();
  await expect(page.getByRole("button", { name: "Start", exact: true })).toBeVisible();
  const context = await browser.newContext({ viewport: { width: 853, height: 533 }, deviceScaleFactor: 1.5 });
  const small = await context.newPage();
  await logIn(small);
  await expect(small.getByRole("tab", { name: "Probar" })).toBeVisible();
  const wider = await small.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(wider).toBe(0);
  await shot(small, "zoom");
  await small.getByRole("tab", { name: "Probar" }).click();
  await small.getByRole("button", { name: "Empezar" }).click();
  await expect(small.getByRole("log")).toContainText("asistente automático", { timeout: 90_000 });
  await expect(small.getByLabel("Diga algo")).toBeInViewport({ ratio: 1 });
  await expect(small.getByRole("button", { name: "Colgar" })).toBeInViewport({ ratio: 1 });
  await shot(small, "zoom-console");
  await context.close();
});
