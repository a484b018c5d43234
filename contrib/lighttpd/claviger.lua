-- claviger.lua: what an application behind the authorizer must not hear from a client.
--
-- lighttpd runs this before the authorizer, and again before the application.
--
-- Both times: no header that could be taken for an identity.  lighttpd makes HTTP_X_CLAVIGER_ID of
-- X-Claviger-Id, and of X_Claviger.Id as well.
-- The second time: no credential, it was for the authorizer.

local header = lighty.r.req_header
local env = lighty.r.req_env
local forged = {}

for name in pairs(header) do
	if name:lower():gsub("[^%w]", "-"):sub(1, 11) == "x-claviger-" then
		table.insert(forged, name)
	end
end
for _, name in ipairs(forged) do
	header[name] = nil
end

if env["CLAVIGER_ASKED"] then
	header["Authorization"] = nil
end
env["CLAVIGER_ASKED"] = "yes"
