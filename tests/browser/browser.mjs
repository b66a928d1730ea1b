// Chromium, and pages that remember everything they complained about.
import { chromium } from "playwright-core";

export class Browser {
  async start() {
    this.browser = await chromium.launch({ executablePath: process.env.CHROMIUM, chromiumSandbox: false });
    return this;
  }

  // Opens `url`. The page's `complaints` are console errors, uncaught exceptions and violations of its content security
  // policy; its `asked` are the addresses of all requests.
  async visit(url, { width = 1360, height = 900, ...options } = {}) {
    const context = await this.browser.newContext({ viewport: { width, height }, ...options });
    const page = await context.newPage();
    page.complaints = [];
    page.asked = [];
    page.on("console", (message) => message.type() === "error" && page.complaints.push(message.text()));
    page.on("pageerror", (error) => page.complaints.push(String(error)));
    page.on("request", (request) => page.asked.push(request.url()));
    await page.exposeFunction("complain", (text) => page.complaints.push(text));
    await page.addInitScript(() => addEventListener("securitypolicyviolation", (event) =>
      window.complain(`policy: ${event.violatedDirective} ${event.blockedURI}`)));
    await page.goto(url);
    await shows(page, "#connection", "live");
    return page;
  }

  async stop() { await this.browser.close(); }
}

// Waits until the text of the first element of `selector` matches; the failure tells what it was instead.
export async function shows(page, selector, expected, timeout = 8000) {
  const pattern = expected instanceof RegExp ? expected : new RegExp(expected.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  try {
    await page.waitForFunction(([where, source, flags]) =>
      new RegExp(source, flags).test(document.querySelector(where)?.innerText ?? ""), [selector, pattern.source, pattern.flags], { timeout, polling: 50 });
  } catch {
    throw new Error(`${selector} never showed ${pattern}; it shows: ${await page.locator(selector).first().innerText({ timeout: 1000 }).catch(() => "nothing")}`);
  }
}

export const textOf = (page, selector) => page.locator(selector).first().innerText();

export const scrollsSideways = (page) => page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
