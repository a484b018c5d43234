-- tokens.lua: what wrk asks.
--
--	wrk ... -s tokens.lua URL -- TOKENS METHOD PATH [count]
--
-- One request after the other, each with the next line of the file TOKENS as its bearer token; "-"
-- is none.  Prints one line "BENCH" with its figures as JSON.  With "count" also how often each
-- status was answered, which costs wrk so much that it is not done while anything is timed.

local requests, at = {}, 0
local threads = {}

function setup(thread)
	table.insert(threads, thread)
end

function init(args)
	for token in io.lines(args[1]) do
		local headers = {}
		if token ~= "-" then
			headers["Authorization"] = "Bearer " .. token
		end
		table.insert(requests, wrk.format(args[2], args[3], headers))
	end
	statuses = {}
	if args[4] == "count" then
		response = function(status)
			statuses[status] = (statuses[status] or 0) + 1
		end
	end
end

function request()
	at = at % #requests + 1
	return requests[at]
end

function done(summary, latency)
	local e, seen = summary.errors, {}
	for _, thread in ipairs(threads) do
		for status, n in pairs(thread:get("statuses")) do
			table.insert(seen, string.format('"%d":%d', status, n))
		end
	end
	io.write(string.format('BENCH {"requests":%d,"us":%d,"p50":%d,"p99":%d,"connect":%d,"read":%d,' ..
		'"write":%d,"timeout":%d,"refused":%d,"statuses":{%s}}\n', summary.requests, summary.duration,
		latency:percentile(50), latency:percentile(99), e.connect, e.read, e.write, e.timeout,
		e.status, table.concat(seen, ",")))
end
