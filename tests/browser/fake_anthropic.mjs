// A provider that answers every message with its own name, or is overloaded.
import http from "node:http";

export class FakeAnthropic {
  overloaded = false;

  constructor(name) {
    this.server = http.createServer((request, response) => {
      request.resume().on("end", () => {
        const [status, body] = this.overloaded
          ? [529, { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }]
          : [200, { id: "msg_1", type: "message", role: "assistant", model: "claude-test", content: [{ type: "text", text: `from ${name}` }],
                    stop_reason: "end_turn", stop_sequence: null, usage: { input_tokens: 120, output_tokens: 30 } }];
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
      });
    });
  }

  async start() {
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.port = this.server.address().port;
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
