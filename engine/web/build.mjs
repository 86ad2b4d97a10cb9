// Makes dist/: one script, one style sheet, one page. `digame` takes them inside when it is compiled.
import { build, context } from "esbuild";
import { copyFile, mkdir } from "node:fs/promises";

const options = {
  entryPoints: ["src/main.ts", "src/style.css"],
  entryNames: "[name]",
  outdir: "dist",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  logLevel: "warning",
};

await mkdir("dist", { recursive: true });
await copyFile("src/index.html", "dist/index.html");
if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  await build(options);
}
