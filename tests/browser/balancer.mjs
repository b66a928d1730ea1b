// The standalone balancer in front of providers of the anthropic type, in order of priority.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";

export class Balancer {
  #directory = fs.mkdtempSync(path.join(os.tmpdir(), "balancer-browser-"));
  #question = 0;

  // `ports` of the providers by their names.
  async start(ports) {
    const names = Object.keys(ports);
    const config = path.join(this.#directory, "config.yaml");
    fs.writeFileSync(config, [
      "providers:",
      ...names.map((name) => `  - { name: ${name}, type: anthropic, base_url: "http://127.0.0.1:${ports[name]}", auth_value: provider-key }`),
      `model_routes: { "*": [ ${names.map((name, index) => `{ provider: ${name}, priority: ${index + 1} }`).join(", ")} ] }`,
      "settings: { unhealthy_threshold: 1, failure_cooldown: 45s }",
    ].join("\n"));
    const zero = "127.0.0.1:0";
    this.process = spawn(path.join(process.env.BALANCER_BIN, "balancer"), ["--config", config, "--listen", zero, "--grpc-listen", zero, "--http-listen", zero],
      { stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env.PATH, HOME: this.#directory } });
    this.ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.log = "";
    this.process.stderr.on("data", (piece) => (this.log += piece));
    for await (const line of readline.createInterface({ input: this.process.stdout })) {
      const { event, http, control_http: control } = JSON.parse(line);
      if (event !== "listening") continue;
      this.url = `http://${http}`;
      this.page = `http://${control}/dashboard/`;
      return this;
    }
    throw new Error(`the balancer did not start: ${this.log}`);
  }

  // Sends a question that was not asked before.
  ask() {
    this.#question += 1;
    return fetch(`${this.url}/v1/messages`, {
      method: "POST", headers: { "content-type": "application/json", "anthropic-version": "2023-06-01", "x-api-key": "any" },
      body: JSON.stringify({ model: "claude-test", max_tokens: 100, messages: [{ role: "user", content: `question ${this.#question}` }] }),
    });
  }

  async stop() {
    this.process.kill("SIGTERM");
    await this.ended;
    fs.rmSync(this.#directory, { recursive: true, force: true });
  }
}
