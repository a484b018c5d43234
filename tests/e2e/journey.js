/*
 * journey.js: an administrator sets an organization up in Chromium, and by nothing else.  Takes a file of
 * JSON: base, email, password, root, scripts, modules, chromium; prints what it made as a line of JSON.
 */
"use strict";
const fs = require("fs");
const wish = JSON.parse(fs.readFileSync(process.argv[2]));
const { chromium } = require(wish.modules + "/playwright-core");
const made = {};

/* By what people read: the label of a field, the text of a link or a button. */
async function fill(page, values) {
	for (const [label, value] of Object.entries(values))
		await page.getByLabel(label, { exact: true }).first().fill(value);
}

async function choose(page, values) {
	for (const [label, value] of Object.entries(values))
		await page.getByLabel(label, { exact: true }).first().selectOption({ label: value });
}

const go = async (page, name) => {
	await page.getByRole("link", { name, exact: true }).first().click();
	await page.waitForLoadState();
};
const press = async (page, name) => {
	await page.getByRole("button", { name, exact: true }).first().click();
	await page.waitForLoadState();
};

/* What is shown this once: taken, and left. */
async function take(page) {
	const token = await page.inputValue("#token");

	await page.check("#copied");
	await go(page, "Done");
	return token;
}

async function organization(page) {
	await page.goto(wish.base + "/login");
	await fill(page, { "E-mail": wish.email, Password: wish.password });
	await press(page, "Log in");
	await go(page, "Organizations");
	await fill(page, { Name: wish.name });
	await press(page, "Create");
	made.org = new URL(page.url()).searchParams.get("org");
}

async function team(page) {
	await go(page, "Organization");
	await go(page, "Teams");
	await fill(page, { Name: "Operations" });
	await press(page, "Create");
}

/* A source; then a machine that may read it. */
async function machine(page) {
	await go(page, "Resources");
	await go(page, "New source");
	await fill(page, { Name: "Handbook", Directory: wish.root });
	await press(page, "Create");
	await go(page, "Machines");
	await go(page, "New machine");
	await fill(page, { Name: "builder" });
	await press(page, "Create");
	made.machine = await take(page);
	await go(page, "Sources");
	await choose(page, { Source: "Handbook" });
	await press(page, "Assign");
	await go(page, "Teams");
	await choose(page, { Team: "Operations" });
	await press(page, "Add");
}

/* Personal tokens live 90 days at most: what that does is shown before it is so. */
async function policy(page) {
	await page.locator(".side").getByRole("link", { name: "Organization", exact: true }).click();
	await page.waitForLoadState();
	await choose(page, { "Max token expiration": "90 days" });
	await press(page, "Save");
	made.asked = await page.textContent("main");
	await press(page, "Save it");
}

/* A key that reaches nothing of a provider but its backups. */
async function key(page) {
	await page.locator(".side").getByRole("link", { name: "Resources", exact: true }).first().click();
	await page.waitForLoadState();
	await go(page, "New provider: directory");
	await fill(page, { Name: "Archive", Directory: wish.root });
	await press(page, "Create");
	made.provider = new URL(page.url()).pathname.split("/")[3];
	await page.locator(".side").getByRole("link", { name: "API keys", exact: true }).first().click();
	await page.waitForLoadState();
	await page.getByRole("link", { name: "New key" }).first().click();
	await page.waitForLoadState();
	await fill(page, { Name: "backups" });
	await page.check('[name=scopes][value=write]');
	await page.check('[name=reach][value=some]');
	await page.check('[name=pick]');
	await page.fill('[name=base_path]', "/backups");
	await press(page, "Create");
	made.key = await take(page);
}

(async () => {
	const browser = await chromium.launch({ executablePath: wish.chromium, args: ["--no-sandbox"] });
	const context = await browser.newContext({ javaScriptEnabled: wish.scripts, viewport: { width: wish.width, height: 800 } });
	const page = await context.newPage();

	page.setDefaultTimeout(15000);
	page.on("dialog", (d) => d.accept());
	try {
		for (const step of [organization, team, machine, policy, key])
			await step(page);
		console.log(JSON.stringify(made));
	} catch (e) {
		console.error(page.url(), (await page.textContent("main")).replace(/\s+/g, " ").slice(0, 800));
		throw e;
	} finally {
		await browser.close();
	}
})().catch((e) => {
	console.error(e);
	process.exit(1);
});
