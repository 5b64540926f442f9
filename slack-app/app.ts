import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { App, HTTPReceiver, SocketModeReceiver } from "@slack/bolt";
import { WebClient, type WebClientOptions } from "@slack/web-api";
import { CountersignError } from "#/domain/errors.ts";
import type { OperationsServices } from "#/workflows/operations-services.ts";
import type { Outbox, Services } from "#/workflows/services.ts";
import { createHome } from "./home.ts";
import { listenForApprove } from "./listeners/approve.ts";
import { listenForEdit } from "./listeners/edit.ts";
import { listenForEvidence } from "./listeners/evidence.ts";
import { listenForHome } from "./listeners/home.ts";
import { listenForQuestions } from "./listeners/question.ts";
import { listenForReject } from "./listeners/reject.ts";
import { listenForSecondFactor } from "./listeners/second-factor.ts";
import { listenForStaleButtons } from "./listeners/stale-button.ts";
import { listenForWithdraw } from "./listeners/withdraw.ts";
import { boltLogger, errorDetails, type Log } from "./log.ts";
import { createPoster } from "./poster.ts";
import type { Workspace } from "./who-pressed.ts";

export type SlackOptions = {
  readonly botToken: string;
  readonly signingSecret: string;
  readonly mode: "http" | "socket";
  /** `xapp-…`; needed in Socket Mode only. */
  readonly appToken?: string;
  /** Ends in `/api/`. Slack itself when left out. */
  readonly slackApiUrl?: string;
  /** Id of the firm's channel for notices. */
  readonly noticeChannel: string;
  readonly services: Services;
  readonly outbox: Outbox;
  /** The firm as a whole; null or left out where nothing is known of it. */
  readonly operations?: OperationsServices | null;
  readonly log: Log;
  /** How often the outbox is looked at, in milliseconds. */
  readonly pollMs?: number;
  /** After this many milliseconds a presser hears that their vote takes longer. */
  readonly patienceMs?: number;
};

export type SlackApp = {
  /** Checks the token, opens the socket in Socket Mode, starts the poster. Throws CONNECTOR_AUTH or CONNECTOR_UNAVAILABLE. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Slack's requests: `POST /slack/events`. Answers 404 to all else, and to everything in Socket Mode. */
  readonly requestListener: RequestListener;
  /** Looks at the outbox now. */
  readonly wake: () => void;
  /** Sends what the outbox holds; resolves when it gives nothing more. */
  readonly drain: () => Promise<void>;
};

export const eventsPath = "/slack/events";
const largestBody = 1_000_000;
const staleSeconds = 300;

/** The Slack door: Bolt's listeners over `services`, and the poster over `outbox`. */
export function createSlackApp(options: SlackOptions): SlackApp {
  const { services, outbox, log, botToken, noticeChannel } = options;
  const receiver = createReceiver(options);
  const reads = new WebClient(botToken, webOptions(options, { retries: 2 }));
  const posts = new WebClient(botToken, {
    ...webOptions(options, { retries: 0 }),
    rejectRateLimitedCalls: true,
  });
  const workspace = rememberWorkspace(reads);
  const app = new App({
    receiver,
    logger: boltLogger(log),
    clientOptions: webOptions(options, { retries: 2 }),
    authorize: async () => {
      const { botUser, team } = await workspace();
      return { botToken, botUserId: botUser, teamId: team };
    },
  });
  const who = { reads, services, workspace, log };
  const home = createHome({
    ...who,
    operations: options.operations ?? null,
    now: () => Temporal.Now.instant().toString(),
  });
  const poster = createPoster({
    ...who,
    // The poster puts off what fails, so nothing in it waits inside a client.
    reads: posts,
    posts,
    outbox,
    noticeChannel,
    refreshHome: home.publishSoon,
    clock: { now: Date.now, wait: async (ms) => wait(ms) },
    pollMs: options.pollMs ?? 1000,
  });
  const needs = {
    ...who,
    posts,
    outbox,
    home,
    wake: poster.wake,
    refreshHome: home.publishSoon,
    patience: options.patienceMs ?? 8000,
  };
  for (const listen of [
    listenForApprove,
    listenForReject,
    listenForSecondFactor,
    listenForWithdraw,
    listenForEdit,
    listenForEvidence,
    listenForQuestions,
    listenForHome,
    listenForStaleButtons,
  ])
    listen(app, needs);
  app.error(async (error) => log.error(errorDetails(error), "a Slack listener failed"));

  return {
    start: async () => {
      await workspace();
      if (receiver instanceof SocketModeReceiver) await receiver.start();
      poster.start();
    },
    stop: async () => {
      if (receiver instanceof SocketModeReceiver) await receiver.stop();
      await poster.stop();
      await home.stop();
    },
    requestListener:
      receiver instanceof HTTPReceiver ? guarded(receiver) : (_, answer) => refuse(answer, 404),
    wake: poster.wake,
    drain: poster.drain,
  };
}

// A fresh object for each client: Socket Mode writes its own retry policy into the one it is given.
const webOptions = (
  { slackApiUrl, log }: SlackOptions,
  retryConfig: { retries: number; factor?: number },
): WebClientOptions => ({
  ...(slackApiUrl !== undefined && { slackApiUrl }),
  retryConfig,
  timeout: 10_000,
  logger: boltLogger(log),
});

function createReceiver(options: SlackOptions): HTTPReceiver | SocketModeReceiver {
  const logger = boltLogger(options.log);
  if (options.mode === "http")
    return new HTTPReceiver({
      signingSecret: options.signingSecret,
      endpoints: [eventsPath],
      bodyLimit: largestBody,
      logger,
    });
  if (options.appToken === undefined)
    throw new CountersignError("CONFIG_INVALID", {
      problems: "Socket Mode needs the app-level token, xapp-…",
    });
  return new SocketModeReceiver({
    appToken: options.appToken,
    logger,
    // Only opens sockets, which may be repeated for as long as Slack is away.
    installerOptions: { clientOptions: webOptions(options, { retries: 100, factor: 1.3 }) },
  });
}

/** Bolt checks signature and age; a timestamp from the future, which it lets through, ends here. */
const guarded =
  (receiver: HTTPReceiver): RequestListener =>
  (request: IncomingMessage, answer: ServerResponse) => {
    const stamp = Number(request.headers["x-slack-request-timestamp"] ?? 0);
    if (stamp > Date.now() / 1000 + staleSeconds) return refuse(answer, 401);
    const path = (request.url ?? "").split("?")[0];
    if (request.method !== "POST" || path !== eventsPath) return refuse(answer, 404);
    return receiver.requestListener(request, answer);
  };

const refuse = (answer: ServerResponse, status: number): void => {
  answer.writeHead(status).end();
};

/** Asked once; asked again after a failure. */
function rememberWorkspace(reads: WebClient): () => Promise<Workspace> {
  let known: Promise<Workspace> | null = null;
  return () => {
    known ??= askWorkspace(reads).catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };
}

async function askWorkspace(reads: WebClient): Promise<Workspace> {
  try {
    const { team_id, enterprise_id, user_id } = await reads.auth.test();
    if (!team_id || !user_id) throw new CountersignError("CONNECTOR_AUTH", { system: "Slack" });
    return { team: team_id, enterprise: enterprise_id ?? null, botUser: user_id };
  } catch (cause) {
    const refused = /auth|token|account_inactive/.test(errorDetails(cause).message ?? "");
    const code = refused ? "CONNECTOR_AUTH" : "CONNECTOR_UNAVAILABLE";
    throw new CountersignError(code, { system: "Slack" }, { cause });
  }
}
