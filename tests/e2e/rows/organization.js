/*
 * organization.js: the rows of the organization's keys.
 */
"use strict";
const { assert, story } = require("./kit.js");

const KEYS = "/developer/api-keys";
const COLUMNS = ["Name", "Prefix", "Permissions", "Created", "Last used", "Expires", "Status"];

const make = (person, name, level = "Read", expires = "") =>
	person.make(KEYS, "Create", { Name: name, Expiration: expires }, () => person.choice(level, "radio").check());

/* As the document says: the page, the button, a name, a level, a date, the text. */
const crm = story(async ({ admin, service }) => {
	await admin.side("API keys", "Developer");
	await admin.go("Create API key");
	const asked = await admin.asked(), missing = await admin.missing();
	await admin.says("Create and update them as well.");
	await admin.fill({ Name: "CRM Sync", Expiration: "2099-06-30" });
	await admin.choice("Write", "radio").check();
	await admin.press("Create");
	const shown = await admin.take();
	return { ...shown, asked, missing, self: await service.ask(shown.token, "/v1/self") };
});

const lookingOnly = story(({ admin }) => make(admin, "looking only"));

/* The list, read once. */
const list = story(async (s) => {
	await crm(s);
	await lookingOnly(s);
	await s.admin.open(KEYS);
	return { rows: await s.admin.rows(), columns: await s.admin.columns(), html: await s.admin.page.content() };
});

/* Its successor first; then the old one is revoked, and asked about before. */
const replaced = story(async ({ admin, service }) => {
	const old = await service.key(admin, "organization", "old key", { permission: "read" }), fresh = await make(admin, "successor");
	const both = [await service.works(old.token), await service.works(fresh.token)];
	await admin.go("Revoke: old key");
	const asked = [await admin.heading(), (await admin.facts()).Name], still = await service.works(old.token);
	await admin.press("Revoke");
	await admin.says("Revoked. It stopped working at once.");
	const after = [await service.works(old.token), await service.works(fresh.token)];
	return { old, fresh, both, asked, still, after, listed: await admin.listed("old key") };
});

module.exports = {
	"2.7": async ({ admin, member }) => {
		await admin.side("API keys", "Developer");
		assert.equal(new URL(admin.page.url()).pathname, KEYS);
		assert.equal(await admin.heading(), "API keys");
		await admin.page.getByRole("link", { name: "Create API key" }).first().waitFor();
		assert.equal(await member.open(KEYS), 403);
	},
	"2.8": async (s) => {
		assert.deepEqual((await crm(s)).missing, ["Name"]);
		assert("CRM Sync" in (await list(s)).rows);
	},
	"2.9": async (s) => {
		const { service } = s, { token } = await lookingOnly(s);
		assert.equal((await list(s)).rows["looking only"].Permissions, "Read");
		assert.equal((await service.ask(token, service.org + "/appointments")).status, 200);
		assert.equal((await service.ask(token, service.org + "/appointments", "POST", { title: "No" })).status, 403);
	},
	"2.10": async (s) => {
		const { service } = s, { token } = await crm(s), all = service.org + "/appointments";
		const made = await service.ask(token, all, "POST", { title: "Survey" });
		assert.equal(made.status, 201);
		assert.equal((await service.ask(token, all)).status, 200);
		assert.equal((await service.ask(token, `${all}/${made.body.id}`, "PATCH", { title: "Repair" })).status, 200);
		assert.equal((await service.ask(token, `${all}/${made.body.id}`, "DELETE")).status, 403);
	},
	"2.11": async (s) => {
		assert.deepEqual((await crm(s)).asked, ["Name", "Description (optional)", "Permission", "Expiration (optional)"]);
		assert.equal((await crm(s)).self.body.key.expires_at, "2099-06-30T23:59:59Z");
	},
	"2.12": async (s) => {
		const { token, text, gated } = await crm(s);

		assert.match(text, /only time it is shown/);
		assert(gated, "it can be closed before it was copied");
		assert.equal(await s.service.works(token), 200);
	},
	"2.13": async (s) => assert.match((await crm(s)).text, /We keep no copy: if you lose it, make another/),
	"2.15": async (s) => {
		const { "CRM Sync": row } = (await list(s)).rows;

		assert.equal(row.Prefix, (await crm(s)).token.slice(0, 7) + "…");
		assert.match(row.Prefix, /^dk_.{4}…$/);
	},
	"2.16": async (s) => {
		const { token } = await crm(s);

		assert(!(await list(s)).html.includes(token.slice(7)), "the list has the text");
		await s.admin.open(KEYS);
		await s.admin.go("CRM Sync");
		assert(!(await s.admin.page.content()).includes(token.slice(7)), "its page has the text");
	},
	"2.17": async (s) => {
		const { rows } = await list(s);

		/* Also what another admin has made. */
		for (const name of ["CRM Sync", "looking only", "made elsewhere"])
			assert(name in rows, name);
	},
	"2.18": async (s) => assert.deepEqual((await list(s)).columns.slice(0, COLUMNS.length), COLUMNS),
	"2.19": async (s) => assert.match((await list(s)).rows["made elsewhere"].Prefix, /^dk_.{4}…$/),
	"2.20": async (s) => {
		const { rows } = await list(s);

		assert.deepEqual([rows["CRM Sync"].Permissions, rows["made elsewhere"].Permissions], ["Write", "Read"]);
	},
	"2.21": async (s) => {
		const { items } = await s.service.must("GET", "/keys?kind=organization&search=CRM");

		assert.equal((await list(s)).rows["CRM Sync"].at.Created, Date.parse(items[0].created_at));
	},
	"2.22": async (s) => {
		const { rows } = await list(s);

		assert.equal(rows["CRM Sync"].at.Expires, Date.parse((await crm(s)).self.body.key.expires_at));
		assert.match(rows["CRM Sync"].Expires, /^2099-06-30 23:59:59/);
		assert.equal(rows["made elsewhere"].Expires, "Never");
	},
	"2.23": Object.assign(async (s) => {
		await crm(s);
		await s.admin.until(KEYS, () => s.admin.cell("CRM Sync", "Last used"));
		assert.equal(await s.admin.cell("made elsewhere", "Last used"), "Never used");
	}, { late: true }),
	"2.24": async (s) => {
		const { asked, still } = await replaced(s);

		assert.deepEqual([asked, still], [["Revoke this key?", "old key"], 200]);
	},
	"2.25": async (s) => assert.equal((await replaced(s)).after[0], 401),
	"2.26": async (s) => {
		const { old, listed } = await replaced(s);

		assert.equal(listed, 0);
		assert.equal((await s.service.ask(old.token, s.service.org + "/appointments")).status, 401);
		await s.admin.open(KEYS);
		await s.admin.go("Show revoked keys too");
		assert.equal(await s.admin.cell("old key", "Status"), "Revoked");
		assert.equal(await s.admin.row("old key").getByRole("link", { name: "Revoke: old key" }).count(), 0);
	},
	"2.27": async (s) => {
		const { both, after } = await replaced(s);

		assert.deepEqual([both, after[1]], [[200, 200], 200]);
	},
};
