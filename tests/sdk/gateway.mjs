// The standalone balancer in front of one provider of the openai type.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";

export class Gateway {
  #directory = fs.mkdtempSync(path.join(os.tmpdir(), "balancer-sdk-"));

  async start(providerPort) {
    const config = path.join(this.#directory, "config.yaml");
    fs.writeFileSync(config, [
      "providers:",
      `  - { name: converted, type: openai, base_url: "http://127.0.0.1:${providerPort}/v1", auth_value: provider-key }`,
      'model_routes: { "*": [ { provider: converted, model: gpt-test } ] }',
      "settings: { auth: { keys: [ { name: tester, key: a-client-key-that-is-long } ] } }",
    ].join("\n"));
    const binary = path.join(process.env.BALANCER_BIN, "balancer");
    const zero = "127.0.0.1:0";
    this.process = spawn(binary, ["--config", config, "--listen", zero, "--grpc-listen", zero, "--http-listen", zero], {
      stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env.PATH, HOME: this.#directory },
    });
    this.log = "";
    this.process.stderr.on("data", (piece) => (this.log += piece));
    for await (const line of readline.createInterface({ input: this.process.stdout })) {
      const { event, http } = JSON.parse(line);
      if (event !== "listening") continue;
      this.url = `http://${http}`;
      return this;
    }
    throw new Error(`the balancer did not start: ${this.log}`);
  }

  async stop() {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill("SIGTERM");
    await ended;
    fs.rmSync(this.#directory, { recursive: true, force: true });
  }
}
