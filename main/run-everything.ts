import { createConsole } from "#/console/console.ts";
import { verifyAudit } from "#/db/audit.ts";
import type { Principal } from "#/domain/member.ts";
import { createWebhookDoor } from "#/ingest/webhook-door.ts";
import { verifySandboxSignature } from "#/ingest/webhook-signature.ts";
import type { Systems } from "#/sandbox/systems/start-systems.ts";
import { createSlackApp, eventsPath, type SlackApp } from "#/slack-app/app.ts";
import { compose, type Product } from "./compose.ts";
import type { Config } from "./config.ts";
import { connectSystems } from "./connect-systems.ts";
import { deskTasks } from "./desk-tasks.ts";
import { principalHere, putPeople, workingWeek } from "./firm-directory.ts";
import { type FrontDoor, openFrontDoor } from "./front-door.ts";
import { keepAlive } from "./keep-alive.ts";
import { openDesk } from "./local-desk.ts";
import type { Log } from "./log.ts";
import { mcpDoor } from "./mcp-door.ts";
import { type Chat, sandboxSlack, startSandboxChat, startSandboxSystems } from "./sandbox-world.ts";

export type Running = {
  readonly product: Product;
  readonly front: FrontDoor;
  readonly systems: Systems | null;
  readonly chat: Chat | null;
  readonly slack: SlackApp | null;
  /** Whoever a command or a page on this machine acts for. */
  readonly localPrincipal: () => Promise<Principal>;
  /** Ends when the firm was looked at once; rejects when that failed, which is logged. */
  readonly firstLook: Promise<void>;
  readonly stop: () => Promise<void>;
};

/**
 * Everything in one process, on embedded parts where the configuration names no others. Whatever was
 * started is stopped again when a later part fails.
 */
export async function runEverything(
  config: Config,
  log: Log,
  { lookAtStart = true }: { lookAtStart?: boolean } = {},
): Promise<Running> {
  const undo: (() => Promise<unknown> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of undo.splice(0).reverse())
      await Promise.resolve(each()).catch(() => undefined);
  };
  try {
    return await start(config, { log, undo, stop, lookAtStart });
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  config: Config,
  {
    log,
    undo,
    stop,
    lookAtStart,
  }: {
    log: Log;
    undo: (() => Promise<unknown> | void)[];
    stop: () => Promise<void>;
    lookAtStart: boolean;
  },
): Promise<Running> {
  const complain = (message: string, cause: unknown): void => log.error({ err: cause }, message);
  const holder: { product?: Product } = {};
  const front = await openFrontDoor(
    { host: config.HOST, port: config.PORT },
    { ready: () => readiness(holder.product), log: complain },
  );
  undo.push(() => front.close());
  const publicUrl = config.PUBLIC_URL ?? front.url;

  const ownSystems = config.SYSTEM === "sandbox" && config.SANDBOX_URLS === undefined;
  const today = Temporal.Now.plainDateISO(workingWeek.zone).toString();
  // The database first: its lock is what keeps a second process away from the folder.
  const world: { systems: Systems | null } = { systems: null };
  const product = await compose(config, {
    log,
    calendar: workingWeek,
    proposalPage: (id) => `${publicUrl}/proposals/${id}`,
    connect: async (calendar) => {
      world.systems = ownSystems ? await startSandboxSystems(config, today) : null;
      const started = world.systems;
      if (started) undo.push(() => started.close());
      return connectSystems(config, {
        calendar,
        sandbox: world.systems,
        onRejected: (rejected) => log.warn({ ...rejected }, "an event was not taken in"),
      });
    },
  });
  holder.product = product;
  undo.push(() => product.close());
  const { systems } = world;

  const people = await putPeople(config, product);
  await product.policies.putSettings();
  const chat = config.SLACK_MODE === "sandbox" ? await startSandboxChat(config, people) : null;
  if (chat) undo.push(() => chat.close());
  // Before anything can run: what was signed must still be there.
  await product.checkpoints.start();
  await product.engine.launch();
  const alive = await keepAlive(product.database, {
    id: config.EXECUTOR_ID,
    deadAfterSeconds: config.WORKER_DEAD_SECONDS,
    engine: product.engine,
    store: product.store,
    log,
    onReplaced: () => process.kill(process.pid, "SIGTERM"),
  });
  undo.push(alive.stop);

  const slack = createSlack(config, { product, chat, log });
  if (slack) undo.push(slack.stop);
  const localPrincipal = (): Promise<Principal> => principalHere(config, product);
  const desk = openDesk(config.COUNTERSIGN_HOME, front.url, {
    tasks: deskTasks(product, localPrincipal),
    log,
  });
  undo.push(desk.close);
  const mcp = mcpDoor(config, { product, publicUrl, principal: await localPrincipal(), log });
  undo.push(() => mcp.close());
  const pages = createConsole({
    services: product.services,
    operations: product.operations,
    firm: { name: config.TENANT, zone: workingWeek.zone },
    principal: await localPrincipal(),
    links: linksOf({ publicUrl, chat, systems }),
    auditTail: () => auditShown(product),
    allowedHosts: ["127.0.0.1", "localhost", "[::1]"],
    now: () => new Date().toISOString(),
    log,
  });
  front.open([
    mcp,
    webhooks(product, log),
    async (req, res) => {
      if (!slack || !(req.url ?? "").startsWith(eventsPath)) return false;
      slack.requestListener(req, res);
      return true;
    },
    desk.door,
    pages,
  ]);
  chat?.setRequestUrl(`${front.url}${eventsPath}`);
  systems?.control.subscribe({
    url: `${front.url}/webhooks/sandbox`,
    secret: config.WEBHOOK_SECRET,
  });
  await slack?.start();
  // The first look does not wait for the clock, and nobody waits for it.
  const firstLook = lookAtStart ? product.watch() : Promise.resolve();
  firstLook.catch((cause: unknown) => log.error({ err: cause }, "the first look failed"));
  undo.push(() => firstLook.catch(() => undefined));
  return { product, front, systems, chat, slack, localPrincipal, firstLook, stop };
}

async function readiness(product: Product | undefined): Promise<Record<string, string>> {
  if (!product) return { start: "not finished" };
  const state = (check: Promise<unknown>): Promise<string> =>
    check.then(
      () => "ready",
      () => "not ready",
    );
  return {
    database: await state(product.database.pool.query("select 1")),
    systems: await state(product.connector.check()),
    ...Object.fromEntries(
      product.connector.guards.flatMap((guard) => {
        const since = guard.state();
        return since
          ? [[guard.system, `resting since ${since.since}, tried at ${since.again}`]]
          : [];
      }),
    ),
    audit:
      product.checkpoints.problem() === null
        ? "ready"
        : "rolled back: nothing runs until it is reconciled",
  };
}

function createSlack(
  config: Config,
  { product, chat, log }: { product: Product; chat: Chat | null; log: Log },
): SlackApp | null {
  if (config.SLACK_MODE === "off") return null;
  const slackApiUrl = chat?.apiUrl ?? config.SLACK_API_URL;
  return createSlackApp({
    botToken: chat ? sandboxSlack.botToken : (config.SLACK_BOT_TOKEN ?? ""),
    signingSecret: chat ? sandboxSlack.signingSecret : (config.SLACK_SIGNING_SECRET ?? ""),
    mode: config.SLACK_MODE === "socket" ? "socket" : "http",
    ...(config.SLACK_APP_TOKEN ? { appToken: config.SLACK_APP_TOKEN } : {}),
    ...(slackApiUrl ? { slackApiUrl } : {}),
    noticeChannel: chat ? chat.channelId(config.SLACK_CHANNEL) : config.SLACK_CHANNEL,
    services: product.services,
    operations: product.operations,
    outbox: product.outbox,
    log,
    pollMs: 500,
  });
}

function webhooks(product: Product, log: Log) {
  const { config, store, engine } = product;
  return createWebhookDoor({
    connections: new Map([
      ["sandbox", { secret: config.WEBHOOK_SECRET, verify: verifySandboxSignature }],
    ]),
    now: Date.now,
    log,
    store: {
      receive: async (connection, event, rawBody) => {
        const key = `${connection}:${event.id}`;
        const fresh = await store.receiveSignal(
          {
            tenant: config.TENANT,
            key,
            kind: "business-event",
            name: event.type,
            subject: event.subject,
            receivedAt: new Date().toISOString(),
          },
          rawBody.toString("utf8"),
          engine.start.respond(config.TENANT, key, "events"),
        );
        return fresh ? "new" : "seen";
      },
    },
  });
}

async function auditShown(product: Product) {
  const tenant = product.config.TENANT;
  const [verified] = await verifyAudit(product.database, tenant);
  return {
    events: await product.store.auditTail(tenant, 50),
    chain: verified
      ? { lines: verified.lines, fault: verified.fault, checkedAt: new Date().toISOString() }
      : null,
  };
}

/** Where to look, in the order in which a newcomer should. */
export const linksOf = (where: {
  publicUrl: string;
  chat: Chat | null;
  systems: Systems | null;
}) => [
  ...(where.chat
    ? [
        {
          title: "Chat",
          href: where.chat.url,
          note: "Be the delivery lead in one tab and the finance manager in another.",
        },
      ]
    : []),
  ...(where.systems
    ? [
        {
          title: "The firm's world",
          href: where.systems.psaUrl,
          note: "Play the consultant who submits a timesheet or the client who accepts a milestone.",
        },
      ]
    : []),
  {
    title: "Audit",
    href: `${where.publicUrl}/audit`,
    note: "Every step, in a chain that shows tampering.",
  },
  {
    title: "AI clients",
    href: `${where.publicUrl}/mcp`,
    note: "The MCP endpoint for Claude, Cursor and others.",
  },
];
