// graphql_audits.js: the audits of graphql-http against a service, each with a key.
//
// The first argument is JSON: modules (where graphql-http is), url, token.  One line of JSON an audit.
"use strict";

const path = require("path");
const wish = JSON.parse(process.argv[2]);
const { serverAudits } = require(path.join(wish.modules, "graphql-http"));

function fetchWithKey(url, options = {}) {
	return fetch(url, { ...options, headers: { ...options.headers, authorization: "Bearer " + wish.token } });
}

async function main() {
	for (const audit of serverAudits({ url: wish.url, fetchFn: fetchWithKey })) {
		const result = await audit.fn();
		console.log(JSON.stringify({ id: audit.id, name: audit.name, status: result.status, why: result.reason }));
	}
}

main();
