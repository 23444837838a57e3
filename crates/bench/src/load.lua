-- wrk -s load.lua URL -- METHOD BODY_FILE TAG: asks for the same thing all the time; prints one line of JSON at its end.
function init(args)
  wrk.method = args[1]
  wrk.headers["Accept"] = "application/json"
  if args[1] == "POST" then
    local file = assert(io.open(args[2], "rb"))
    wrk.body = file:read("*a")
    file:close()
    wrk.headers["Content-Type"] = "application/json"
  end
  if args[3] ~= nil and args[3] ~= "" then
    wrk.headers["If-None-Match"] = args[3]
  end
  request_bytes = wrk.format()
end

function request() return request_bytes end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "RESULT {\"per_second\": %.1f, \"p99_ms\": %.3f, \"bad\": %d}\n",
    summary.requests / (summary.duration / 1e6), latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
