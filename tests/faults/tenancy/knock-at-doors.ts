import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConsole } from "#/console/console.ts";
import { verifyAudit } from "#/db/audit.ts";
import { createPolicyStore } from "#/db/policy-store.ts";
import { createWebhookDoor } from "#/ingest/webhook-door.ts";
import { verifySandboxSignature } from "#/ingest/webhook-signature.ts";
import { createCheckpoints } from "#/main/checkpoints.ts";
import type { Product } from "#/main/compose.ts";
import { readConfig } from "#/main/config.ts";
import { deskTasks } from "#/main/desk-tasks.ts";
import { createLog } from "#/main/log.ts";
import { localPrincipal } from "#/mcp-server/authentication.ts";
import { createMcpEndpoint } from "#/mcp-server/http.ts";
import { buildOperationsServer } from "#/mcp-server/operations-server.ts";
import { createPolicySet, defaultTenantRules } from "#/policies/policy-set.ts";
import { startSlackEmulator } from "#/sandbox/slack/slack-emulator.ts";
import { createSlackApp, eventsPath } from "#/slack-app/app.ts";
import { declarations } from "#/tools/act/catalogue.ts";
import { createRunServices } from "#/workflows/run-services.ts";
import { pause } from "../seeded.ts";
import { witness } from "./ask-across.ts";
import type { Attempts } from "./row-level-security.ts";
import type { TwoFirms } from "./two-firms.ts";

const log = createLog("silent");

type Door = (req: IncomingMessage, res: ServerResponse) => Promise<boolean>;

async function behind<T>(door: Door, work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((req, res) => {
    door(req, res).then(
      (answered) => (answered ? undefined : res.writeHead(404).end()),
      () => res.destroy(),
    );
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise<void>((closed) => server.close(() => closed()));
  }
}

/** Console, MCP over HTTP, desk and webhook of our firm, asked for everything of theirs. */
export async function knockAtDoors(two: TwoFirms): Promise<Attempts> {
  const { ours, theirs, store, database } = two;
  const { see, ask, result, violations } = witness(two);
  const names = [
    theirs.proposal.id,
    theirs.ids.invoice,
    `erp:invoice:${theirs.ids.invoice}`,
    theirs.ids.exception,
    String(theirs.ids.answer),
  ];

  const pages = createConsole({
    services: ours.services,
    principal: ours.lead,
    links: [],
    auditTail: async () => ({ events: await store.auditTail(ours.tenant, 50), chain: null }),
    allowedHosts: ["127.0.0.1"],
    now: () => new Date().toISOString(),
    log,
  });
  await behind(pages, async (url) => {
    for (const path of [
      "/",
      "/audit",
      ...names.flatMap((name) => [
        `/proposals/${encodeURIComponent(name)}`,
        `/invoices/${encodeURIComponent(name)}`,
      ]),
    ]) {
      const response = await fetch(`${url}${path}?tenant=rival`, {
        headers: { "x-tenant": "rival" },
      });
      see(`console ${path}`, await response.text(), names);
      if (path.length > 8 && response.status !== 404)
        violations.push(`console ${path}: ${response.status}`);
    }
  });

  const mcp = createMcpEndpoint({
    path: "/mcp",
    allowedHosts: ["127.0.0.1"],
    allowedOrigins: ["127.0.0.1"],
    authentication: localPrincipal(ours.lead),
    build: ({ principal }) =>
      buildOperationsServer({
        principal,
        services: { ...ours.services, operations: null },
        producedBy: { mind: "an AI client", promptHash: null },
        thread: null,
        catalogue: declarations,
        log,
      }),
    log,
  });
  await behind(mcp, async (url) => {
    const call = async (method: string, params: object): Promise<string> => {
      const response = await fetch(`${url}/mcp`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json, text/event-stream",
          "mcp-protocol-version": "2025-06-18",
          "x-tenant": "rival",
        },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      });
      return response.text();
    };
    const own = await call("resources/read", {
      uri: `countersign://proposals/${ours.proposal.id}`,
    });
    if (!own.includes(ours.proposal.id)) violations.push("MCP resources: not even our own is read");
    for (const name of names) {
      see(
        `MCP resource ${name}`,
        await call("resources/read", { uri: `countersign://proposals/${name}` }),
        names,
      );
      see(
        `MCP completion ${name}`,
        await call("completion/complete", {
          ref: { type: "ref/resource", uri: "countersign://proposals/{id}" },
          argument: { name: "id", value: name.slice(0, 3) },
        }),
      );
    }
    see("MCP resources", await call("resources/list", {}));
    see("MCP identity", await call("tools/call", { name: "identity_get", arguments: {} }));
    const completed = await call("completion/complete", {
      ref: { type: "ref/resource", uri: "countersign://proposals/{id}" },
      argument: { name: "id", value: "P-" },
    });
    if (!completed.includes(ours.proposal.id))
      violations.push("MCP completion: not even our own is named");
    if (completed.includes(theirs.proposal.id))
      violations.push("MCP completion names their proposal");
  });
  await mcp.close();

  const folder = mkdtempSync(join(tmpdir(), "countersign-tenancy-"));
  const checkpoints = createCheckpoints({
    database,
    folder,
    keyFile: undefined,
    log,
    now: () => new Date(),
  });
  const policies = createPolicyStore(database);
  const product = {
    ...ours,
    policies: {
      store: policies,
      changing: {
        store,
        policies,
        policy: () => ({
          ...createPolicySet({ name: ours.tenant, tenantRules: defaultTenantRules }),
          baseCurrency: "EUR",
        }),
        now: () => new Date().toISOString(),
        start: { expireLater: () => async () => undefined },
        secondsToLive: 3_600,
      },
    },
    database,
    store,
    checkpoints,
    config: readConfig({ TENANT: ours.tenant }),
    runs: createRunServices({
      store,
      policy: () => ({
        ...createPolicySet({ name: ours.tenant, tenantRules: defaultTenantRules }),
        baseCurrency: "EUR",
      }),
      start: { carryOutReplay: () => async () => undefined },
      sight: async () => ({ seen: "cannot-tell" }),
      tryNow: () => undefined,
      resting: () => [],
      secondFactor: () => null,
    }),
  };
  const tasks = deskTasks(product as unknown as Product, async () => ours.lead);
  const given: Readonly<Record<string, readonly unknown[]>> = {
    ask: [{ question: `Why is ${theirs.ids.invoice} late?` }],
    proposals: [{}, { tenant: "rival" }],
    runs: [{}, { tenant: "rival" }],
    "policy-diff": [{ rules: defaultTenantRules }],
    "policy-history": [{}, { tenant: "rival" }],
    "access-review": [{}, { tenant: "rival" }],
    "run-override": (["replay", "force", "resolve", "discard"] as const).map((what) => ({
      do: what,
      proposal: theirs.proposal.id,
      reason: "across",
    })),
    "break-glass": [{ action: "R08", incident: "INC-1", reason: "x".repeat(20), code: "123456" }],
    "audit-show": [{ proposal: theirs.proposal.id }],
    "audit-erase": [{ containing: "rival.example" }, { containing: theirs.ids.effectKey }],
    "audit-reconcile": [{ reason: "across", tenant: "rival" }],
  };
  for (const [name, task] of Object.entries(tasks))
    for (const argument of given[name] ?? [null])
      await ask(`desk ${name}`, async () => {
        const answer = await task(argument);
        if (JSON.stringify(answer ?? null).includes('"tenant":"rival"'))
          violations.push(`desk ${name}: it shows a line of the other firm`);
        return answer;
      }, [...names, theirs.ids.effectKey]);
  await checkpoints.stop();
  rmSync(folder, { recursive: true, force: true });

  const secret = "tenancy-webhook-secret";
  const webhooks = createWebhookDoor({
    connections: new Map([["memory", { secret, verify: verifySandboxSignature }]]),
    now: Date.now,
    log,
    store: {
      receive: async (connection, event, body) =>
        (await store.receiveSignal(
          {
            tenant: ours.tenant,
            key: `${connection}:${event.id}`,
            kind: "business-event",
            name: event.type,
            subject: event.subject,
            receivedAt: new Date().toISOString(),
          },
          body.toString("utf8"),
          async () => undefined,
        ))
          ? "new"
          : "seen",
    },
  });
  await behind(webhooks, async (url) => {
    for (const [name, extra] of [
      ["memory", {}],
      ["memory", { tenant: "rival" }],
      ["rival", {}],
    ] as const) {
      const body = JSON.stringify({
        id: `evt-across-${theirs.ids.signal}`,
        type: "invoice.updated",
        occurredAt: new Date().toISOString(),
        subject: { system: "erp", type: "invoice", id: theirs.ids.invoice },
        sequence: 1,
        ...extra,
      });
      const at = String(Math.floor(Date.now() / 1000));
      const signature = createHmac("sha256", secret).update(`${at}.${body}`).digest("hex");
      const response = await fetch(`${url}/webhooks/${name}`, {
        method: "POST",
        body,
        headers: { "x-sandbox-timestamp": at, "x-sandbox-signature": `v1=${signature}` },
      });
      see(`webhook ${name}`, await response.text());
      const expected = name === "rival" ? 404 : "tenant" in extra ? 400 : 204;
      if (response.status !== expected) violations.push(`webhook ${name}: ${response.status}`);
    }
  });
  const [audit] = await verifyAudit(database, theirs.tenant);
  if (audit?.fault) violations.push(`their audit: ${audit.fault.problem}`);
  return result();
}

/** Our chat: our people press buttons and send forms that carry the other firm's card. */
export async function pressTheirCards(two: TwoFirms): Promise<Attempts> {
  const { ours, theirs } = two;
  const { see, result, violations } = witness(two);
  const secrets = { signingSecret: "0123456789abcdef", botToken: "xoxb-1", appToken: "xapp-1" };
  const slack = await startSlackEmulator({
    ...secrets,
    team: { id: ours.ids.account.team, name: "Ours", domain: "ours" },
    people: [
      { name: "Lena Lead", email: "lena@meridian.example" },
      { name: "Fiona Fin", email: "fiona@meridian.example" },
      { name: "Their Lena", email: "lena@rival.example" },
    ],
    channels: [{ name: "delivery", members: ["Lena Lead"] }],
  });
  const app = createSlackApp({
    ...secrets,
    mode: "http",
    slackApiUrl: slack.apiUrl,
    noticeChannel: slack.channelId("delivery"),
    services: ours.services,
    outbox: ours.outbox,
    log,
    pollMs: 3_600_000,
  });
  const { id, version, nonce, payloadHash } = theirs.proposal;
  const value = JSON.stringify({ p: id, v: version, n: nonce, h: payloadHash });
  const place = {
    channel: slack.directMessages("Fiona Fin"),
    message: "1764000000.000100",
    thread: "1764000000.000100",
  };
  const pending = { value: JSON.parse(value) as unknown, verdict: "approve", reason: null, place };
  await behind(
    async (req, res) => {
      app.requestListener(req, res);
      return true;
    },
    async (url) => {
      slack.setRequestUrl(`${url}${eventsPath}`);
      await app.start();
      for (const who of ["Fiona Fin", "Lena Lead", "Their Lena"]) {
        const user = slack.people.get(who).id;
        const common = {
          user: { id: user },
          team: { id: ours.ids.account.team },
          api_app_id: slack.app.id,
          token: "t",
          trigger_id: "1.1.x",
        };
        const press = (action: string, carried: string) =>
          slack.deliver("interactive", {
            ...common,
            type: "block_actions",
            container: { type: "message", channel_id: place.channel, message_ts: place.message },
            channel: { id: place.channel },
            message: { ts: place.message },
            actions: [
              {
                type: "button",
                action_id: action,
                block_id: "b",
                value: carried,
                action_ts: "1.1",
              },
            ],
          });
        const submit = (callback: string, metadata: string, values: object) =>
          slack.deliver("interactive", {
            ...common,
            type: "view_submission",
            view: {
              id: "V1",
              type: "modal",
              callback_id: callback,
              private_metadata: metadata,
              state: { values },
            },
          });
        await press("proposal.approve", value);
        await press("proposal.evidence", value);
        await press("proposal.reject", value);
        await press("proposal.second-factor", JSON.stringify(pending));
        await submit("proposal.reject.submit", JSON.stringify({ value, place }), {
          reason: { reason: { selected_option: { value: "other" } } },
          words: { words: { value: "across the wall" } },
        });
        await submit("proposal.second-factor.submit", JSON.stringify(pending), {
          code: { code: { value: "123456" } },
        });
        await slack.openHome(who);
        await slack.postMessage(
          who,
          slack.directMessages(who),
          `Why is ${theirs.ids.invoice} late? Show ${id}`,
        );
      }
      // The same form on a card of ours is taken, so it was not for its shape that theirs were refused.
      const { proposal } = ours;
      const own = JSON.stringify({
        p: proposal.id,
        v: proposal.version,
        n: proposal.nonce,
        h: proposal.payloadHash,
      });
      await slack.deliver("interactive", {
        user: { id: slack.people.get("Fiona Fin").id },
        team: { id: ours.ids.account.team },
        api_app_id: slack.app.id,
        token: "t",
        trigger_id: "1.1.x",
        type: "view_submission",
        view: {
          id: "V1",
          type: "modal",
          callback_id: "proposal.reject.submit",
          private_metadata: JSON.stringify({ value: own, place }),
          state: {
            values: {
              reason: { reason: { selected_option: { value: "other" } } },
              words: { words: { value: "not across the wall" } },
            },
          },
        },
      });
      if (!(await heard(two))) violations.push("a form on our own card was not heard either");
      await app.stop();
    },
  );
  for (const who of ["Fiona Fin", "Lena Lead", "Their Lena"]) {
    see(
      `what ${who} was told`,
      [...slack.messages(slack.directMessages(who)), ...slack.ephemerals(who)],
      [nonce],
    );
    see(`the home of ${who}`, slack.home(who) ?? "");
    see(`the forms of ${who}`, slack.modals(who), [nonce]);
  }
  // Answers of ours to Slack; what people sent carried the nonce, and comes from them.
  see("every call to Slack", slack.calls, [nonce]);
  if (slack.calls.length < 10)
    violations.push(`only ${slack.calls.length} calls to Slack were made`);
  await slack.close();
  return result();
}

/** Our audit tells of a vote on our own proposal, counted or refused by policy. */
async function heard({ store, ours }: TwoFirms): Promise<boolean> {
  const subject = `proposal:${ours.proposal.id}:1`;
  for (let waited = 0; waited < 10_000; waited += 50) {
    const told = (await store.auditTail(ours.tenant, 50)).map(({ body }) => body);
    if (told.some((body) => body.includes(subject) && body.includes('"kind":"vote.'))) return true;
    await pause(50);
  }
  return false;
}
