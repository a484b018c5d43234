/*
 * browser.js: drives Chromium over the pages.  Takes a file of JSON: base, email, password, shots,
 * paths, modules; prints one line of JSON for each problem it sees.
 */
"use strict";
const fs = require("fs");
const wish = JSON.parse(fs.readFileSync(process.argv[2]));
const { chromium } = require(wish.modules + "/playwright-core");
const axe = fs.readFileSync(wish.modules + "/axe-core/axe.min.js", "utf8");

const problem = (where, what) => console.log(JSON.stringify({ where, what }));
const fail = (where, yes, what) => yes || problem(where, what);

async function open(browser, options) {
	const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce", ...options });
	const page = await context.newPage();

	/* Of a page that is not there Chromium itself says that it is not. */
	page.on("console", (m) => fail(page.url(), m.location().url.includes("/settings/nowhere"), "console: " + m.text()));
	page.on("pageerror", (e) => problem(page.url(), "error: " + e));
	page.on("request", (r) => fail(page.url(), r.url().startsWith(wish.base), "asks for " + r.url()));
	await page.goto(wish.base + "/login");
	await page.fill("#email", wish.email);
	await page.fill("#password", wish.password);
	await page.keyboard.press("Enter");
	await page.waitForSelector(".side");
	return page;
}

async function fits(page, name) {
	const [over, width] = await page.evaluate(() => [document.documentElement.scrollWidth - innerWidth, innerWidth]);

	fail(name, over <= 0, `wider than the window of ${width} by ${over}`);
}

async function look(page, name) {
	await fits(page, name);
	await page.evaluate(axe);
	for (const v of (await page.evaluate(() => axe.run())).violations)
		problem(name, v.id + ": " + v.nodes.map((n) => n.html).join(" ").slice(0, 300));
}

async function make(page, name) {
	await page.goto(wish.base + "/settings/tokens/new");
	await page.fill("#name", name);
	await page.click("form.long button");
	await page.waitForSelector("#token");
	return page.inputValue("#token");
}

/* A page in light and dark, narrow and wide; axe-core looks at both and at 320 px. */
async function allWays(page, name) {
	for (const [colorScheme, width] of [["light", 360], ["dark", 360], ["light", 1280], ["dark", 1280]]) {
		await page.emulateMedia({ colorScheme });
		await page.setViewportSize({ width, height: 800 });
		await page.screenshot({ path: `${wish.shots}/${name}-${colorScheme}-${width}.png`, fullPage: true });
	}
	await look(page, name + ", dark and wide");
	for (const width of [700, 1000, 1240]) {
		await page.setViewportSize({ width, height: 800 });
		await fits(page, name);
	}
	await page.emulateMedia({ colorScheme: "light" });
	await page.setViewportSize({ width: 320, height: 800 });
	await look(page, name + ", light and narrow");
}

async function all(browser) {
	const page = await open(browser, { bypassCSP: true });

	page.on("dialog", (d) => d.accept());
	for (const [name, path] of Object.entries(wish.paths)) {
		await page.goto(wish.base + path);
		await allWays(page, name);
	}
	await page.goto(wish.base + wish.paths.organization);
	await page.uncheck("#personal_tokens_enabled");
	await page.click("form.long button.main");
	await allWays(page, "policy-preview");
	await make(page, "seen");
	await allWays(page, "reveal");
	await page.close();
}

/* The link of a mail: its code is in the field, and in the address no more. */
async function reset(browser) {
	const page = await browser.newPage();

	await page.goto(wish.base + "/login/reset#rst_code");
	fail("reset", await page.inputValue("#token") === "rst_code", "the code is not in its field");
	fail("reset", !page.url().includes("rst_code"), "the code is in the address");
	fail("reset", await page.evaluate(() => document.activeElement.id) === "new_password", "the focus is elsewhere");
	await page.close();
}

/* What was done has the focus, and is said once; letters twice as large have room as well. */
async function large(wish) {
	const browser = await chromium.launch({ executablePath: wish.chromium, args: ["--no-sandbox", "--blink-settings=defaultFontSize=32"] });
	const page = await open(browser, { viewport: { width: 360, height: 700 } });

	await page.goto(wish.base + "/settings/account");
	await page.click("form[action*=language] button");
	await page.waitForSelector(".notice");
	fail("done", await page.evaluate(() => document.activeElement.className) === "notice", "the focus is elsewhere");
	await page.reload();
	fail("done", !page.url().includes("done=") && !await page.isVisible(".notice"), "it is said again");
	for (const name of ["tokens", "developer", "machine-sources", "members", "inventory", "audit", "sessions"]) {
		await page.goto(wish.base + wish.paths[name]);
		await fits(page, name + ", large letters");
	}
	await browser.close();
}

/* It is left only when it was copied; what was shown is not shown again. */
async function once(browser, javaScriptEnabled) {
	const where = javaScriptEnabled ? "with scripts" : "without scripts";
	const page = await open(browser, { javaScriptEnabled, permissions: javaScriptEnabled ? ["clipboard-read", "clipboard-write"] : [] });
	const token = await make(page, where);

	page.on("dialog", (d) => d.accept());
	fail(where, !await page.isVisible(".gated a"), "it can be closed before it was copied");
	fail(where, await page.isVisible("[data-copy=token]") === javaScriptEnabled, "the button to copy");
	if (javaScriptEnabled) {
		await page.click("[data-copy=token]");
		await page.waitForSelector(".copied");
		fail(where, await page.evaluate(() => navigator.clipboard.readText()) === token, "it was not copied");
		fail(where, await page.evaluate(() => document.activeElement.id) === "copied", "the focus is lost");
	}
	/* By keyboard alone. */
	await page.focus("#copied");
	await page.keyboard.press("Space");
	await page.keyboard.press("Tab");
	await page.keyboard.press("Enter");
	await page.waitForSelector("table.list");
	for (const step of ["goBack", "reload", "goForward"]) {
		await page[step]().catch(() => {});
		fail(where, !(await page.content()).includes(token), "the text is there again after " + step);
	}
	await page.goto(wish.base + "/settings/tokens");
	fail(where, await page.locator(".list .name", { hasText: new RegExp("^" + where + "$") }).count() === 1, "not one key");
	await page.close();
}

(async () => {
	const browser = await chromium.launch({ executablePath: wish.chromium, args: ["--no-sandbox"] });

	try {
		await reset(browser);
		await large(wish);
		await once(browser, true);
		await once(browser, false);
		await all(browser);
		console.log(JSON.stringify({ done: true }));
	} finally {
		await browser.close();
	}
})();
