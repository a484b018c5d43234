/* Everything works without this; with it, a key is copied by one press, and a form is sent once. */
"use strict";

/* Copy the text of what the button names. */
function copy(button) {
	const from = document.getElementById(button.dataset.copy);
	const status = document.querySelector("[data-copied]");
	const text = "value" in from ? from.value : from.textContent;

	navigator.clipboard.writeText(text).then(() => {
		button.classList.add("copied");
		status.textContent = "";
		status.textContent = status.dataset.copied;
		if (from.id === "token")
			document.getElementById("copied").focus();
	}, () => from.select && from.select());
}

/* Whoever leaves before the text is copied is asked. */
function guard(event) {
	if (document.getElementById("copied").checked)
		return;
	event.preventDefault();
	event.returnValue = "";
}

for (const button of document.querySelectorAll("[data-copy]")) {
	if (!navigator.clipboard)
		break;
	button.hidden = false;
	button.addEventListener("click", () => copy(button));
}

if (document.querySelector("[data-reveal]")) {
	addEventListener("beforeunload", guard);
	document.getElementById("token").addEventListener("focus", (event) => event.target.select());
}

for (const form of document.forms)
	form.addEventListener("submit", (event) => {
		if (form.dataset.sent)
			event.preventDefault();
		form.dataset.sent = "yes";
	});

/* What a browser brings back from before may be sent again. */
addEventListener("pageshow", () => {
	for (const form of document.forms)
		delete form.dataset.sent;
});

/* The link of a mail has its code behind the #, and the address keeps it no longer than that. */
const code = document.querySelector("[data-from-link]");
if (code && location.hash.length > 1) {
	code.value = location.hash.slice(1);
	history.replaceState(null, "", location.pathname);
	document.getElementById("new_password").focus();
}

/* What was wrong, or was done, is read first. */
const first = document.getElementById("trouble") || document.querySelector(".notice");
if (first)
	first.focus();

/* What was done is said once, and not again when the page is reloaded. */
const address = new URL(location);
if (address.searchParams.has("done")) {
	address.searchParams.delete("done");
	history.replaceState(null, "", address);
}

/* On a narrow screen the navigation is a strip: where one is shall be seen. */
for (const here of document.querySelectorAll(".side [aria-current], .tabs [aria-current]"))
	here.scrollIntoView({ block: "nearest", inline: "center" });
