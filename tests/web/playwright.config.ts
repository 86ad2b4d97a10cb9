import { defineConfig } from "@playwright/test";

// The server is started by tests/tests/designer.rs, which says where it is.
export default defineConfig({
  testDir: ".",
  outputDir: `${process.env.DIGAME_SHOTS}/failed`,
  timeout: 240_000,
  expect: { timeout: 20_000 },
  workers: 1,
  reporter: "list",
  use: {
    baseURL: process.env.DIGAME_URL,
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.DIGAME_BROWSER ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"],
    },
    permissions: ["microphone", "clipboard-write"],
  },
});
