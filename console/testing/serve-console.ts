import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { type ConsoleNeeds, createConsole } from "../console.ts";

/** The console behind a real server on loopback; what it leaves to other doors answers 418. */
export async function serveConsole(needs: () => ConsoleNeeds) {
  const server = createServer((req, res) => {
    void createConsole(needs())(req, res).then((mine) => mine || res.writeHead(418).end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const get = async (path: string, { method = "GET", host = "127.0.0.1" } = {}) => {
    const req = request({ host: "127.0.0.1", port, path, method, headers: { host } }).end();
    const [res] = (await once(req, "response")) as [IncomingMessage];
    let text = "";
    for await (const chunk of res) text += String(chunk);
    return { status: res.statusCode, headers: res.headers, text };
  };
  return { get, close: () => server.close() };
}
