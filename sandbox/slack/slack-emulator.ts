import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Clock, createClock } from "./clock.ts";
import { createDeliveries, type DeliverOptions, type Delivery } from "./delivery.ts";
import type { ViewValues } from "./entered-values.ts";
import { createFaults, type DeliveryKind, type Fault } from "./faults.ts";
import { asFields, type Fields } from "./fields.ts";
import { createHumanActions, type Posted } from "./human-actions.ts";
import type { World } from "./method.ts";
import { renderChannel } from "./page/render-message.ts";
import { createPage } from "./page-server.ts";
import type { Person, PersonSetup } from "./people.ts";
import type { Press } from "./press.ts";
import { respondTo } from "./response-url.ts";
import { SlackFailure } from "./slack-failure.ts";
import { createSocketMode, type DisconnectReason } from "./socket-mode.ts";
import { createResponseUrls, createTriggers } from "./triggers.ts";
import { createViewStacks, type OpenView, type View } from "./view-stacks.ts";
import { type ApiCall, createWebApi, readText, sendJson } from "./web-api.ts";
import { type ChannelSetup, createWorkspace, type Message, type Team } from "./workspace.ts";
import { createWorkspaceFile, loadWorkspace } from "./workspace-file.ts";

export type Command = { command: string; description: string; usage?: string };

export type SlackEmulatorOptions = {
  /** 0 takes a free port. */
  port?: number;
  /** Address to listen on; only this machine unless said. */
  host?: string;
  signingSecret: string;
  botToken: string;
  appToken: string;
  team: Team;
  people: readonly PersonSetup[];
  channels: readonly ChannelSetup[];
  appName?: string;
  /** Shown when a person types "/". */
  commands?: readonly Command[];
  /** Where events, interactions and commands go when no Socket Mode connection is open. */
  requestUrl?: string;
  /** Keeps the workspace in a JSON file there, found again at the next start. */
  folder?: string;
  clock?: { now: () => number };
  /** The current one-time code of the person with this email, shown to them on the page. */
  deviceCode?: (email: string) => string | null;
  /** The time an app has to ack, 3000 ms as in production; tests of slow apps may shorten it. */
  ackTimeoutMs?: number;
};

export type SlackEmulator = {
  readonly url: string;
  /** Ends in `/api/`, as `clientOptions.slackApiUrl` wants it. */
  readonly apiUrl: string;
  readonly clock: Pick<Clock, "now" | "advance">;
  readonly team: Team;
  readonly app: { id: string; botId: string; userId: string; name: string };
  setRequestUrl: (url: string | undefined) => void;
  /** Sends the `url_verification` challenge; true when the app echoed it. */
  verifyRequestUrl: () => Promise<boolean>;
  people: {
    list: () => Person[];
    get: (who: string) => Person;
    add: (person: PersonSetup) => Person;
    deactivate: (who: string) => void;
    change: (
      who: string,
      change: Partial<Pick<Person, "guest" | "stranger" | "tz" | "title">>,
    ) => void;
  };
  channelId: (where: string) => string;
  /** The channel id of the direct messages between the app and this person. */
  directMessages: (who: string) => string;

  postMessage: (by: string, where: string, text: string, thread?: string) => Promise<Posted>;
  slashCommand: (by: string, command: string, text: string, where?: string) => Promise<Delivery>;
  clickButton: (by: string, where: string, actionId: string, which?: Which) => Promise<Delivery>;
  choose: (by: string, where: string, actionId: string, choice: Choice) => Promise<Delivery>;
  submitView: (by: string, viewId: string, values: ViewValues) => Promise<Delivery>;
  closeView: (by: string, viewId: string) => Promise<Delivery | undefined>;
  openHome: (by: string, tab?: "home" | "messages") => Promise<Delivery>;
  stopSession: (by: string, where: string, thread: string) => Promise<Delivery>;
  deliver: (kind: DeliveryKind, payload: Fields, options?: DeliverOptions) => Promise<Delivery>;

  readonly calls: readonly ApiCall[];
  readonly deliveries: readonly Delivery[];
  messages: (channel: string) => Message[];
  thread: (channel: string, ts: string) => Message[];
  ephemerals: (who: string) => Message[];
  /** Open modals of a person, the top one last. */
  modals: (who: string) => OpenView[];
  home: (who: string) => View | undefined;
  waitForMessage: (match: (message: Message) => boolean, timeoutMs?: number) => Promise<Message>;
  waitForModal: (who: string, match?: (view: View) => boolean, timeoutMs?: number) => Promise<View>;
  /** The messages of a channel as the page shows them. */
  html: (channel: string) => string;

  injectFault: (fault: Fault) => void;
  clearFaults: () => void;
  restoreToken: () => void;
  disconnectSockets: (reason?: DisconnectReason) => void;
  socketCount: () => number;
  close: () => Promise<void>;
};

export type Which = Pick<Press, "blockId" | "value" | "values">;
export type Choice = string | string[] | ({ choice: string | string[] } & Which);

/**
 * Starts a stand-in for Slack on one port: the Web API, Socket Mode, signed HTTP delivery, people
 * who act, trouble on order, and a page to do it all by hand. Rejects when the port is taken.
 */
export async function startSlackEmulator(options: SlackEmulatorOptions): Promise<SlackEmulator> {
  const clock = createClock(options.clock?.now);
  const faults = createFaults();
  const saved = options.folder === undefined ? undefined : loadWorkspace(options.folder);
  const workspace = createWorkspace({
    team: options.team,
    appName: options.appName ?? "Countersign",
    people: options.people,
    channels: options.channels,
    now: clock.now,
    ...(saved ? { saved } : {}),
  });
  let requestUrl = options.requestUrl;
  let base = "";
  const sockets = createSocketMode(workspace.app.id, () => base);
  const ackTimeoutMs = options.ackTimeoutMs ?? 3000;
  const deliveries = createDeliveries({
    clock,
    faults,
    sockets,
    signingSecret: options.signingSecret,
    requestUrl: () => requestUrl,
    ackTimeoutMs,
  });
  const world: World = {
    workspace,
    sockets,
    deliveries,
    views: createViewStacks(workspace),
    triggers: createTriggers(clock.now),
    responseUrls: createResponseUrls(clock.now, () => base),
    sessions: { statuses: new Map(), states: new Map() },
    base: () => base,
  };
  const { botToken, appToken } = options;
  const api = createWebApi({ world, faults, clock, botToken, appToken });
  const human = createHumanActions(world, faults);
  const host = options.host ?? "127.0.0.1";
  const page = createPage({
    world,
    human,
    commands: options.commands ?? [],
    deviceCode: options.deviceCode,
    onlyThisMachine: host === "127.0.0.1",
  });
  const file =
    options.folder === undefined
      ? undefined
      : createWorkspaceFile(options.folder, () => workspace.toSave());
  if (file) workspace.onChange(file.soon);

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path.startsWith("/api/")) return api.handle(path.slice(5), request, response);
    if (path.startsWith("/response/")) return answerResponseUrl(path.slice(10), request, response);
    return page.handle(path, request, response);
  }

  async function answerResponseUrl(
    key: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    try {
      const body: unknown = JSON.parse(await readText(request));
      respondTo(world, world.responseUrls.redeem(key), body);
      sendJson(response, 200, { ok: true });
    } catch (error) {
      if (!(error instanceof SlackFailure) && !(error instanceof SyntaxError)) throw error;
      const why = error instanceof SlackFailure ? error.error : "invalid_payload";
      sendJson(response, why.endsWith("_url") ? 404 : 400, { ok: false, error: why });
    }
  }

  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      if (response.headersSent) return response.destroy();
      const tooLarge = error instanceof RangeError;
      return sendJson(response, tooLarge ? 413 : 500, { ok: false, error: "fatal_error" });
    });
  });
  server.on("upgrade", (request, stream, head) => sockets.upgrade(request, stream, head));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  base = `http://${host === "0.0.0.0" ? "127.0.0.1" : host}:${(server.address() as AddressInfo).port}`;

  function wait<T>(look: () => T | undefined, timeoutMs: number, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const found = look();
      if (found !== undefined) return resolve(found);
      const stop = workspace.onChange(() => {
        const now = look();
        if (now === undefined) return;
        clearTimeout(timer);
        stop();
        resolve(now);
      });
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`No ${what} within ${timeoutMs} ms`));
      }, timeoutMs);
    });
  }

  const idOf = (who: string): string => workspace.needPerson(who).id;
  function channelId(where: string): string {
    const channel = workspace.findChannel(where);
    if (!channel) throw new Error(`There is no channel "${where}"`);
    return channel.id;
  }

  return {
    url: base,
    apiUrl: `${base}/api/`,
    clock,
    team: workspace.team,
    app: workspace.app,
    setRequestUrl(url) {
      requestUrl = url;
    },
    async verifyRequestUrl() {
      const challenge = workspace.app.id;
      const payload = { token: "sandbox", challenge, type: "url_verification" };
      const delivery = await deliveries.deliver("events_api", payload);
      const answer = delivery.response;
      return answer === challenge || asFields(answer)["challenge"] === challenge;
    },
    people: {
      list: workspace.people,
      get: workspace.needPerson,
      add: workspace.addPerson,
      deactivate(who) {
        workspace.putPerson({ ...workspace.needPerson(who), deactivated: true });
      },
      change(who, change) {
        workspace.putPerson({ ...workspace.needPerson(who), ...change });
      },
    },
    channelId,
    directMessages: (who) => workspace.directMessages(idOf(who)).id,
    postMessage: human.postMessage,
    slashCommand: human.slashCommand,
    clickButton: (by, where, actionId, which) => human.press(by, where, { actionId, ...which }),
    choose(by, where, actionId, choice) {
      const wanted = typeof choice === "string" || Array.isArray(choice) ? { choice } : choice;
      return human.press(by, where, { actionId, ...wanted });
    },
    submitView: human.submitView,
    closeView: human.closeView,
    openHome: human.openHome,
    stopSession: human.stopSession,
    deliver: (kind, payload, how) => deliveries.deliver(kind, payload, how),
    calls: api.calls,
    deliveries: deliveries.log,
    messages: (where) => workspace.messages(channelId(where)),
    thread: (where, ts) =>
      workspace
        .messages(channelId(where))
        .filter((message) => message.ts === ts || message.thread_ts === ts),
    ephemerals: (who) => workspace.ephemeralsOf(idOf(who)),
    modals: (who) => world.views.stackOf(idOf(who)),
    home: (who) => world.views.home(idOf(who)),
    waitForMessage: (match, timeoutMs = 5000) =>
      wait(() => workspace.allMessages().find(match), timeoutMs, "such message"),
    waitForModal(who, match = () => true, timeoutMs = 5000) {
      const look = (): View | undefined => world.views.stackOf(idOf(who)).at(-1)?.view;
      const matching = (): View | undefined => {
        const view = look();
        return view && match(view) ? view : undefined;
      };
      return wait(matching, timeoutMs, "such modal");
    },
    html: (where) => renderChannel(workspace.messages(channelId(where)), page.renderingFor()),
    injectFault: faults.inject,
    clearFaults: faults.clear,
    restoreToken: () => api.restoreToken(),
    disconnectSockets: (reason = "refresh_requested") => sockets.disconnect(reason),
    socketCount: sockets.count,
    async close() {
      clock.stop();
      sockets.stop();
      page.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      file?.flush();
    },
  };
}
