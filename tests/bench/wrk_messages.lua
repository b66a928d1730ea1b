-- Sends the body in the file $BENCH_BODY to wrk's URL and prints one JSON line of results. Each request has a number of
-- its own in place of the body's (claude_code_body.py), from $BENCH_FIRST_NUMBER on, so that no two ask the same; without
-- it all ask the same.
local file = assert(io.open(os.getenv("BENCH_BODY"), "rb"))
wrk.method = "POST"
wrk.body = file:read("*a")
wrk.headers["content-type"] = "application/json"
wrk.headers["anthropic-version"] = "2023-06-01"
wrk.headers["x-api-key"] = "bench"
file:close()

if os.getenv("BENCH_FIRST_NUMBER") then
  local before, behind
  local number = tonumber(os.getenv("BENCH_FIRST_NUMBER"))

  function init(arguments)
    local whole = wrk.format()
    local first, last = whole:find("request%-%d+")
    before, behind = whole:sub(1, first - 1), whole:sub(last + 1)
  end

  function request()
    number = number + 1
    return before .. string.format("request-%016d", number) .. behind
  end
end

function done(summary, latency, requests)
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"not_200":%d,"connect":%d,"read":%d,"write":%d,"timeout":%d,"p50_us":%d,"p99_us":%d}\n',
    summary.requests, summary.duration / 1e6, summary.errors.status, summary.errors.connect, summary.errors.read,
    summary.errors.write, summary.errors.timeout, latency:percentile(50), latency:percentile(99)))
end
