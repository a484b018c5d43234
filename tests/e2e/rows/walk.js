/*
 * walk.js: walks the pages' rows of the five documents in Chromium.  Takes a file of JSON with a walk for
 * each way to go, all at once; prints a line of JSON for each of its rows, with what was wrong, and for
 * each key's text that was seen.
 */
"use strict";
const fs = require("fs");
const { walks, modules, chromium: path } = JSON.parse(fs.readFileSync(process.argv[2]));
const { chromium } = require(modules + "/playwright-core");
const { Person, Service } = require("./kit.js");
const rows = Object.assign({}, ...["tokens", "machines", "organization", "providers", "spaces", "more"].map((name) => require(`./${name}.js`)));

const tell = (what) => console.log(JSON.stringify(what));

async function enter(browser, wish, who) {
	const context = await browser.newContext({ javaScriptEnabled: wish.scripts, viewport: { width: wish.width, height: 800 }, reducedMotion: "reduce" });
	const page = await context.newPage();
	const person = new Person(page, wish, who, (token) => tell({ token }));

	page.setDefaultTimeout(15000);
	page.on("dialog", (d) => d.accept());
	person.errors = [];
	page.on("pageerror", (e) => person.errors.push(String(e)));
	page.on("request", (r) => r.url().startsWith(wish.base) || person.errors.push("asks for " + r.url()));
	await person.logIn();
	return person;
}

async function row(number, s) {
	let wrong;

	try {
		await rows[number](s);
		wrong = [...s.admin.errors.splice(0), ...s.member.errors.splice(0)].join("; ") || null;
	} catch (e) {
		wrong = `${e.message}\n${(e.stack || "").split("\n").filter((l) => l.includes("/rows/")).join("\n")}`;
	}
	tell({ way: s.wish.way, row: number, wrong });
}

async function walk(browser, wish) {
	const s = { wish, service: new Service(wish), admin: await enter(browser, wish, wish.admin), member: await enter(browser, wish, wish.member) };
	const numbers = Object.keys(rows);

	/* What takes a while to be told is looked at in the end. */
	for (const number of [...numbers.filter((n) => !rows[n].late), ...numbers.filter((n) => rows[n].late)])
		await row(number, s);
}

(async () => {
	const browser = await chromium.launch({ executablePath: path, args: ["--no-sandbox"] });

	try {
		await Promise.all(walks.map((wish) => walk(browser, wish)));
	} finally {
		await browser.close();
	}
})().catch((e) => {
	console.error(e);
	process.exit(1);
});
