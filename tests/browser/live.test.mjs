// The page as the program serves it, while a provider of it falls ill.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, describe, it } from "node:test";

import { Balancer } from "./balancer.mjs";
import { Browser, shows } from "./browser.mjs";
import { FakeAnthropic } from "./fake_anthropic.mjs";

const kVisibleWithinMs = 2000;

describe("the program's live page", () => {
  const first = new FakeAnthropic("first"), second = new FakeAnthropic("second");
  let balancer, browser, page;
  before(async () => {
    await Promise.all([first.start(), second.start()]);
    balancer = await new Balancer().start({ first: first.port, second: second.port });
    browser = await new Browser().start();
    page = await browser.visit(balancer.page);
  });
  after(async () => {
    await browser?.stop();
    await balancer?.stop();
    await Promise.all([first.stop(), second.stop()]);
  });

  it("tells how to send the first request", async () => {
    await shows(page, "h1", "Both providers are well");
    await shows(page, "#decisions .empty", `ANTHROPIC_BASE_URL=${balancer.url}`);
    await shows(page, "#gateways tbody", "up to date");
  });

  it("shows a request and where it went", async () => {
    assert.equal((await balancer.ask()).status, 200);

    await shows(page, "#decisions .decision", /answered[^]*claude-test[^]*first/, kVisibleWithinMs);
    await shows(page, "h1", "Both providers are well");
  });

  it("shows within two seconds which provider failed, and why the request went elsewhere", async () => {
    first.overloaded = true;

    const answer = await balancer.ask();
    assert.equal(answer.status, 200);
    assert.equal((await answer.json()).content[0].text, "from second");

    await shows(page, "#news", /1 of 2 providers is cooling: first\n+.*529/, kVisibleWithinMs);
    await shows(page, "#providers tbody tr:first-child", /first[^]*cooling[^]*\d+ s left[^]*529[^]*s ago/, kVisibleWithinMs);
    await shows(page, "#decisions .decision", /failed over[^]*claude-test[^]*first[^]*second[^]*first failed \(HTTP 529 overloaded_error\)/, kVisibleWithinMs);
    await page.locator("#decisions summary").first().click();
    await shows(page, "details[open] .because", /priority; first failed \(HTTP 529 overloaded_error\)/);
    await shows(page, "details[open] .attempts", /first[^]*529[^]*second[^]*answered/);
  });

  it("says why the next request passes over the one that cools", async () => {
    await balancer.ask();

    await shows(page, "#decisions .decision", /answered[^]*second/, kVisibleWithinMs);
    await page.locator("#decisions summary").first().click();
    await shows(page, "details[open] .targets", /second[^]*usable[^]*first[^]*cooling/);
  });

  it("looks as it should in light and dark", async () => {
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: path.join(process.env.SCREENSHOTS, `live-${colorScheme}.png`), fullPage: true });
    }
    assert.deepEqual(page.complaints, []);
    assert.deepEqual(page.asked.filter((url) => !url.startsWith(balancer.page)), []);
  });

  it("says that there is no news when the program has ended", async () => {
    await balancer.stop();

    await shows(page, "#connection", "reconnecting…");
    await shows(page, "h1", "No news from the control plane");
  });
});
