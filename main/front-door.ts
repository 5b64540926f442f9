import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { CountersignError } from "#/domain/errors.ts";

/** Answers a request and says so, or leaves it untouched for the next door. */
export type Door = (req: IncomingMessage, res: ServerResponse) => Promise<boolean>;

export type FrontDoor = {
  readonly url: string;
  readonly port: number;
  /** Doors are tried in order; set once the parts behind them exist. */
  open(doors: readonly Door[]): void;
  close(): Promise<void>;
};

/** The one port everything is reached by. Before `open` it is alive and not ready. */
export async function openFrontDoor(
  { host, port }: { host: string; port: number },
  {
    ready,
    log,
  }: {
    ready: () => Promise<Record<string, string>>;
    log: (message: string, cause: unknown) => void;
  },
): Promise<FrontDoor> {
  let doors: readonly Door[] | null = null;
  const server = createServer((req, res) => {
    void answer(req, res).catch((cause: unknown) => {
      log("a request failed", cause);
      if (!res.headersSent)
        send(res, 500, { error: { code: "INTERNAL", message: "Not done; try again." } });
      else res.destroy();
    });
  });
  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const path = (req.url ?? "/").split("?", 1)[0];
    if (path === "/healthz") return send(res, 200, { status: "alive" });
    if (path === "/readyz")
      return sendReadiness(res, doors ? await ready() : { start: "not finished" });
    if (!doors)
      return send(res, 503, {
        error: { code: "STARTING", message: "Starting; try again in a moment." },
      });
    for (const door of doors) if (await door(req, res)) return;
    send(res, 404, {
      error: { code: "NOT_FOUND", message: "Nothing is here. The start page is at /." },
    });
  };
  await listen(server, host, port);
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    open: (given) => {
      doors = given;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const sendReadiness = (res: ServerResponse, parts: Record<string, string>): void => {
  const good = Object.values(parts).every((state) => state === "ready");
  send(res, good ? 200 : 503, { status: good ? "ready" : "not ready", parts });
};

function send(res: ServerResponse, status: number, body: object): void {
  res
    .writeHead(status, { "content-type": "application/json", "cache-control": "no-store" })
    .end(JSON.stringify(body));
}

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(
        cause.code === "EADDRINUSE"
          ? new CountersignError(
              "CONFIG_INVALID",
              { problems: `  ✖ port ${port} is taken; set PORT to another one` },
              { cause },
            )
          : cause,
      ),
    );
    server.listen(port, host, resolve);
  });
