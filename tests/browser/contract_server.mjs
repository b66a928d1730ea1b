// Serves the page as the control plane does: the same addresses, headers and events, below a path prefix.
import fs from "node:fs";
import http from "node:http";
import path from "node:path";

const kPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const kTypes = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml" };
const kPrefix = "/behind/a/proxy/dashboard/";

export class ContractServer {
  #streams = new Set();
  #heartbeat = null;
  #state = {};
  // "serving", "silent" (streams stay open, nothing comes) or "gone" (streams are cut, new ones are refused).
  #mode = "serving";

  constructor(pageFolder) {
    this.server = http.createServer((request, response) => this.#answer(pageFolder, request, response));
  }

  async start() {
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${this.server.address().port}${kPrefix}`;
    this.#heartbeat = setInterval(() => this.#send(), 500);
    return this;
  }

  // What the page is told from now on. A function is asked again for every event.
  show(state) {
    this.#state = state;
    this.#mode = "serving";
    this.#send();
  }

  fallSilent() { this.#mode = "silent"; }

  goAway() {
    this.#mode = "gone";
    for (const stream of this.#streams) stream.destroy();
  }

  #text() {
    const state = typeof this.#state === "function" ? this.#state() : this.#state;
    return JSON.stringify({ ...state, time: new Date().toISOString() });
  }

  #send(streams = this.#streams) {
    if (this.#mode !== "serving") return;
    for (const stream of streams) stream.write(`event: state\ndata: ${this.#text()}\n\n`);
  }

  #answer(folder, request, response) {
    response.setHeader("Content-Security-Policy", kPolicy);
    response.setHeader("X-Content-Type-Options", "nosniff");
    const name = request.url.startsWith(kPrefix) ? request.url.slice(kPrefix.length) || "index.html" : "";
    if (name === "events") return this.#stream(response);
    if (name === "state") return response.writeHead(200, { "Content-Type": "application/json" }).end(this.#text());
    const file = path.join(folder, path.basename(name));
    if (!name || !fs.existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": kTypes[path.extname(file)] }).end(fs.readFileSync(file));
  }

  #stream(response) {
    if (this.#mode === "gone") return response.writeHead(503).end();
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" }).flushHeaders();
    this.#streams.add(response);
    response.on("close", () => this.#streams.delete(response));
    this.#send([response]);
  }

  async stop() {
    clearInterval(this.#heartbeat);
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
