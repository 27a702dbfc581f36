-- wrk (https://github.com/wg/wrk/blob/master/SCRIPTING): each request is one of a file's, drawn uniformly.
-- Arguments: the file, a line for each request (path and headers, with tabs between them), and a seed.
-- Prints one line of JSON: seconds, requests, errors, and p50 and p99 in milliseconds.

local asked = {}

function init(args)
   math.randomseed(tonumber(args[2]))
   for line in io.lines(args[1]) do
      local path, headers = nil, {}
      for part in line:gmatch("[^\t]+") do
         if path == nil then
            path = part
         else
            local name, value = part:match("^([^:]+): (.*)$")
            headers[name] = value
         end
      end
      headers["Host"] = wrk.headers["Host"]
      asked[#asked + 1] = wrk.format("GET", path, headers)
   end
end

function request()
   return asked[math.random(#asked)]
end

function done(summary, latency, requests)
   local e = summary.errors
   local errors = e.connect + e.read + e.write + e.status + e.timeout
   io.write(string.format('{"seconds":%f,"requests":%d,"errors":%d,"p50":%f,"p99":%f}\n', summary.duration / 1e6,
      summary.requests, errors, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
