// What the cases share: a designer who logs in, and what the page should never say.
import { expect, type Page, test as base } from "@playwright/test";

const { DIGAME_LOGIN, DIGAME_PASSWORD, DIGAME_SHOTS } = process.env;

/** A page of which scripts that fail, and rules of its own policy that it breaks, fail the case. */
export const test = base.extend<{ complaints: string[] }>({
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error" && !/status of (4\d\d)/.test(message.text())) complaints.push(message.text());
      });
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

export const shot = (page: Page, name: string) => page.screenshot({ path: `${DIGAME_SHOTS}/${name}.png` });

export async function enter(page: Page): Promise<void> {
  await page.goto("/designer");
  await page.getByLabel("Usuario").fill(DIGAME_LOGIN!);
  await page.getByLabel("Contraseña").fill(DIGAME_PASSWORD!);
  await page.getByRole("button", { name: "Entrar" }).click();
  await expect(page.locator("#bot")).toBeVisible();
}

/** Logs in and opens a file of a bot. */
export async function open(page: Page, bot: string, file: string): Promise<void> {
  await enter(page);
  await page.locator("#bot").selectOption(bot);
  await page.locator(`.file[title="${file}"]`).click();
  await expect(page.locator(".cm-content")).toHaveAttribute("aria-label", file);
}

/** The whole text in the editor, of a file so short that all of it is drawn. */
export async function text(page: Page): Promise<string> {
  const lines = await page.locator(".cm-line").evaluateAll((all) => all.map((line) => line.textContent ?? ""));
  return lines.join("\n");
}

/** Puts the cursor after these words, which stand once on one line of the editor. */
export async function after(page: Page, words: string): Promise<void> {
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Control+f");
  await page.keyboard.press("Control+a");
  await page.keyboard.type(words);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowRight");
}
