// The real Anthropic SDKs, the last before 1.0 and a 1.x, talk to a provider of the OpenAI kind through the gateway.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";

import { FakeOpenAi, chunk, completion, usage } from "./fake_openai.mjs";
import { Gateway } from "./gateway.mjs";

const kKey = "a-client-key-that-is-long";
const kPixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
const weather = {
  name: "get_weather", description: "The weather somewhere.",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const question = { model: "claude-test", max_tokens: 1000, messages: [{ role: "user", content: "hi" }] };

for (const version of ["anthropic-sdk-0", "anthropic-sdk-1"]) {
  const sdk = await import(version);
  const Anthropic = sdk.default;

  describe(version, () => {
    let provider, gateway, client;
    before(async () => {
      provider = await new FakeOpenAi().start();
      gateway = await new Gateway().start(provider.port);
      client = new Anthropic({ apiKey: kKey, baseURL: gateway.url, maxRetries: 0 });
    });
    after(async () => {
      await gateway.stop();
      await provider.stop();
    });
    beforeEach(() => provider.reset());

    it("gets a whole message", async () => {
      provider.replies(completion({ content: "Hello." }));

      const message = await client.messages.create(question);

      assert.deepEqual(message.content, [{ type: "text", text: "Hello." }]);
      assert.equal(message.stop_reason, "end_turn");
      assert.equal(message.model, "claude-test");
      assert.equal(message.usage.input_tokens, 12);
      assert.equal(message.usage.output_tokens, 5);
      assert.match(message._request_id, /^req_/);
      assert.equal(provider.requests[0].path, "/v1/chat/completions");
      assert.equal(provider.requests[0].headers.authorization, "Bearer provider-key");
      assert.deepEqual(provider.requests[0].body,
        { model: "gpt-test", messages: [{ role: "user", content: "hi" }], max_tokens: 1000 });
    });

    it("streams text through its helper", async () => {
      provider.streams([chunk({ role: "assistant", content: "" }), chunk({ content: "Hel" }), chunk({ content: "lo 🌍" }),
                        chunk({}, "stop"), usage(7, 3)]);

      const seen = [];
      const message = await client.messages.stream(question).on("text", (text) => seen.push(text)).finalMessage();

      assert.deepEqual(seen, ["Hel", "lo 🌍"]);
      assert.deepEqual(message.content.map(({ type, text }) => ({ type, text })), [{ type: "text", text: "Hello 🌍" }]);
      assert.equal(message.stop_reason, "end_turn");
      assert.equal(message.usage.input_tokens, 7);
      assert.equal(message.usage.output_tokens, 3);
    });

    it("runs a tool's round trip, with calls that come interleaved", async () => {
      const piece = (index, more) => chunk({ tool_calls: [{ index, ...more }] });
      provider.streams([
        chunk({ content: "Looking." }),
        piece(0, { id: "call_a", type: "function", function: { name: "get_weather", arguments: '{"city":' } }),
        piece(1, { id: "call_b", type: "function", function: { name: "get_weather", arguments: '{"city":' } }),
        piece(0, { function: { arguments: '"Bern"}' } }),
        piece(1, { function: { arguments: '"Rom"}' } }),
        chunk({}, "tool_calls"), usage(50, 9),
      ]);
      const request = { ...question, tools: [weather] };

      const first = await client.messages.stream(request).finalMessage();

      assert.equal(first.stop_reason, "tool_use");
      const calls = first.content.filter((block) => block.type === "tool_use");
      assert.deepEqual(calls.map(({ id, name, input }) => ({ id, name, input })), [
        { id: "call_a", name: "get_weather", input: { city: "Bern" } },
        { id: "call_b", name: "get_weather", input: { city: "Rom" } },
      ]);

      provider.replies(completion({ content: "Sun and rain." }));
      const second = await client.messages.create({
        ...request,
        messages: [...question.messages, { role: "assistant", content: first.content }, {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "call_a", content: "sun" },
            { type: "tool_result", tool_use_id: "call_b", content: "no station", is_error: true },
          ],
        }],
      });

      assert.equal(second.content[0].text, "Sun and rain.");
      assert.deepEqual(provider.requests[1].body.messages, [
        { role: "user", content: "hi" },
        { role: "assistant", content: "Looking.", tool_calls: [
          { id: "call_a", type: "function", function: { name: "get_weather", arguments: '{"city":"Bern"}' } },
          { id: "call_b", type: "function", function: { name: "get_weather", arguments: '{"city":"Rom"}' } },
        ] },
        { role: "tool", tool_call_id: "call_a", content: "sun" },
        { role: "tool", tool_call_id: "call_b", content: "Error: no station" },
      ]);
    });

    it("shows thinking only to those who asked for it", async () => {
      const chunks = [chunk({ reasoning_content: "Hm" }), chunk({ reasoning_content: "m." }), chunk({ content: "42" }),
                      chunk({}, "stop"), usage(5, 8)];
      const thinking = { type: "enabled", budget_tokens: 1024 };
      provider.streams(chunks).streams(chunks);

      const told = await client.messages.stream({ ...question, max_tokens: 4000, thinking }).finalMessage();
      const untold = await client.messages.stream(question).finalMessage();

      assert.equal(told.content[0].type, "thinking");
      assert.equal(told.content[0].thinking, "Hmm.");
      assert.match(told.content[0].signature, /^gw1\./);
      assert.equal(told.content[1].text, "42");
      assert.deepEqual(untold.content.map((block) => block.type), ["text"]);
    });

    it("sends images, also those in tool results", async () => {
      const image = { type: "image", source: { type: "base64", media_type: "image/png", data: kPixel } };
      provider.replies(completion({ content: "A pixel." }));

      await client.messages.create({
        ...question, tools: [weather],
        messages: [
          { role: "user", content: [image, { type: "text", text: "what?" }] },
          { role: "assistant", content: [{ type: "tool_use", id: "toolu_1", name: "get_weather", input: {} }] },
          { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: [image] }] },
        ],
      });

      const { messages } = provider.requests[0].body;
      const part = { type: "image_url", image_url: { url: `data:image/png;base64,${kPixel}` } };
      assert.deepEqual(messages[0].content, [part, { type: "text", text: "what?" }]);
      assert.equal(messages[2].role, "tool");
      assert.equal(typeof messages[2].content, "string");
      assert.deepEqual(messages[3].content.at(-1), part);
    });

    it("turns a provider's error before the first word into an error of the SDK", async () => {
      provider.replies({ error: { message: "Rate limit reached", type: "requests", code: "rate_limit_exceeded" } },
                       { status: 429, headers: { "retry-after": "7" } });

      await assert.rejects(client.messages.stream(question).finalMessage(), (error) => {
        assert.ok(error instanceof sdk.RateLimitError);
        assert.equal(error.headers.get("retry-after"), "7");
        assert.match(error.message, /Rate limit reached/);
        return true;
      });
    });

    it("words an overflow so that clients recover", async () => {
      provider.replies({ error: {
        message: "This model's maximum context length is 8192 tokens. However, you requested 9100 tokens " +
          "(9000 in the messages, 100 in the completion). Please reduce the length of the messages or completion.",
        type: "invalid_request_error", param: "messages", code: "context_length_exceeded" } }, { status: 400 });

      await assert.rejects(client.messages.create(question), (error) => {
        assert.ok(error instanceof sdk.BadRequestError);
        assert.equal(error.error.error.message, "prompt is too long: 9000 tokens > 8192 maximum");
        return true;
      });
    });

    it("never takes half an answer for a whole one", async () => {
      provider.streams([chunk({ content: "half" })], { done: false });
      await assert.rejects(client.messages.stream(question).finalMessage(), /ended prematurely/);

      provider.streams([chunk({ content: "half" })], { cut: true });
      await assert.rejects(client.messages.stream(question).finalMessage(), /ended prematurely/);

      provider.streams([chunk({ content: "half" }), { error: { message: "Overloaded", code: 503 } }]);
      await assert.rejects(client.messages.stream(question).finalMessage(), /Overloaded/);
    });

    it("counts tokens though the provider cannot", async () => {
      const { input_tokens } = await client.messages.countTokens({ model: "claude-test", messages: question.messages });

      assert.ok(Number.isInteger(input_tokens) && input_tokens >= 1);
      assert.equal(provider.requests.length, 0);
    });
  });
}
