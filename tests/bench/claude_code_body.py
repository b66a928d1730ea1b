"""Request bodies as Claude Code sends them: the same shape, invented words, the same bytes on every run."""
import json
import random

_WORDS = ("the file returns value error test build path config request stream provider token module class function "
          "async await result should parse before after when while server client route retry health cache").split()


# Stands once in every body, in what the user says. Load programs write other digits there, so that requests differ.
NUMBER = "request-0000000000000000"


# Who asks, and in which session: a JSON text within the JSON text.
_USER_ID = json.dumps({"device_id": "0" * 64, "account_uuid": "", "session_id": "5e2c1a52-3f1c-4f6e-9a51-0c6d1f0e7b11"},
                      separators=(",", ":"))


def _words(dice: random.Random, count: int) -> str:
    return " ".join(dice.choice(_WORDS) for _ in range(count))


def _tool(dice: random.Random, number: int) -> dict:
    names = [f"{dice.choice(_WORDS)}_{i}" for i in range(4)]
    properties = {name: {"type": "string", "description": _words(dice, 25)} for name in names}
    return {
        "name": f"Tool{number}",
        "description": f"{_words(dice, 120)}.\n\nUsage:\n- {_words(dice, 40)}\n- {_words(dice, 30)}",
        "input_schema": {
            "$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": properties,
            "required": names[:2], "additionalProperties": False,
        },
    }


def _source_file(dice: random.Random, lines: int) -> str:
    """What a Read tool returns: numbered lines with quotes, tabs and now and then a character beyond ASCII."""
    return "\n".join(f'{n:6}→\tconst {_words(dice, 1)} = "{_words(dice, 6)}"; // {_words(dice, 4)} “é”'
                     for n in range(1, lines + 1))


def _turn(dice: random.Random, number: int) -> list[dict]:
    use = {"type": "tool_use", "id": f"toolu_{number:024}", "name": "Tool0", "input": {"file_path": f"/src/{number}.ts"}}
    result = {"type": "tool_result", "tool_use_id": use["id"], "content": _source_file(dice, 24)}
    return [
        {"role": "assistant", "content": [{"type": "text", "text": _words(dice, 40)}, use]},
        {"role": "user", "content": [result]},
    ]


def make_body(size: int, model: str = "claude-bench", stream: bool = False) -> bytes:
    """A body of exactly `size` bytes. The model's name routes it and, for streams, tells the mock provider which
    (mock_conversation.hpp)."""
    dice = random.Random(1)
    large = size > 20_000
    messages = [{"role": "user", "content": [{"type": "text", "text": _words(dice, 60)}]}]
    body = {
        "model": model,
        "messages": messages,
        "system": [{"type": "text", "text": _words(dice, 2000 if large else 60), "cache_control": {"type": "ephemeral"}}],
        "tools": [_tool(dice, n) for n in range(25)] if large else [],
        "metadata": {"user_id": _USER_ID},
        "max_tokens": 32000,
        "stream": stream,
    }
    encode = lambda: json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    turn = 0
    while large:
        more = _turn(dice, turn)
        if len(encode()) + len(json.dumps(more, ensure_ascii=False).encode()) + 300 > size:
            break
        messages.extend(more)
        turn += 1
    filler = {"type": "text", "text": ""}
    messages[0]["content"].append(filler)
    messages[-1]["content"][-1]["cache_control"] = {"type": "ephemeral"}
    filler["text"] = NUMBER
    filler["text"] += "x" * (size - len(encode()))
    encoded = encode()
    if len(encoded) != size:
        raise ValueError(f"{size} bytes are too few for a body")
    return encoded


if __name__ == "__main__":
    import sys
    sys.stdout.buffer.write(make_body(int(sys.argv[1])))
