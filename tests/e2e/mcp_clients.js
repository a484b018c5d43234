// The official clients of the Model Context Protocol, as their package has them, against the service.
// Argument: a JSON file {modules, url, token, source, program, base}.  Prints a line of JSON for each
// client: what it saw, or what went wrong.
'use strict';

const fs = require('fs');
const path = require('path');
const { createRequire } = require('module');

const wish = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const load = createRequire(path.join(wish.modules, 'x'));
const headers = { Authorization: 'Bearer ' + wish.token };
const info = { name: 'test', version: '1' };

const first = {
  Client: load('@modelcontextprotocol/sdk/client/index.js').Client,
  Http: load('@modelcontextprotocol/sdk/client/streamableHttp.js').StreamableHTTPClientTransport,
  Stdio: load('@modelcontextprotocol/sdk/client/stdio.js').StdioClientTransport,
};
const second = load('@modelcontextprotocol/client');

const http = (Kind, more) => new Kind(new URL(wish.url), { requestInit: { headers: { ...headers, ...more } } });

const clients = {
  'sdk 1': () => [new first.Client(info), http(first.Http)],
  'sdk 1, stdio': () => [new first.Client(info), new first.Stdio({
    command: wish.program, args: ['mcp'], env: { CLAVIGER_URL: wish.base, CLAVIGER_API_TOKEN: wish.token } })],
  'client 2, legacy': () => [new second.Client(info), http(second.StreamableHTTPClientTransport)],
  'client 2, auto': () => [new second.Client(info, { versionNegotiation: { mode: 'auto' } }),
    http(second.StreamableHTTPClientTransport)],
  'client 2, 2026-07-28': () => [new second.Client(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } }),
    http(second.StreamableHTTPClientTransport)],
};

const failure = (promise) => promise.then(() => null, (e) => String(e.message));

async function look(name) {
  const [client, transport] = clients[name]();
  await client.connect(transport);
  const seen = { name, server: client.getServerVersion() && client.getServerVersion().name };
  seen.tools = (await client.listTools()).tools.map((t) => t.name);
  seen.me = (await client.callTool({ name: 'whoami', arguments: {} })).structuredContent;
  const read = await client.callTool({ name: 'read_document', arguments: { source: wish.source, path: 'README.md' } });
  seen.text = read.content[0].text;
  const lost = await client.callTool({ name: 'read_document', arguments: { source: wish.source, path: 'no' } });
  seen.lost = [lost.isError, lost.structuredContent.error.code];
  seen.unknown = await failure(client.callTool({ name: 'no_such_tool', arguments: {} }));
  await client.close();
  return seen;
}

// A key that is wrong: the client is told so, and goes nowhere else.
async function refused() {
  const asked = [];
  const client = new first.Client(info);
  const transport = new first.Http(new URL(wish.url), {
    requestInit: { headers: { Authorization: 'Bearer drvp_wrong' } },
    fetch: (url, init) => { asked.push(new URL(url).pathname); return fetch(url, init); },
  });
  const why = await failure(client.connect(transport));
  return { name: 'refused', why, asked };
}

async function main() {
  for (const name of Object.keys(clients)) {
    const seen = await look(name).catch((e) => ({ name, error: String(e.stack || e) }));
    console.log(JSON.stringify(seen));
  }
  console.log(JSON.stringify(await refused()));
}

main();
