// node connector.mjs PORT: a connector behind Assay's protocol for connectors in another process.
//
// GET  /connector  what it is and claims
// POST /run        {config, now, command} -> {outcome} or {error}
// POST /receive    the same with an IncomingWebhook -> {events, status} or {error}

import { createServer } from "node:http";
import { ConnectorError, DESCRIPTION, receive, run } from "./stripe.mjs";

const answers = {
  "GET /connector": () => DESCRIPTION,
  "POST /run": async (asked) => ({ outcome: await run(asked) }),
  "POST /receive": (asked) => receive(asked),
};

async function read(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return chunks.length ? JSON.parse(Buffer.concat(chunks).toString("utf8")) : {};
}

async function answer(request) {
  const found = answers[`${request.method} ${request.url}`];
  if (!found) return [404, { message: "nothing here" }];
  try {
    return [200, await found(await read(request))];
  } catch (problem) {
    if (problem instanceof ConnectorError) return [200, { error: problem.form() }];
    return [500, { message: problem.name }]; // a fault of this program: its text may hold anything
  }
}

const server = createServer(async (request, response) => {
  const [status, document] = await answer(request);
  const body = JSON.stringify(document);
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) });
  response.end(body);
});

server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
