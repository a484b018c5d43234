/*
 * machines.js: the rows of machines.
 */
"use strict";
const { assert, story } = require("./kit.js");

const MACHINES = "/settings/machines";
const READS = "Member: reads the content", RULES = "Admin: full control of the source";

/* As the document says: the page, the button, a name, a description, an expiration, the text. */
const builder = story(async ({ admin }) => {
	await admin.side("Machines");
	await admin.go("New machine");
	const asked = await admin.asked(), missing = await admin.missing(), offered = await admin.options("Expiration");
	await admin.fill({ Name: "builder", Description: "builds at night" });
	await admin.choose({ Expiration: "1 year" });
	await admin.press("Create");
	const shown = await admin.take();
	return { ...shown, asked, missing, offered, path: new URL(admin.page.url()).pathname, facts: await admin.facts() };
});

let made = 0;

/* One that a row has for itself. */
async function machine({ service }, name = `machine ${++made}`) {
	const { machine: m, token } = await service.must("POST", "/machines", { name, expires_in: "90d" });

	return { name, id: m.id, token, path: `${MACHINES}/${m.id}` };
}

async function assign({ admin }, m, source, role) {
	await admin.open(m.path + "/sources");
	await admin.choose({ Source: source, Role: role });
	await admin.press("Assign");
}

async function join({ admin }, m, team) {
	await admin.open(m.path + "/teams");
	await admin.choose({ Team: team });
	await admin.press("Add");
}

/* Another key, for half a year; what overview says before and after. */
const regenerated = story(async (s) => {
	const { admin, service } = s, m = await machine(s, "lost key");
	await admin.open(m.path);
	const now = await admin.facts(), before = await service.works(m.token);
	await admin.below("Regenerate key", async () => {
		await admin.choose({ Expiration: "6 months" });
		await admin.press("Regenerate key");
	});
	const shown = await admin.take();
	return { m, before, now, shown, then: await admin.facts(), old: await service.works(m.token) };
});

/* One that was in a team and had a source is deleted. */
const deleted = story(async (s) => {
	const { admin, service } = s, m = await machine(s, "to be deleted");
	await assign(s, m, "Handbook", READS);
	await join(s, m, "Operations");
	const before = await service.works(m.token);
	await admin.open(m.path);
	await admin.go("Settings");
	const zone = await admin.page.locator(".danger-zone").innerText();
	await admin.below("Danger zone", async () => {
		await admin.fill({ "Write its name to confirm": "another name" });
		await admin.press("Delete machine");
	});
	const trouble = await admin.trouble(), still = await service.works(m.token);
	await admin.below("Danger zone", async () => {
		await admin.fill({ "Write its name to confirm": "to be deleted" });
		await admin.press("Delete machine");
	});
	return { m, before, zone, trouble, still, after: await service.ask(m.token, "/v1/self"), listed: await admin.listed("to be deleted") };
});

module.exports = {
	"1.3": async ({ admin, member }) => {
		await admin.side("Machines");
		assert.equal(await admin.heading(), "Machines");
		await member.open("/settings/tokens");
		assert.equal(await member.page.getByRole("link", { name: "Machines", exact: true }).count(), 0);
		assert.equal(await member.open(MACHINES), 403);
		await member.page.getByText("role does not allow").waitFor();
	},
	"1.4": async (s) => {
		await builder(s);
		await s.admin.open(MACHINES + "/new");
		await s.admin.fill({ Name: "Builder" });
		await s.admin.press("Create");
		assert.match(await s.admin.trouble(), /Another machine has this name/);
		assert.equal(await s.admin.field("Name").inputValue(), "Builder");
	},
	"1.5": async (s) => {
		const { missing, facts } = await builder(s);

		assert.deepEqual(missing, ["Name"]);
		assert.equal(facts.Description, "builds at night");
		await s.admin.side("Machines");
		await s.admin.says("builds at night");
	},
	"1.6": async (s) => {
		assert.deepEqual((await builder(s)).offered, ["30 days", "90 days", "6 months", "1 year", "Never"]);
		await s.admin.make(MACHINES, "Create", { Name: "for ever" }, () => s.admin.choose({ Expiration: "Never" }));
		assert.equal((await s.admin.facts()).Expires, "Never");
	},
	"1.7": async (s) => {
		const { token, text, gated, facts, path } = await builder(s);

		assert.match(text, /only time it is shown/);
		assert(gated, "it can be closed before it was copied");
		assert.equal(facts.Prefix, token.slice(0, 11) + "…");
		await s.admin.open(path);
		assert(!(await s.admin.page.content()).includes(token.slice(11)), "its page has the text");
	},
	"1.8": async (s) => {
		const { before, old, shown } = await regenerated(s);

		assert.deepEqual([before, old, await s.service.works(shown.token)], [200, 401, 200]);
	},
	"1.9": async (s) => assert.match((await builder(s)).facts.Prefix, /^drvm_.{6}…$/),
	"1.11": async (s) => {
		const { snippet, token } = await builder(s);

		assert.equal(snippet.mcpServers.claviger.type, "http");
		assert.match(snippet.mcpServers.claviger.headers.Authorization, /^Bearer \$\{\w+\}$/);
		assert(!JSON.stringify(snippet).includes(token));
	},
	"1.12": async (s) => assert.equal((await builder(s)).snippet.mcpServers.claviger.url, s.wish.base + "/mcp/v1"),
	"1.14": async (s) => {
		const { admin, service, wish } = s, m = await machine(s);
		await admin.open(m.path + "/sources");
		assert.deepEqual(await admin.options("Role"), [READS, RULES]);
		assert.equal(await service.may(m.token, "read", wish.handbook), false);
		await assign(s, m, "Handbook", READS);
		assert.equal(await admin.cell("Handbook", "Role"), "Member");
		assert.equal(await service.may(m.token, "read", wish.handbook), true);
	},
	"1.15": async (s) => {
		const m = await machine(s);
		await assign(s, m, "Handbook", RULES);
		for (const action of ["read", "write", "admin"])
			assert.equal(await s.service.may(m.token, action, s.wish.handbook), true, action);
	},
	"1.16": async (s) => {
		const m = await machine(s);
		await assign(s, m, "Handbook", READS);
		assert.equal(await s.service.may(m.token, "read", s.wish.handbook), true);
		for (const action of ["write", "admin"])
			assert.equal(await s.service.may(m.token, action, s.wish.handbook), false, action);
	},
	"1.17": async (s) => {
		const { admin, service, wish } = s, m = await machine(s);
		await admin.open(m.path);
		await admin.go("Sources");
		await admin.says("Nothing is assigned to it yet.");
		await assign(s, m, "Handbook", READS);
		await assign(s, m, "Handbook", RULES);
		assert.equal(await admin.cell("Handbook", "Role"), "Admin");
		assert.equal(await service.may(m.token, "admin", wish.handbook), true);
		await admin.press("Remove: Handbook");
		assert.equal(await admin.listed("Handbook"), 0);
		assert.equal(await service.may(m.token, "read", wish.handbook), false);
	},
	"1.18": async (s) => {
		const m = await machine(s);
		assert.equal(await s.service.may(m.token, "read", s.wish.ledger), false);
		await join(s, m, "Operations");
		await s.admin.says("The machine inherits all sources of its teams.");
		assert.equal(await s.service.may(m.token, "read", s.wish.ledger), true);
	},
	"1.19": async (s) => {
		const { admin, service, wish } = s, m = await machine(s);
		await admin.open(m.path);
		await admin.go("Teams");
		await admin.says("It is in no team yet.");
		await join(s, m, "Operations");
		assert.equal(await admin.listed("Operations"), 1);
		await admin.press("Remove: Operations");
		assert.equal(await admin.listed("Operations"), 0);
		assert.equal(await service.may(m.token, "read", wish.ledger), false);
	},
	"1.20": async (s) => {
		const { admin, service, wish } = s, m = await machine(s);
		await assign(s, m, "Ledger", READS);
		assert.equal(await admin.cell("Ledger", "Effective role"), "Member");
		await join(s, m, "Operations");
		await admin.go("Sources");
		assert.deepEqual([await admin.cell("Ledger", "Role"), await admin.cell("Ledger", "Effective role")], ["Member", "Admin"]);
		assert.equal(await service.may(m.token, "admin", wish.ledger), true);
	},
	"1.21": async (s) => {
		const { admin, service, wish } = s, m = await machine(s);
		await admin.side("Resources");
		await admin.go("Notes");
		await admin.choose({ Who: "Everyone in the organization", Role: "Member" });
		await admin.press("Assign");
		assert.equal(await admin.listed("Everyone in the organization"), 1);
		assert.equal(await service.may(m.token, "read", wish.notes), false);
		assert.equal((await service.ask(wish.member.token, `${service.org}/resources/${wish.notes}`)).status, 200);
		await admin.open(m.path);
		await admin.choose({ Action: "Read", Where: "Notes" });
		await admin.press("Explain");
		await admin.says("Not allowed", "Nothing is granted");
	},
	"1.22": async (s) => {
		const { admin } = s, m = await machine(s);
		await assign(s, m, "Handbook", READS);
		assert.equal(await admin.page.locator("main table.list tbody tr").count(), 1);
		assert.equal(await s.service.may(m.token, "read", s.wish.handbook), true);
		for (const other of [s.wish.ledger, s.wish.notes])
			assert.equal(await s.service.may(m.token, "read", other), false);
	},
	"1.24": async (s) => {
		const { facts } = await builder(s);

		assert.equal(facts.Status, "Active");
		assert.match(facts.Expires, /^\d{4}-\d\d-\d\d .*in 1 year|in 1\d months|in 36\d days/);
	},
	"1.25": async (s) => {
		const { admin } = s;
		await builder(s);
		await admin.side("Machines");
		await admin.go("builder");
		assert.equal(await admin.page.getByRole("button", { name: "Regenerate key" }).count(), 1);
		await admin.says("The old one stops working at once.");
	},
	"1.26": async (s) => {
		const { now, then, shown } = await regenerated(s);
		const self = await s.service.ask(shown.token, "/v1/self");

		assert.notEqual(now.Expires, then.Expires);
		assert(then.Expires.startsWith(self.body.key.expires_at.slice(0, 10)), then.Expires);
		assert.match(then.Expires, /in [56] months/);
	},
	"1.27": async (s) => {
		const { before, old, shown } = await regenerated(s);

		assert.deepEqual([before, old], [200, 401]);
		assert.match(shown.text, /The old text does not work any more/);
	},
	"1.28": Object.assign(async (s) => {
		const { m, now } = await regenerated(s);

		assert.equal(now["Last used"], "Never used");
		await s.admin.until(m.path, async () => (await s.admin.facts())["Last used"]);
	}, { late: true }),
	"1.29": Object.assign(async (s) => {
		const { admin } = s;
		await admin.side("Machines");
		assert.match(await admin.cell("lost key", "Last used"), /ago|just now/);
		assert.equal(await admin.cell("for ever", "Last used"), "Never used");
	}, { late: true }),
	"1.30": async (s) => {
		const { before, after } = await deleted(s);

		assert.deepEqual([before, after.status], [200, 401]);
	},
	"1.31": async (s) => {
		await deleted(s);
		await s.admin.open("/settings/teams");
		await s.admin.go("Operations");
		assert.equal(await s.admin.listed("to be deleted"), 0);
	},
	"1.32": async (s) => {
		await deleted(s);
		await s.admin.side("Resources");
		await s.admin.go("Handbook");
		assert.equal(await s.admin.listed("to be deleted"), 0);
		await s.admin.saysNot("to be deleted");
	},
	"1.33": async (s) => {
		const { after, listed } = await deleted(s);

		assert.deepEqual([after.status, listed], [401, 0]);
		await s.admin.open("/settings/keys?search=to+be+deleted");
		await s.admin.says("No key is like that.");
	},
	"1.34": async (s) => {
		const { zone, trouble, still } = await deleted(s);

		assert.match(zone, /Danger zone/);
		assert.match(zone, /Its key stops working at once/);
		assert.match(trouble, /Write the name/);
		assert.equal(still, 200);
	},
};
