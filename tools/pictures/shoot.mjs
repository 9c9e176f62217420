// Takes a picture of every scene in build/scenes.json, at the width of a phone and of a desktop.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import puppeteer from "puppeteer-core";

// A common phone in CSS pixels, and the column of messages beside a desktop client's side bars.
const WIDTHS = { phone: 390, desktop: 760 };
// Debian's. Nothing is downloaded.
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FONT = "../../bot/pictures/fonts/NotoSans[wght].ttf";

await build({
  entryPoints: ["page.jsx"],
  bundle: true,
  outfile: "build/page.js",
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
});
const font = `@font-face { font-family: "Noto Sans"; src: url("${pathToFileURL(FONT)}"); font-weight: 100 900; }`;
writeFileSync(
  "build/page.html",
  `<!doctype html><meta charset="utf-8"><style>${font}</style><link rel="stylesheet" href="page.css">
   <div id="scene"></div><script src="page.js"></script>`,
);

const browser = await puppeteer.launch({ executablePath: CHROMIUM, args: ["--no-sandbox", "--allow-file-access-from-files"] });
try {
  const page = await browser.newPage();
  page.on("pageerror", (error) => {
    throw error;
  });
  await page.goto(pathToFileURL("build/page.html").href);
  for (const scene of JSON.parse(readFileSync("build/scenes.json", "utf-8"))) {
    for (const [device, width] of Object.entries(WIDTHS)) {
      await page.setViewport({ width, height: 100, deviceScaleFactor: device === "phone" ? 2 : 1.5 });
      await page.evaluate((shown) => window.draw(shown), scene);
      await page.evaluate(async () => {
        await document.fonts.ready;
        await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      });
      const element = await page.$("#scene");
      await element.screenshot({ path: `build/${scene.platform}-${scene.name}-${device}.png` });
    }
  }
} finally {
  await browser.close();
}
