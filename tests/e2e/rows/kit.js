/*
 * kit.js: people in a browser, who go by what they read: the words of links, buttons and labels, the
 * columns of lists.
 */
"use strict";
const assert = require("assert/strict");

const plain = (text) => text.replace(/\s+/g, " ").trim();
const quoted = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
/* A label may say that its field is optional. */
const labelled = (label) => new RegExp(`^\\s*${quoted(label)}(\\s+\\(optional\\))?\\s*$`);
const starting = (text) => new RegExp(`^\\s*${quoted(text)}`);

/* Told once, to all rows that ask for it; what went wrong in it is wrong for all of them. */
function story(tell) {
	const told = new WeakMap();

	return (s) => {
		if (!told.has(s))
			told.set(s, tell(s));
		return told.get(s);
	};
}

class Person {
	constructor(page, wish, who, seen) {
		Object.assign(this, { page, base: wish.base, org: wish.org, who, seen });
	}

	/* --- going about --- */

	async logIn() {
		await this.page.goto(this.base + "/login");
		await this.fill({ "E-mail": this.who.email, Password: this.who.password });
		await this.press("Log in");
	}

	async open(path) {
		const answer = await this.page.goto(`${this.base}${path}${path.includes("?") ? "&" : "?"}org=${this.org}`);

		return answer.status();
	}

	/* In the navigation that every page has; from wherever one is. */
	async side(name, group) {
		const nav = this.page.getByRole("navigation", { name: "Settings", exact: true });
		const lists = group === undefined ? nav : nav.locator(".group", { hasText: group }).locator("xpath=following-sibling::ul[1]");

		if (await nav.count() === 0 || !this.page.url().includes(this.org))
			await this.open("/settings/account");
		await lists.getByRole("link", { name, exact: true }).click();
	}

	async go(...names) {
		for (const name of names)
			await this.page.getByRole("main").getByRole("link", { name, exact: true }).first().click();
	}

	async press(name) {
		await this.here().getByRole("button", { name, exact: true }).first().click();
	}

	/* --- forms --- */

	here() {
		return this.part ?? this.page.getByRole("main");
	}

	/* In the part of the page below this heading. */
	async below(heading, act) {
		this.part = this.page.locator("main section").filter({ has: this.page.getByRole("heading", { level: 2, name: heading, exact: true }) });
		try {
			await act();
		} finally {
			this.part = undefined;
		}
	}

	field(label) {
		return this.here().getByLabel(labelled(label)).first();
	}

	async fill(values) {
		for (const [label, value] of Object.entries(values))
			await this.field(label).fill(value);
	}

	/* Options begin with these words. */
	async choose(values) {
		for (const [label, text] of Object.entries(values)) {
			const list = this.field(label);
			const option = list.locator("option", { hasText: starting(text) }).first();

			await list.selectOption(await option.getAttribute("value"));
		}
	}

	choice(name, role = "checkbox") {
		return this.here().getByRole(role, { name: starting(name) }).first();
	}

	async tick(...names) {
		for (const name of names)
			await this.choice(name).check();
	}

	async untick(...names) {
		for (const name of names)
			await this.choice(name).uncheck();
	}

	async options(label) {
		return (await this.field(label).locator("option").allTextContents()).map((t) => plain(t).split(" – ")[0]);
	}

	/* What the form asks for, without what is folded away. */
	async asked() {
		return (await this.page.locator("main form.long").first().locator(".field > label:not(.choice):visible, legend:visible").allInnerTexts()).map(plain);
	}

	/* What the browser itself would not send. */
	async missing() {
		const ids = await this.page.locator("main form.long :invalid[id]").evaluateAll((all) => all.map((x) => x.id));

		return Promise.all(ids.map(async (id) => plain(await this.page.locator(`label[for=${id}]`).innerText())));
	}

	/* --- reading --- */

	async says(...texts) {
		const main = plain(await this.page.getByRole("main").innerText());

		for (const text of texts)
			assert(main.includes(text), `the page does not say “${text}”, but: ${main.slice(0, 600)}`);
	}

	async saysNot(...texts) {
		const main = plain(await this.page.getByRole("main").innerText());

		for (const text of texts)
			assert(!main.includes(text), `the page says “${text}”`);
	}

	async heading() {
		return plain(await this.page.getByRole("heading", { level: 1 }).innerText());
	}

	async trouble() {
		return plain(await this.page.getByRole("alert").first().innerText());
	}

	/* The row of a list that begins with this name. */
	row(name) {
		return this.page.locator("main table.list tbody tr").filter({
			has: this.page.locator(".name", { hasText: new RegExp(`^${quoted(name)}$`) }),
		});
	}

	async listed(name) {
		return await this.row(name).count();
	}

	async cell(name, column) {
		const cell = this.row(name).locator(`td[data-label="${column}"]`);

		assert.equal(await cell.count(), 1, `no ${column} of ${name} in the list at ${this.page.url()}`);
		return plain(await cell.innerText());
	}

	/* All of them by name: what stands in each column, and `at` which instant. */
	async rows() {
		const all = await this.page.locator("main table.list tbody tr").evaluateAll((rows) => rows.map((row) => {
			const cells = [...row.querySelectorAll("td[data-label]")];
			const pairs = (read) => Object.fromEntries(cells.map((cell) => [cell.dataset.label, read(cell)]));

			return [row.querySelector(".name").innerText, {
				...pairs((cell) => cell.innerText.replace(/\s+/g, " ").trim()),
				at: pairs((cell) => Date.parse(cell.querySelector("time")?.dateTime)),
			}];
		}));

		return Object.fromEntries(all);
	}

	async columns() {
		return (await this.page.locator("main table.list thead th").allTextContents()).map(plain);
	}

	/* A last use is told a few seconds later. */
	async until(path, look) {
		const end = Date.now() + 20e3;
		let said;

		do {
			await this.open(path);
			said = await look();
		} while (/Never used/.test(said) && Date.now() < end);
		assert.match(said, /ago|just now/, `the last use is told as “${said}”`);
	}

	/* The instants of a row, by their columns. */
	async instant(name, column) {
		return Date.parse(await this.row(name).locator(`td[data-label="${column}"] time`).getAttribute("datetime"));
	}

	async days(name) {
		return (await this.instant(name, "Expires") - await this.instant(name, "Created")) / 86400e3;
	}

	/* A page's facts by their labels. */
	async facts() {
		const all = this.page.locator("main dl.facts").first();
		const names = await all.locator("dt").allTextContents(), texts = await all.locator("dd").allInnerTexts();

		return Object.fromEntries(names.map((name, i) => [plain(name), plain(texts[i])]));
	}

	/* --- a key's text, this once --- */

	async look() {
		const token = await this.page.locator("input.secret").inputValue();

		this.seen(token);
		return {
			token, text: plain(await this.page.getByRole("main").innerText()),
			snippet: JSON.parse(await this.page.locator("#mcp").innerText()),
			gated: !await this.page.getByRole("link", { name: "Done", exact: true }).isVisible(),
		};
	}

	async take() {
		const shown = await this.look();

		await this.page.getByLabel("I have copied it").check();
		await this.go("Done");
		return shown;
	}

	/* A key of this page, with what its form has to be given. */
	async make(path, button, values, more) {
		await this.open(path + "/new");
		await this.fill(values);
		if (more)
			await more();
		await this.press(button);
		return this.take();
	}
}

/* What the service itself says, beside its pages. */
class Service {
	constructor(wish) {
		Object.assign(this, { base: wish.base, org: `/v1/organizations/${wish.org}`, admin: wish.admin.token });
	}

	async ask(token, path, method = "GET", body = undefined) {
		const answer = await fetch(this.base + path, {
			method, headers: { Authorization: "Bearer " + token, ...(body && { "Content-Type": "application/json" }) },
			body: body && JSON.stringify(body),
		});

		return { status: answer.status, body: await answer.json().catch(() => null) };
	}

	/* A key that is there already, as this person's. */
	async key(person, kind, name, more) {
		const { status, body } = await this.ask(person.who.token, this.org + "/keys", "POST", { kind, name, ...more });

		assert.equal(status, 201, JSON.stringify(body));
		return body;
	}

	/* As an admin of the organization. */
	async must(method, path, body) {
		const { status, body: said } = await this.ask(this.admin, this.org + path, method, body);

		assert(status < 300, `${method} ${path}: ${status} ${JSON.stringify(said)}`);
		return said;
	}

	async works(token) {
		return (await this.ask(token, "/v1/self")).status;
	}

	async may(token, action, resource, path) {
		const { body } = await this.ask(this.admin, "/v1/verify", "POST", { token, action, resource, ...(path && { path }) });

		return body.allowed;
	}
}

module.exports = { assert, story, plain, Person, Service };
