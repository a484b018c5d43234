/*
 * more.js: rows of what other key systems have, as far as it has pages.
 */
"use strict";
const { assert } = require("./kit.js");

const KEYS = "/developer/api-keys";

const names = (person) => person.page.locator("main table.list tbody .name").allInnerTexts();

module.exports = {
	"X5": async ({ admin, service }) => {
		const old = await service.key(admin, "organization", "rotated", { permission: "read" });
		await admin.open(KEYS);
		await admin.go("rotated");
		await admin.below("Rotate", async () => {
			await admin.choose({ "The old text goes on for": "1 day" });
			await admin.press("Rotate");
		});
		const fresh = await admin.take();
		assert.match((await admin.facts())["Old text ends"], /in (1 day|2\d hours)/);
		assert.deepEqual([await service.works(old.token), await service.works(fresh.token)], [200, 200]);
		await admin.press("End the old text now");
		assert.deepEqual([await service.works(old.token), await service.works(fresh.token)], [401, 200]);
	},
	"X7": async ({ member, service }) => {
		const make = (name, addresses) => member.make("/settings/tokens", "Create", { Name: name }, async () => {
			await member.page.getByText("More options").click();
			await member.fill({ "Allowed addresses": addresses });
		});
		const here = await make("from here", "127.0.0.0/8 ::1"), elsewhere = await make("from elsewhere", "192.0.2.0/24");
		assert.equal(await service.works(here.token), 200);
		assert(await service.works(elsewhere.token) >= 401);
		await member.go("from elsewhere");
		assert.equal((await member.facts())["Allowed addresses"], "192.0.2.0/24");
	},
	"X11": async ({ member, service }) => {
		const { token } = await member.make("/settings/tokens", "Create", { Name: "seldom" }, async () => {
			await member.page.getByText("More options").click();
			await member.fill({ Requests: "2", "in so many seconds": "3600" });
		});
		const said = [await service.works(token), await service.works(token), await service.works(token)];
		assert.deepEqual(said, [200, 200, 429]);
		await member.go("seldom");
		assert.equal((await member.facts()).Limit, "2 requests in 3600 seconds");
	},
	"X17": async ({ admin, service }) => {
		await service.key(admin, "organization", "on record", { permission: "read" });
		await admin.side("Audit log");
		const row = admin.page.locator("main tbody tr").filter({ hasText: "on record" }).first();
		assert.match(await row.innerText(), /Chief/);
		assert.match(await row.innerText(), /127\.0\.0\.1|::1/);
	},
	"X20": async ({ admin, member, service }) => {
		const { token } = await service.key(member, "personal", "of a member", { expires_in_days: 30 });
		await admin.side("All keys");
		assert.deepEqual([await admin.cell("of a member", "Owner"), await admin.cell("of a member", "Kind")], ["Mel", "Personal token"]);
		await admin.page.getByRole("checkbox", { name: "Choose of a member" }).check();
		await admin.press("Revoke the chosen ones");
		assert.equal(await service.works(token), 200);
		await admin.press("Revoke");
		assert.equal(await service.works(token), 401);
	},
	"X35": async ({ member, service }) => {
		const link = "/settings/api-keys/new?name=Backup+<b>&scopes=read&scopes=write&description=nightly";
		await member.open(link);
		await member.says("Look at all of it before you create the key.");
		assert.equal(await member.field("Name").inputValue(), "Backup <b>");
		await member.untick("Write");
		await member.press("Create");
		const { token } = await member.take();
		const { body } = await service.ask(token, "/v1/self");
		assert.deepEqual([body.key.name, body.key.scopes], ["Backup <b>", ["read"]]);
	},
	"X39": async ({ admin, service }) => {
		for (const [name, expires] of [["filter b", "2098-01-01"], ["filter a", "2099-01-01"]])
			await service.key(admin, "organization", name, { permission: "read", expires_at: expires });
		await admin.side("All keys");
		await admin.fill({ Search: "filter" });
		await admin.press("Show");
		await admin.choose({ Order: "What ends first" });
		await admin.press("Show");
		assert.deepEqual(await names(admin), ["filter b", "filter a"]);
		await admin.choose({ Order: "Name" });
		await admin.press("Show");
		assert.deepEqual(await names(admin), ["filter a", "filter b"]);
		await admin.fill({ "Ends before": "2098-06-01" });
		await admin.press("Show");
		assert.deepEqual(await names(admin), ["filter b"]);
		await admin.choose({ Status: "Expired" });
		await admin.press("Show");
		await admin.says("No key is like that.");
		await admin.go("Show all");
		assert((await names(admin)).length > 2);
	},
	"X40": async ({ admin, member, service }) => {
		const made = [];
		for (const name of ["bulk one", "bulk two", "spared"])
			made.push((await service.key(member, "personal", name, { expires_in_days: 30 })).token);
		await admin.open("/settings/keys");
		await admin.fill({ Search: "bulk" });
		await admin.press("Show");
		await admin.go("Revoke all that match");
		await admin.says("Keys: 2");
		await admin.press("Revoke");
		assert.deepEqual([await service.works(made[0]), await service.works(made[1]), await service.works(made[2])], [401, 401, 200]);
	},
};
