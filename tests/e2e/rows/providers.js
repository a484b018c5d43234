/*
 * providers.js: the rows of provider keys.
 */
"use strict";
const { assert, story } = require("./kit.js");

const KEYS = "/settings/api-keys";
const ACTIONS = ["read", "write", "admin"];

/* These scopes and no other; then what the row wants besides. */
const make = (person, name, scopes = ["Read"], more = () => {}) => person.make(KEYS, "Create", { Name: name }, async () => {
	await person.untick("Read", "Write", "Admin");
	await person.tick(...scopes);
	await more();
});

const provider = (person, name) => person.page.getByRole("main").getByRole("listitem").filter({ hasText: name });

/* Only this provider, and of it this folder. */
const only = (person, name, path) => async () => {
	await person.choice("Only these", "radio").check();
	await provider(person, name).getByRole("checkbox").check();
	if (path)
		await provider(person, name).getByLabel("Base path").fill(path);
};

const may = async ({ service }, token, resource, path) => {
	const said = [];

	for (const action of ACTIONS)
		said.push(await service.may(token, action, resource, path));
	return said;
};

/* As the document says: the page, the button, a name, a scope, the text. */
const script = story(async ({ member }) => {
	await member.side("API keys", "Your keys");
	await member.go("New key");
	const asked = await member.asked(), missing = await member.missing(), form = await member.page.getByRole("main").innerText();
	const all = await member.choice("All providers", "radio").isChecked(), hidden = !await provider(member, "Archive").isVisible();
	await member.fill({ Name: "script" });
	await member.press("Create");
	return { ...await member.take(), asked, missing, form, all, hidden };
});

/* The list, read once. */
const list = story(async (s) => {
	await script(s);
	await backups(s);
	await s.member.open(KEYS);
	return { rows: await s.member.rows(), html: await s.member.page.content() };
});

const backups = story((s) => make(s.member, "backups", ["Write"], only(s.member, "Archive", "/backups")));
const scoped = ["Read", "Write", "Admin"].map((scope) => story((s) => make(s.admin, `scope ${scope}`, [scope])));

const revoked = story(async ({ member, service }) => {
	const { token } = await service.key(member, "provider", "revoked one", { scopes: ["read"] });
	await member.open(KEYS);
	const bin = member.row("revoked one").getByRole("link", { name: "Revoke: revoked one" });
	const drawn = await bin.locator("svg").count();
	await bin.click();
	const asked = [await member.heading(), (await member.facts()).Name];
	await member.go("Cancel");
	const still = await service.works(token);
	await member.go("Revoke: revoked one");
	await member.press("Revoke");
	return { token, drawn, asked, still, after: await service.ask(token, "/v1/self") };
});

module.exports = {
	"3.3": async ({ member }) => {
		await member.side("API keys", "Your keys");
		assert.equal(new URL(member.page.url()).pathname, KEYS);
		await member.go("New key");
		assert.equal(await member.heading(), "New key");
	},
	"3.4": async (s) => {
		const { member } = s, { asked, missing } = await script(s);

		assert.deepEqual(asked, ["Name", "Description (optional)", "Scopes", "Restrict providers", "Expiration (optional)"]);
		assert.deepEqual(missing, ["Name"]);
		await member.open(KEYS + "/new");
		await member.fill({ Name: "no scope" });
		await member.untick("Read", "Write", "Admin");
		await member.press("Create");
		assert.match(await member.trouble(), /at least one|Choose|scope/i);
		assert.equal(await member.field("Name").inputValue(), "no scope");
	},
	"3.5": async (s) => {
		const { token, text, gated } = await script(s);

		assert.match(text, /only time it is shown/);
		assert(gated, "it can be closed before it was copied");
		assert(!(await list(s)).html.includes(token.slice(12)), "the list has the text");
		assert.equal(await s.service.works(token), 200);
	},
	"3.6": async (s) => assert.match((await script(s)).token, /^drv_[0-9a-f]{40}$/),
	"3.7": async (s) => {
		const { token } = await script(s);
		assert.equal((await list(s)).rows.script.Prefix, token.slice(0, 12) + "…");
	},
	"3.11": async (s) => {
		const said = [];
		for (const one of scoped)
			said.push(await may(s, (await one(s)).token, s.wish.archive));
		assert.deepEqual(said, [[true, false, false], [true, true, false], [true, true, true]]);
	},
	"3.12": async (s) => {
		assert((await script(s)).form.includes("List folders and providers, browse and download files."));
		assert.equal(await s.service.may((await scoped[0](s)).token, "read", s.wish.archive, "/any/where"), true);
	},
	"3.13": async (s) => {
		assert((await script(s)).form.includes("Upload, move, rename and delete as well."));
		assert.equal(await s.service.may((await scoped[1](s)).token, "write", s.wish.archive, "/new"), true);
	},
	"3.14": async (s) => {
		assert((await script(s)).form.includes("Workspace settings and providers as well: full access."));
		assert.equal(await s.service.may((await scoped[2](s)).token, "admin", s.wish.vault), true);
	},
	"3.15": async (s) => assert.deepEqual(await may(s, (await scoped[2](s)).token, s.wish.vault, "/anywhere"), [true, true, true]),
	"3.16": async (s) => {
		const both = await make(s.admin, "two scopes", ["Read", "Write"]);
		assert.deepEqual(await may(s, both.token, s.wish.archive), [true, true, false]);
	},
	"3.17": async (s) => {
		const { service, wish } = s, { token, all } = await script(s);
		assert(all, "all providers are not the choice that is made already");
		assert.equal((await list(s)).rows.script["Restricted to"], "Everything");
		assert.deepEqual([await service.may(token, "read", wish.archive), await service.may(token, "read", wish.vault)], [true, true]);
	},
	"3.18": async (s) => {
		const { token } = await backups(s);
		assert.deepEqual([await s.service.may(token, "write", s.wish.archive, "/backups"), await s.service.may(token, "read", s.wish.vault)], [true, false]);
	},
	"3.19": async (s) => {
		assert.equal((await list(s)).rows.backups["Restricted to"], "Archive /backups");
	},
	"3.20": async (s) => {
		const { member, service, wish } = s;
		/* With scripts or without, the list is opened by the choice. */
		assert((await script(s)).hidden);
		const { token } = await make(member, "vault only", ["Read"], only(member, "Vault"));
		assert.deepEqual([await service.may(token, "read", wish.vault), await service.may(token, "read", wish.archive)], [true, false]);
		/* Nothing is ticked: that is not everything. */
		await member.open(KEYS + "/new");
		await member.fill({ Name: "none of them" });
		await member.choice("Only these", "radio").check();
		await member.press("Create");
		assert.match(await member.trouble(), /at least one/i);
	},
	"3.21": async (s) => {
		await s.member.open(KEYS + "/new");
		await s.member.choice("Only these", "radio").check();
		assert.equal(await provider(s.member, "Vault").getByLabel("Base path").inputValue(), "/");
	},
	"3.22": async (s) => {
		const key = await make(s.admin, "admin of backups", ["Admin"], only(s.admin, "Archive", "/backups"));
		assert.deepEqual(await may(s, key.token, s.wish.archive, "/documents"), [false, false, false]);
		assert.deepEqual(await may(s, key.token, s.wish.archive, "/backups/2025"), [true, true, true]);
	},
	"3.23": async (s) => {
		const { token } = await backups(s), said = [];
		for (const path of ["/", "/backups", "/backups/2025", "/backups2", "/documents"])
			said.push(await s.service.may(token, "write", s.wish.archive, path));
		assert.deepEqual(said, [false, true, true, false, false]);
		await s.member.open(KEYS);
		await s.member.go("backups");
		await s.member.choose({ Action: "Write", Where: "Archive" });
		await s.member.fill({ Path: "/backups2" });
		await s.member.press("Explain");
		await s.member.says("Not allowed");
	},
	"3.24": async (s) => {
		const { service } = s, { token, form } = await script(s);
		assert(form.includes("Also those that are added later."));
		const later = await service.must("POST", "/resources", { type: "provider", name: "Later", config: { driver: "local", root: s.wish.root } });
		await service.must("PUT", `/resources/${later.id}/grants/everyone`, { role: "member" });
		assert.equal(await service.may(token, "read", later.id), true);
		assert.equal(await service.may((await backups(s)).token, "read", later.id), false);
	},
	"3.27": async (s) => {
		assert((await script(s)).form.includes("Without a date it works until it is revoked."));
		assert.equal((await list(s)).rows.script.Expires, "Never");
	},
	"3.28": async (s) => {
		const { drawn, asked, still } = await revoked(s);

		assert.deepEqual([drawn, asked, still], [1, ["Revoke this key?", "revoked one"], 200]);
	},
	"3.29": async (s) => {
		const { token, after } = await revoked(s);

		assert.equal(after.status, 401);
		assert.equal(await s.service.may(token, "read", s.wish.archive), false);
		await s.member.open(KEYS);
		assert.equal(await s.member.listed("revoked one"), 0);
		await s.member.go("Show revoked keys too");
		assert.equal(await s.member.cell("revoked one", "Status"), "Revoked");
	},
};
