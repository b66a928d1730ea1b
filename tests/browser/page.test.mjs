// The page by itself: a server that speaks the control plane's contract stands behind it.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";

import { Browser, scrollsSideways, shows, textOf } from "./browser.mjs";
import { faintTexts } from "./contrast.mjs";
import { ContractServer } from "./contract_server.mjs";
import { hostile, kHostileTexts } from "./hostile_state.mjs";
import { cooling, empty, failedOver, gateway, provider, request, sick, well } from "./sample_state.mjs";

const kRows = "#decisions .decision";
let browser, server, page;

before(async () => {
  browser = await new Browser().start();
});
after(() => browser.stop());
beforeEach(async () => {
  server = await new ContractServer(process.env.PAGE).start();
});
afterEach(async () => {
  await page?.context().close();
  await server.stop();
});

async function open(state, options) {
  server.show(state);
  page = await browser.visit(server.url, options);
}

describe("the headline", () => {
  const says = [
    ["that all is well", well, /^All 3 providers are well$/, "ok"],
    ["which provider is sick, and with what", sick, /^1 of 3 providers is cooling: Anthropic\n+HTTP 529 overloaded_error/, "warn"],
    ["that none is left", () => ({ ...well(), providers: [cooling("A", 9), cooling("B", 40)] }), /^Both providers are cooling: A, B\n+A: HTTP 529 overloaded_error; B: HTTP 529/, "bad"],
    ["that a disabled one is not meant to serve", () => ({ ...well(), providers: [provider("A"), provider("B", { state: "disabled" })] }), /^The provider is well, 1 disabled$/, "ok"],
    ["that a configuration was refused", () => { const state = well(); state.config.last_reload = sick().config.last_reload; return state; }, /^All 3 providers are well, but the last configuration change was refused\n+config.yaml:12:3/, "warn"],
    ["that a gateway refuses its configuration", () => ({ ...well(), gateways: [gateway("gw-1", { up_to_date: false, rejection_reason: "unknown provider type" })] }), /but 1 gateway cannot use the configuration\n+unknown provider type/, "warn"],
    ["that a model cools", () => { const state = well(); state.providers[1].cooling_models = sick().providers[1].cooling_models; return state; }, /but 1 model cools at Backup\n+claude-opus-4-1: HTTP 429/, "warn"],
    ["that no gateway is there", () => ({ ...well(), gateways: [] }), /^All 3 providers are well, but no gateway is connected$/, "warn"],
    ["that requests fail all the same", () => { const state = well(); state.traffic.errors = state.traffic.requests; return state; }, /but requests fail/, "bad"],
    ["that there is no provider", empty, /^No provider is configured$/, "bad"],
  ];
  for (const [what, state, text, level] of says) {
    it(`says ${what}`, async () => {
      await open(state());

      await shows(page, "#news", text);
      assert.equal(await page.getAttribute("#headline", "data-level"), level);
      assert.deepEqual(page.complaints, []);
    });
  }

  it("is read aloud when its words change, not when time passes", async () => {
    const night = sick(12);
    await open(night);
    await shows(page, "#headline .remaining", /12 s|11 s/);
    await page.evaluate(() => {
      window.changes = 0;
      new MutationObserver((found) => (window.changes += found.length)).observe(document.getElementById("news"), { subtree: true, childList: true, characterData: true, attributes: true });
    });

    night.providers[0].remaining_cooldown_seconds = 9;
    night.providers[1].in_flight = 5;
    await shows(page, "#headline .remaining", /9 s/);
    assert.equal(await page.evaluate(() => window.changes), 0);

    server.show(well());
    await shows(page, "h1", "All 3 providers are well");
    assert.ok(await page.evaluate(() => window.changes) > 0);
    assert.deepEqual(await page.$$eval("[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log], output", (found) => found.map(({ id }) => id)), ["news"]);
    assert.equal(await page.locator("#news h1").count(), 1);
  });
});

describe("the parts", () => {
  it("shows providers with state in words, countdown, error, latency and load", async () => {
    await open(sick());

    const rows = page.locator("#providers tbody tr");
    assert.equal(await rows.count(), 3);
    assert.match(await rows.nth(0).innerText(), /Anthropic[^]*cooling[^]*1[12] s left[^]*HTTP 529 overloaded_error[^]*\d+ s ago, 3 failures in a row[^]*420 ms[^]*0 of 8/);
    assert.match(await rows.nth(1).innerText(), /Backup[^]*healthy[^]*claude-opus-4-1 cools, 3\d s left: HTTP 429 rate_limit_error[^]*810 ms/);
    const shapes = await page.$$eval("#providers .badge use", (found) => found.map((use) => use.getAttribute("href")));
    assert.deepEqual(shapes, ["#shape-bad", "#shape-ok", "#shape-ok"]);
    assert.match(await page.getAttribute("#providers svg[role=img]", "aria-label"), /^Time to first byte over 5 minutes: from \d+ ms to \d+ ms$/);
    assert.notEqual(await page.getAttribute("#providers path.line", "d"), "");
  });

  it("shows traffic as numbers and charts", async () => {
    await open(sick());

    const tiles = await page.$$eval(".tile", (found) => found.map((tile) => tile.innerText.replace(/\s+/g, " ")));
    assert.match(tiles[0], /^Requests 1.2\/s peak/);
    assert.match(tiles[1], /^Errors 0.1\/s peak 0.4\/s/);
    assert.match(tiles[2], /^Input tokens 14.2 k\/s/);
    assert.match(tiles[3], /^Output tokens 80\/s/);
    const bars = await page.getAttribute(".tile:nth-child(2) path.bars", "d");
    assert.equal(bars.split("M").length - 1, 5);
  });

  it("shows a decision with its reason, targets and attempts", async () => {
    await open(sick());
    const decision = page.locator(kRows).nth(1);
    assert.match((await decision.innerText()).replace(/\s+/g, " "), /failed over claude-sonnet-4-5 Anthropic ✕ ?failed, Backup Anthropic failed \(HTTP 529 overloaded_error\) 3.21 s/);

    await decision.locator("summary").click();

    await shows(page, "details[open] .because", "Anthropic: first by priority; Anthropic failed (HTTP 529 overloaded_error)");
    const tables = await decision.locator("table").allInnerTexts();
    assert.match(tables[0], /1\s+Anthropic\s+passthrough\s+usable\s+2\s+Backup\s+passthrough\s+usable/);
    assert.match(tables[1], /1\s+Anthropic\s+claude-sonnet-4-5\s+provider failed HTTP 529 overloaded_error\s+210 ms\s+2\s+Backup\s+claude-sonnet-4-5\s+answered HTTP 200\s+2.40 s/);
    assert.match((await decision.locator("dl").innerText()).replace(/\s+/g, " "), /Request req_8 .*Gateway gw-1234 Caller alice Route \*sonnet\* Strategy priority Status 200 Streamed yes Cache miss .*Tokens 12.3 k in, 678 out/);
  });

  it("shows the cooldown that a passed over target had", async () => {
    await open(sick());

    await page.locator(kRows).first().locator("summary").click();

    await shows(page, ".targets", /–\s+Anthropic\s+passthrough\s+cooling, 11.4 s were left/);
  });

  it("shows configuration, gateways and cache", async () => {
    const state = sick();
    state.gateways.push(gateway("gw-9", { up_to_date: false, snapshot_version: 2, rejection_reason: "unknown provider type" }));
    await open(state);

    assert.match(await textOf(page, "#configuration"), /Version\s+3\s+Loaded[^]*11 min ago[^]*Strategy\s+priority\s+Routes\s+2[^]*refused[^]*1 min ago[^]*error config.yaml:12:3: providers\[1\].base_url: not a URL/);
    const gateways = await page.locator("#gateways tbody tr").allInnerTexts();
    assert.match(gateways[0], /pod-gw-1234[^]*0.1.0[^]*127.0.0.1:9090[^]*up to date[^]*version 3[^]*3$/);
    assert.match(gateways[1], /draining/);
    assert.match(gateways[2], /refused[^]*version 2[^]*unknown provider type/);
    assert.match(await textOf(page, "#cache"), /Hits\s+10 33 %\s+Misses\s+20\s+Joined in flight\s+4\s+Stored\s+3 answers 12.0 kB\s+Tokens saved\s+104 k in, 2,200 out/);
  });

  it("says what to do where there is nothing", async () => {
    await open({ ...empty(), gateways: [gateway("gw-1", { address: "0.0.0.0:9090" })] });

    assert.match(await textOf(page, "#providers"), /Name one under providers:/);
    assert.match(await textOf(page, "#decisions"), /No request yet[^]*ANTHROPIC_BASE_URL=http:\/\/127.0.0.1:9090\n/);
    assert.match(await textOf(page, "#cache"), /max_cache_size/);
    server.show(empty());
    await shows(page, "#gateways", /No gateway is connected[^]*balancer-gateway --control-plane/);
  });
});

describe("time", () => {
  it("counts a cooldown down without hearing from the server", async () => {
    await open(sick(7));
    server.fallSilent();

    for (const left of ["6 s", "5 s", "4 s"]) await shows(page, "#providers .state [role=timer]", left, 2500);
  });

  it("says that data is stale when the server falls silent, and recovers", async () => {
    await open(sick());
    server.fallSilent();

    await shows(page, "#connection", /stale[^]*data is [34] s old/);
    await shows(page, "#news", /No news from the control plane\n+Last known: 1 of 3 providers is cooling: Anthropic/);
    server.show(well());
    await shows(page, "#connection", /^live$/);
    await shows(page, "h1", "All 3 providers are well");
  });

  it("connects again when the server was gone and refused it", async () => {
    await open(sick());
    server.goAway();

    await shows(page, "#connection", /^reconnecting…$/);
    await shows(page, "#connection", /reconnecting…[^]*data is [45] s old/);
    server.show(well());
    await shows(page, "#connection", /^live$/);
    await shows(page, "h1", "All 3 providers are well");
  });
});

describe("an update", () => {
  it("leaves open decisions, focus and selection alone", async () => {
    const state = sick();
    await open(state);
    const summary = page.locator(kRows).nth(1).locator("summary");
    await summary.click();
    await page.evaluate((rows) => {
      const read = document.querySelectorAll(rows)[1];
      read.isTheSame = true;
      getSelection().selectAllChildren(read.querySelector(".because bdi"));
    }, kRows);

    server.show({ ...state, requests: [request("req_new_2"), failedOver("req_new_1"), ...state.requests] });
    await page.waitForFunction((rows) => document.querySelectorAll(rows)[3].isTheSame, kRows);

    const found = await page.evaluate((rows) => {
      const read = document.querySelectorAll(rows)[3];
      return { open: read.firstElementChild.open, focused: document.activeElement === read.querySelector("summary"), selected: String(getSelection()) };
    }, kRows);
    assert.deepEqual(found, { open: true, focused: true, selected: "Anthropic: first by priority; Anthropic failed (HTTP 529 overloaded_error)" });
  });

  it("keeps an open decision that is no longer among the newest, until it is closed", async () => {
    const state = well();
    await open(state);
    await page.locator(kRows).first().locator("summary").click();
    await page.locator("h1").click();

    server.show({ ...state, requests: Array.from({ length: 50 }, (_, index) => request(`req_later_${index}`)) });
    await page.waitForFunction((rows) => document.querySelectorAll(rows).length === 21, kRows);
    await page.locator(kRows).last().locator("summary").click();
    await page.evaluate(() => document.activeElement.blur());
    await page.waitForFunction((rows) => document.querySelectorAll(rows).length === 20, kRows);
  });

  it("fills in an open decision as its request goes on", async () => {
    const running = request("req_1", { state: "running", outcome: "", status: null, duration_seconds: null, attempts: [] });
    await open({ ...well(), requests: [running] });
    await page.locator(kRows).locator("summary").click();
    await shows(page, ".account", "No provider was asked");

    server.show({ ...well(), requests: [failedOver("req_1")] });
    await shows(page, "details[open] .attempts", /Anthropic[^]*provider failed[^]*Backup[^]*answered/);
  });
});

describe("whatever a client calls things", () => {
  for (const [what, text] of Object.entries(kHostileTexts)) {
    it(`shows ${what} as text, inside the layout`, async () => {
      await open(hostile(sick(), text));
      await page.locator(kRows).nth(1).locator("summary").click();
      await shows(page, "details[open] .attempts tbody tr", /\S/);

      assert.equal(await page.locator("#providers .name").first().evaluate((node) => node.textContent.slice(0, 20)), text.slice(0, 20));
      assert.equal(await page.locator("img:not([src='icon.svg']), script:not([src='app.js']), iframe, a:not(.skip):not([href=state])").count(), 0);
      assert.equal(await page.evaluate(() => window.pwned), undefined);
      assert.equal(await scrollsSideways(page), false);
      await page.setViewportSize({ width: 380, height: 800 });
      assert.equal(await scrollsSideways(page), false);
      const tallest = await page.$$eval("summary, #headline, .provider", (found) => Math.max(...found.map((node) => node.offsetHeight)));
      assert.ok(tallest < 700, `${tallest} px high`);
      assert.deepEqual(page.complaints, []);
    });
  }

  it("bounds every list, and shows the sick one among many", async () => {
    const many = (length, make) => Array.from({ length }, (_, index) => make(index));
    const state = sick();
    state.providers = [...many(299, (index) => provider(`p${index}`)), cooling("the sick one", 9)];
    state.requests = many(500, (index) => request(`req_${index}`));
    state.gateways = many(300, (index) => gateway(`gw-${index}`));
    state.config.last_reload.problems = many(200, (index) => ({ severity: "error", text: `problem ${index}` }));
    state.providers[299].cooling_models = many(100, (index) => ({ model: `m${index}`, remaining_cooldown_seconds: 4, last_error: "" }));

    await open(state);
    await page.click("#decisions-more");

    const counts = await page.evaluate(() => ["#providers tbody tr", "#decisions .decision", "#gateways tbody tr", ".problems li", ".cooling li"].map((where) => document.querySelectorAll(where).length));
    assert.deepEqual(counts, [40, 50, 50, 12, 8]);
    assert.match(await page.locator("#providers tbody tr").last().innerText(), /the sick one/);
    assert.match(await textOf(page, "#providers .more"), /and 260 more/);
  });

  it("survives a state with nothing in it", async () => {
    await open({});

    await shows(page, "h1", "No provider is configured");
    assert.deepEqual(page.complaints, []);
  });
});

describe("for everyone", () => {
  it("leads the keyboard to a decision and opens it", async () => {
    await open(sick());

    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(() => { const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement); return { outlineStyle, outlineWidth, tag: document.activeElement.tagName }; });
    assert.deepEqual(outline, { outlineStyle: "solid", outlineWidth: "2px", tag: "SUMMARY" });
    await page.keyboard.press("Enter");

    await shows(page, "details[open] .because", "Anthropic: first by priority; Anthropic failed (HTTP 529 overloaded_error)");
  });

  it("has landmarks, one heading of the first level, headings of parts and captions of tables", async () => {
    await open(sick());
    await page.locator(kRows).nth(1).locator("summary").click();

    for (const landmark of ["banner", "main", "complementary"]) assert.equal(await page.getByRole(landmark).count(), 1, landmark);
    assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1);
    assert.deepEqual(await page.$$eval("h2", (found) => found.map((node) => node.firstChild.data.trim())), ["Providers", "Traffic", "Recent decisions", "Configuration", "Gateways", "Cache"]);
    assert.equal(await page.$$eval("table", (found) => found.filter((table) => !table.caption?.textContent).length), 0);
    assert.equal(await page.$$eval("svg[role=img]", (found) => found.filter((svg) => !svg.getAttribute("aria-label")).length), 0);
    assert.equal(await page.getAttribute("html", "lang"), "en");
  });

  for (const colorScheme of ["light", "dark"]) {
    for (const [name, state] of Object.entries({ sick, well, empty })) {
      it(`can be read when ${name} and ${colorScheme}`, async () => {
        await open(state(), { colorScheme, reducedMotion: "reduce" });
        if (name !== "empty") await page.locator(kRows).first().locator("summary").click();

        const { faint, checked } = await page.evaluate(faintTexts);
        assert.deepEqual(faint, []);
        assert.ok(checked > 40, `${checked} texts`);
      });
    }
  }

  for (const width of [380, 600, 900, 1180, 2200]) {
    it(`fits ${width} pixels`, async () => {
      await open(sick(), { width });
      await page.locator(kRows).nth(1).locator("summary").click();
      await shows(page, "details[open] .attempts tbody tr", /\S/);

      assert.equal(await scrollsSideways(page), false);
      const cut = await page.$$eval("h1, #headline .remaining, .badge, .figure, .took, .at", (found) =>
        found.filter((node) => node.checkVisibility() && node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0).map((node) => node.textContent));
      assert.deepEqual(cut, []);
    });
  }

  it("moves nothing for those who want no motion", async () => {
    await open(sick(), { reducedMotion: "reduce" });

    const moving = await page.evaluate(() => [...document.querySelectorAll("*")].flatMap((node) => ["", "::after", "::before"].map((pseudo) => getComputedStyle(node, pseudo || null)))
      .filter((style) => parseFloat(style.transitionDuration) > 0 || style.animationName !== "none").length);
    assert.equal(moving, 0);
  });
});

it("asks its own origin only, breaks no policy and weighs less than 60 kB", async () => {
  await open(sick());
  await page.click("#decisions-more");

  assert.deepEqual(page.asked.filter((url) => !url.startsWith(server.url)), []);
  assert.deepEqual(page.complaints, []);
  const bytes = fs.readdirSync(process.env.PAGE).reduce((sum, name) => sum + fs.statSync(path.join(process.env.PAGE, name)).size, 0);
  assert.ok(bytes < 60 * 1024, `${bytes} bytes`);
});
