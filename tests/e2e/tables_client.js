// tables_client.js: a client of tables that knows nothing of us: the published package, unchanged.
//
// The environment has URL, SESSION (a session's token), WORKSPACE and BASE.  What is not as it must
// be ends it; at the end it prints what it did.
"use strict";

const assert = require("node:assert/strict");
const teable = require("@teable/openapi");

const { URL: endpoint, SESSION, WORKSPACE, BASE } = process.env;
const done = [];

async function call(name, ...args) {
	const answer = await teable[name](...args);
	done.push(name);
	return answer.data;
}

async function refused(status, code, name, ...args) {
	await assert.rejects(teable[name](...args), (e) => {
		assert.deepEqual([e.status, e.code], [status, code], e.message);
		return true;
	});
	done.push(`${name} ${status}`);
}

function as(token, workspace) {
	teable.configApi({ endpoint, token });
	const common = teable.axios.defaults.headers.common;
	delete common["x-workspace-id"];
	if (workspace)
		common["x-workspace-id"] = workspace;
}

async function structure() {
	const space = await call("createSpace", { name: "Client" });
	const base = await call("createBase", { spaceId: space.id, name: "Client" });
	const table = await call("createTable", base.id, {
		name: "Client",
		fields: [{ name: "Name", type: "singleLineText" }, { name: "Count", type: "number" }],
	});
	await call("createField", table.id, { name: "Done", type: "checkbox" });
	assert.deepEqual((await call("getFields", table.id)).map((f) => f.name), ["Name", "Count", "Done"]);
	assert.ok((await call("getSpaceList")).some((s) => s.id === space.id));
	assert.equal((await call("getBaseById", base.id)).spaceId, space.id);
	assert.equal((await call("getTableList", base.id))[0].id, table.id);
	assert.equal((await call("getViewList", table.id))[0].id, table.defaultViewId);
	return { space, base, table };
}

async function tokens(base) {
	const wish = { name: "client", scopes: ["read"], baseIds: [base.id], expiredTime: "2099-12-31" };
	const made = await call("createAccessToken", wish);
	assert.ok((await call("listAccessToken")).some((t) => t.id === made.id && !("token" in t)));
	assert.deepEqual((await call("getAccessToken", made.id)).baseIds, [base.id]);
	const changed = await call("updateAccessToken", made.id, { name: "client", scopes: ["read", "write"], baseIds: [base.id] });
	assert.deepEqual(changed.scopes, ["read", "write"]);
	const fresh = await call("refreshAccessToken", made.id);
	assert.notEqual(fresh.token, made.token);
	return { id: fresh.id, old: made.token, token: fresh.token };
}

async function records(table) {
	const { records: made } = await call("createRecords", table.id, {
		fieldKeyType: "name",
		typecast: true,
		records: [{ fields: { Name: "a", Count: "2" } }, { fields: { Name: "b", Count: 1 } }, { fields: { Name: "c" } }],
	});
	assert.deepEqual(made.map((r) => r.fields.Count), [2, 1, undefined]);
	const filtered = await call("getRecords", table.id, {
		filter: { conjunction: "and", filterSet: [{ fieldId: "Count", operator: "isGreaterEqual", value: 1 }] },
		orderBy: [{ fieldId: "Count", order: "asc" }],
		projection: ["Name"],
		take: 10,
		skip: 0,
		fieldKeyType: "name",
	});
	assert.deepEqual(filtered.records.map((r) => r.fields), [{ Name: "b" }, { Name: "a" }]);
	assert.equal((await call("getRecord", table.id, made[0].id, { cellFormat: "text" })).fields.Count, "2");
	const one = await call("updateRecord", table.id, made[0].id, { fieldKeyType: "name", record: { fields: { Done: true } } });
	assert.equal(one.fields.Done, true);
	const many = await call("updateRecords", table.id, { records: [{ id: made[1].id, fields: { Name: "B" } }] });
	assert.equal(many[0].fields.Name, "B");
	await call("deleteRecord", table.id, made[0].id);
	await call("deleteRecords", table.id, [made[1].id, made[2].id]);
	assert.deepEqual((await call("getRecords", table.id)).records, []);
}

async function main() {
	as(SESSION, WORKSPACE);
	const { base, table } = await structure();
	const token = await tokens(base);
	as(token.token);
	assert.ok((await call("userInfo")).id);
	await records(table);
	await refused(403, "restricted_resource", "createField", table.id, { name: "x", type: "number" });
	await refused(403, "restricted_resource", "listAccessToken");
	await refused(404, "not_found", "getRecords", BASE);
	await refused(404, "not_found", "getTableList", BASE);
	await refused(400, "validation_error", "getRecords", table.id, { take: 0 });
	as(token.old);
	await refused(401, "unauthorized", "getRecords", table.id);
	as(SESSION, WORKSPACE);
	await call("deleteAccessToken", token.id);
	as(token.token);
	await refused(401, "unauthorized", "getRecords", table.id);
	console.log(done.join("\n"));
}

main().catch((e) => {
	console.error(e);
	process.exit(1);
});
