/*
 * tokens.js: the rows of personal tokens.
 */
"use strict";
const { assert, story } = require("./kit.js");

const TOKENS = "/settings/tokens";
const DAYS = ["30 days", "90 days", "180 days", "365 days"];

const make = (person, name, days = "30 days") =>
	person.make(TOKENS, "Create", { Name: name }, () => person.choose({ Expiration: days }));

/* One that is there already. */
const have = ({ service, member }, name) => service.key(member, "personal", name, { expires_in_days: 30 });

/* By way of the page that asks; where it can be left without. */
async function remove(person, name) {
	await person.open(TOKENS);
	await person.go(`Delete: ${name}`);
	await person.press("Delete");
}

/* As the document says: the page, the button, a name, an expiration, the text. */
const laptop = story(async ({ member, service }) => {
	await member.side("Access tokens");
	await member.go("New personal token");
	const asked = await member.asked(), missing = await member.missing(), offered = await member.options("Expiration");
	await member.fill({ Name: "laptop" });
	await member.choose({ Expiration: "90 days" });
	await member.press("Create");
	const shown = await member.take();
	/* So that there is a last use to be told later. */
	const self = await service.ask(shown.token, "/v1/self");
	return { ...shown, asked, missing, offered, self };
});

/* What an admin wants of the organization; whatever that does is asked before. */
async function policy(admin, set) {
	await admin.side("Organization");
	await set();
	await admin.press("Save");
	const asked = await admin.heading() === "Save this policy?" ? (await admin.page.getByRole("main").innerText()) : "";
	if (asked)
		await admin.press("Save it");
	await admin.says("Saved.");
	return asked;
}

/* Switched off while there are tokens, and on again. */
const switching = story(async ({ admin, member, service, wish }) => {
	const kept = await have({ member, service }, "kept"), deleted = await have({ member, service }, "deleted meanwhile");
	const asked = await policy(admin, () => admin.untick("Allow members to create personal access tokens"));
	const off = [await service.ask(kept.token, "/v1/self"), await service.ask(deleted.token, "/v1/self")];

	await member.open(TOKENS);
	const list = await member.page.getByRole("main").innerText(), offers = await member.page.getByRole("link", { name: "New personal token" }).count();
	await member.open(TOKENS + "/new");
	const forms = await member.page.locator("main form").count();
	await remove(member, "deleted meanwhile");
	const refused = await service.ask(wish.member.token, service.org + "/keys", "POST", { kind: "personal", name: "late", expires_in_days: 30 });
	const again = await policy(admin, () => admin.tick("Allow members to create personal access tokens"));
	return { kept, deleted, asked, again, off, list, offers, forms, refused };
});

/* Never more than 90 days, while there is a token of 365; then as before. */
const capping = story(async ({ admin, member }) => {
	const long = await make(member, "whole year", "365 days");
	await admin.side("Organization");
	const offered = await admin.options("Max token expiration");
	const asked = await policy(admin, () => admin.choose({ "Max token expiration": "90 days" }));
	await member.open(TOKENS);
	const days = await member.days("whole year");
	await member.open(TOKENS + "/new");
	const left = await member.options("Expiration");
	await policy(admin, () => admin.choose({ "Max token expiration": "365 days" }));
	return { long, offered, asked, days, left };
});

module.exports = {
	"0.3": async (s) => {
		const { self } = await laptop(s);

		assert.equal(self.status, 200);
		assert.equal(self.body.id, s.wish.member.id);
	},
	"0.4": async ({ member }) => {
		await member.side("Access tokens");
		const tabs = member.page.getByRole("navigation", { name: "Access tokens" });

		assert.equal(await member.heading(), "Access tokens");
		assert.equal(await tabs.getByRole("link").first().innerText(), "Personal");
		assert.equal(await tabs.locator("[aria-current=page]").innerText(), "Personal");
	},
	"0.5": async (s) => {
		const { asked, missing } = await laptop(s);

		assert.deepEqual(asked, ["Name", "Description (optional)", "Expiration"]);
		assert.deepEqual(missing, ["Name"]);
	},
	"0.6": async (s) => {
		await laptop(s);
		await s.member.open(TOKENS + "/new");
		await s.member.fill({ Name: "LAPTOP" });
		await s.member.choose({ Expiration: "180 days" });
		await s.member.press("Create");
		assert.match(await s.member.trouble(), /name/i);
		assert.equal(await s.member.field("Name").inputValue(), "LAPTOP");
		await s.member.fill({ Name: "desktop" });
		await s.member.press("Create");
		await s.member.take();
		assert.equal(await s.member.days("desktop"), 180);
		/* Somebody else's is no hindrance. */
		await make(s.admin, "laptop");
	},
	"0.7": async (s) => {
		assert.deepEqual((await laptop(s)).offered, DAYS);
		await s.member.open(TOKENS);
		assert.equal(await s.member.days("laptop"), 90);
	},
	"0.8": async (s) => assert.deepEqual((await capping(s)).left, ["30 days", "90 days"]),
	"0.9": async (s) => {
		const { token, text, gated } = await laptop(s);

		assert.match(text, /only time it is shown/);
		assert(gated, "it can be closed before it was copied");
		await s.member.open(TOKENS);
		assert.equal(await s.member.cell("laptop", "Prefix"), token.slice(0, 11) + "…");
		await s.member.go("laptop");
		assert(!(await s.member.page.content()).includes(token.slice(11)), "its page has the text");
	},
	"0.10": async ({ member, service }) => {
		const exposed = await have({ member, service }, "exposed");
		await remove(member, "exposed");
		assert.equal(await service.works(exposed.token), 401);
		assert.equal(await service.works((await make(member, "exposed")).token), 200);
	},
	"0.12": async (s) => {
		assert.match((await laptop(s)).token, /^drvp_/);
		await s.member.open(TOKENS);
		assert.match(await s.member.cell("laptop", "Prefix"), /^drvp_.{6}…$/);
	},
	"0.14": async (s) => {
		const { claviger } = (await laptop(s)).snippet.mcpServers;

		assert.deepEqual([claviger.type, Object.keys(claviger)], ["http", ["type", "url", "headers"]]);
		assert.match(claviger.headers.Authorization, /^Bearer /);
	},
	"0.15": async (s) => {
		const { token, text, snippet } = await laptop(s);

		assert(!JSON.stringify(snippet).includes(token), "the configuration has the token itself");
		assert.equal(snippet.mcpServers.claviger.headers.Authorization, "Bearer ${CLAVIGER_API_TOKEN}");
		assert.match(text, /Keep it in an environment variable or a secret manager, never in a file/);
	},
	"0.16": async (s) => assert.equal((await laptop(s)).snippet.mcpServers.claviger.url, s.wish.base + "/mcp/v1"),
	"0.17": async (s) => {
		assert(!(await laptop(s)).offered.some((o) => /never/i.test(o)));
		await s.member.open(TOKENS + "/new");
		await s.member.says("A personal token always expires.");
	},
	"0.20": async ({ member, service }) => {
		const old = await have({ member, service }, "old one"), fresh = await make(member, "new one");

		assert.equal(await member.page.getByRole("link", { name: /^(Refresh|Regenerate|Rotate)/ }).count(), 0);
		assert.deepEqual([await service.works(old.token), await service.works(fresh.token)], [200, 200]);
		await remove(member, "old one");
		assert.deepEqual([await service.works(old.token), await service.works(fresh.token)], [401, 200]);
	},
	"0.21": Object.assign(async (s) => {
		const { member } = s;
		await laptop(s);
		await member.open(TOKENS);
		assert((await member.columns()).includes("Last used"));
		assert.match(await member.cell("desktop", "Last used"), /Never used/);
		await member.until(TOKENS, () => member.cell("laptop", "Last used"));
	}, { late: true }),
	"0.22": async ({ member, service }) => {
		const { token } = await have({ member, service }, "asked about");
		await member.open(TOKENS);
		const bin = member.row("asked about").getByRole("link", { name: "Delete: asked about" });

		assert.equal(await bin.locator("svg").count(), 1, "no picture of a bin");
		await bin.click();
		assert.equal(await member.heading(), "Delete this token?");
		assert.equal((await member.facts()).Name, "asked about");
		await member.go("Cancel");
		assert.equal(await member.listed("asked about"), 1);
		assert.equal(await service.works(token), 200);
	},
	"0.23": async ({ member, service }) => {
		const { token } = await have({ member, service }, "gone at once");
		assert.equal(await service.works(token), 200);
		await remove(member, "gone at once");
		assert.equal(await service.works(token), 401);
		await member.says("Deleted. It stopped working at once.");
	},
	"0.24": async ({ member, service }) => {
		await have({ member, service }, "leaves the list");
		await member.open(TOKENS);
		assert.equal(await member.listed("leaves the list"), 1);
		await remove(member, "leaves the list");
		assert.equal(await member.listed("leaves the list"), 0);
		assert.equal(await member.page.getByText(/show revoked/i).count(), 0);
	},
	"0.27": async ({ admin, member }) => {
		await admin.side("Organization");
		assert.equal(await admin.page.getByRole("heading", { level: 1 }).innerText(), "Organization");
		assert.equal(await admin.field("Max token expiration").count(), 1);
		await member.open(TOKENS);
		assert.equal(await member.page.getByRole("link", { name: "Organization", exact: true }).count(), 0);
		assert.equal(await member.open("/settings/organization"), 403);
	},
	"0.28": async ({ admin }) => {
		await admin.side("Organization");
		assert(await admin.choice("Allow members to create personal access tokens").isChecked());
	},
	"0.29": async (s) => {
		const { list, offers, forms, refused } = await switching(s);

		assert.match(list, /does not allow personal tokens now/);
		assert.deepEqual([offers, forms, refused.status], [0, 0, 403]);
	},
	"0.30": async (s) => {
		const { off, asked } = await switching(s);

		assert.deepEqual(off.map((a) => a.status), [401, 401]);
		assert.match(asked, /stop working at once/);
	},
	"0.31": async (s) => {
		const { kept, deleted, again } = await switching(s);

		assert.match(again, /neither expired nor deleted work/);
		assert.deepEqual([await s.service.works(kept.token), await s.service.works(deleted.token)], [200, 401]);
	},
	"0.32": async (s) => assert.deepEqual((await capping(s)).offered, DAYS),
	"0.33": async (s) => {
		const { long, days, asked } = await capping(s);

		assert.equal(days, 365);
		assert.equal(await s.service.works(long.token), 200);
		assert.match(asked, /go(es)? on until then/);
	},
};
