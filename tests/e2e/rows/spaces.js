/*
 * spaces.js: the rows of space tokens.
 */
"use strict";
const { assert, story } = require("./kit.js");

const TOKENS = "/settings/access-tokens";

/* These scopes and no other; then what the row wants besides. */
const make = (person, name, scopes, more = () => {}) =>
	person.make(TOKENS, "Create", { Name: name, Expiration: "2099-12-31" }, async () => {
		await person.untick("Read", "Write", "Admin", "Full access");
		await person.tick(...scopes);
		await more();
	});

/* One that is there already. */
const have = ({ member, service }, name) => service.key(member, "space", name, { scopes: ["read"], expires_at: "2099-12-31" });

const thing = (person, name) => person.page.getByRole("main").getByRole("listitem").filter({ hasText: name }).getByRole("checkbox").first();

const only = (person, name) => async () => {
	await person.choice("Only these", "radio").check();
	await thing(person, name).check();
};

const records = (service, token, table, method, body) => service.ask(token, `/api/table/${table}/record`, method, body);

/* What the token may do with a table: look, add, end. */
async function uses({ service }, token, table) {
	const looked = await records(service, token, table);
	const made = await records(service, token, table, "POST", { records: [{ fields: { Task: "By a token" } }] });
	const id = made.status < 300 ? made.body.records[0].id : "recAAAAAAAAAAAAAAAA";
	const ended = await service.ask(token, `/api/table/${table}/record/${id}`, "DELETE");

	return [looked, made, ended].map((a) => a.status < 300);
}

/* As the document says: the page, the button, a name, the scopes, a date, the text. */
const ci = story(async ({ member, service, wish }) => {
	await member.side("Access tokens");
	await member.go("Space tokens");
	await member.go("Create token");
	const asked = await member.asked(), missing = await member.missing(), form = await member.page.getByRole("main").innerText();
	const offered = await member.page.getByRole("group", { name: "Scopes" }).locator("strong").allInnerTexts();
	await member.fill({ Name: "CI pipeline", Expiration: "2099-12-31" });
	await member.press("Create");
	const shown = await member.take();
	const listed = (await member.rows())["CI pipeline"], html = await member.page.content();
	return { ...shown, asked, missing, form, offered, listed, html, used: (await records(service, shown.token, wish.table)).status };
});

const scoped = Object.fromEntries(["Read", "Write", "Admin", "Full access"].map((scope) =>
	[scope, story((s) => make(s.member, `scope ${scope}`, [scope]))]));

const refreshed = story(async ({ member, service }) => {
	const old = await have({ member, service }, "to be refreshed"), before = await service.works(old.token);
	await member.open(TOKENS);
	const ends = await member.cell("to be refreshed", "Expires");
	await member.go("Refresh: to be refreshed");
	const asked = await member.heading();
	await member.press("Refresh");
	const shown = await member.take();
	return { old, before, asked, shown, ends, then: await member.cell("to be refreshed", "Expires"), after: await service.works(old.token), listed: await member.listed("to be refreshed") };
});

module.exports = {
	"4.3": async ({ member }) => {
		await member.side("Access tokens");
		await member.go("Space tokens");
		assert.equal(new URL(member.page.url()).pathname, TOKENS);
		await member.go("Create token");
		assert.equal(await member.heading(), "Create token");
	},
	"4.4": async (s) => {
		const { missing, listed } = await ci(s);

		assert(missing.includes("Name"), missing);
		assert(listed, "it is not in the list");
	},
	"4.5": async (s) => {
		const { member } = s, { asked, offered } = await ci(s);

		assert(asked.includes("Scopes"), asked);
		assert.deepEqual(offered, ["Read", "Write", "Admin", "Full access"]);
		await make(member, "two scopes", ["Read", "Write"]);
		assert.equal(await member.cell("two scopes", "Permissions"), "Read, Write");
	},
	"4.6": async (s) => {
		const { member, service, wish } = s;
		const one = await make(member, "one base", ["Read"], only(member, "Projects"));
		assert.equal(await member.cell("one base", "Restricted to"), "Projects");
		const space = await make(member, "one space", ["Read"], only(member, "Drafts"));
		assert.equal(await member.cell("one space", "Restricted to"), "Drafts");
		const reads = async (token) => [(await records(service, token, wish.table)).status < 300, (await records(service, token, wish.table2)).status < 300];
		assert.deepEqual([await reads(one.token), await reads(space.token)], [[true, false], [false, true]]);
	},
	"4.7": async (s) => {
		assert.deepEqual((await ci(s)).missing, ["Name", "Expiration"]);
		assert.match((await ci(s)).listed.Expires, /^2099-12-31 23:59:59/);
	},
	"4.8": async (s) => {
		const { token, text, gated, html } = await ci(s);

		assert.match(text, /only time it is shown/);
		assert(gated, "it can be closed before it was copied");
		assert(!html.includes(token), "the list has the text");
		assert.equal(await s.service.works(token), 200);
	},
	"4.9": async (s) => {
		const { token } = await scoped["Full access"](s);
		assert.deepEqual(await uses(s, token, s.wish.table), [true, true, true]);
		assert.equal(await s.service.may(token, "admin", s.wish.space), true);
		assert((await ci(s)).form.includes("Everything you can reach yourself."));
	},
	"4.10": async (s) => {
		assert.deepEqual(await uses(s, (await scoped.Read(s)).token, s.wish.table), [true, false, false]);
		assert((await ci(s)).form.includes("Read records, fields, views and the schemas of tables."));
	},
	"4.11": async (s) => {
		const { token } = await scoped.Write(s);
		assert.deepEqual(await uses(s, token, s.wish.table), [false, true, true]);
		assert.equal(await s.service.may(token, "admin", s.wish.space), false);
		assert((await ci(s)).form.includes("Create, update and delete records."));
	},
	"4.12": async (s) => {
		const { token } = await scoped.Admin(s);
		assert.equal(await s.service.may(token, "admin", s.wish.space), true);
		assert.deepEqual(await uses(s, token, s.wish.table), [false, false, false]);
		assert((await ci(s)).form.includes("Manage spaces, bases and their members."));
	},
	"4.15": Object.assign(async (s) => {
		await ci(s);
		await s.member.open(TOKENS);
		const columns = await s.member.columns();
		for (const column of ["Name", "Created", "Last used", "Expires"])
			assert(columns.includes(column), column);
		assert.match(await s.member.cell("CI pipeline", "Created"), /^\d{4}-\d\d-\d\d /);
		await s.member.until(TOKENS, () => s.member.cell("CI pipeline", "Last used"));
	}, { late: true }),
	"4.16": async (s) => {
		const { old, shown, asked, ends, then, listed } = await refreshed(s);

		assert.equal(asked, "Refresh this token?");
		assert.notEqual(old.token, shown.token);
		assert.deepEqual([ends, listed], [then, 1]);
	},
	"4.17": async (s) => {
		const { before, after } = await refreshed(s);

		assert.deepEqual([before, after], [200, 401]);
	},
	"4.18": async (s) => {
		const { shown } = await refreshed(s);

		assert(shown.gated, "it can be closed before it was copied");
		assert.equal(await s.service.works(shown.token), 200);
		await s.member.open(TOKENS);
		assert(!(await s.member.page.content()).includes(shown.token), "the list has the text");
	},
	"4.19": async ({ member, service, wish }) => {
		const { token } = await have({ member, service }, "to be deleted");
		await member.open(TOKENS);
		assert.equal((await records(service, token, wish.table)).status, 200);
		await member.go("Delete: to be deleted");
		await member.says("Whatever uses it stops working at once.");
		await member.press("Delete");
		assert.equal(await member.listed("to be deleted"), 0);
		assert.equal((await records(service, token, wish.table)).status, 401);
	},
	"4.22": async ({ member, service }) => {
		const lost = await make(member, "lost", ["Read"]);
		assert.match(lost.text, /We keep no copy: if you lose it, make another/);
		await member.go("Delete: lost");
		await member.press("Delete");
		const again = await make(member, "lost", ["Read"]);
		assert.deepEqual([await service.works(lost.token), await service.works(again.token)], [401, 200]);
	},
};
