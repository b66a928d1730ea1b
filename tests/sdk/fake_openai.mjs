// A provider of the OpenAI kind on loopback that answers as a test told it, and remembers what it was asked.
import http from "node:http";

export const chunk = (delta, finish_reason = null, more = {}) => ({
  id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "gpt-test",
  choices: [{ index: 0, delta, finish_reason }], ...more,
});
export const usage = (prompt_tokens, completion_tokens, more = {}) => ({
  id: "chatcmpl-1", choices: [], usage: { prompt_tokens, completion_tokens, ...more },
});
export const completion = (message, finish_reason = "stop") => ({
  id: "chatcmpl-2", object: "chat.completion", created: 1, model: "gpt-test",
  choices: [{ index: 0, finish_reason, message: { role: "assistant", ...message } }],
  usage: { prompt_tokens: 12, completion_tokens: 5 },
});

export class FakeOpenAi {
  requests = [];
  #answers = [];
  #server = http.createServer((request, response) => this.#serve(request, response));

  async start() {
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.port = this.#server.address().port;
    return this;
  }
  async stop() {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
  reset() {
    this.requests = [];
    this.#answers = [];
  }
  // Each answer is taken by one request, in order.
  streams(chunks, { done = true, cut = false } = {}) {
    this.#answers.push((response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const bytes = chunks.map((each) => `data: ${JSON.stringify(each)}\n\n`).join("");
      // Once the system has taken what was said.
      if (cut) return response.write(bytes, () => response.socket.destroy());
      response.end(done ? `${bytes}data: [DONE]\n\n` : bytes);
    });
    return this;
  }
  replies(document, { status = 200, headers = {} } = {}) {
    this.#answers.push((response) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(JSON.stringify(document));
    });
    return this;
  }

  #serve(request, response) {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      this.requests.push({ path: request.url, headers: request.headers, body: JSON.parse(body) });
      const answer = this.#answers.shift();
      if (answer) return answer(response);
      response.writeHead(500, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message: "the test did not say what to answer", code: "unscripted" } }));
    });
  }
}
