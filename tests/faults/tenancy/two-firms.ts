import { createCaseStore } from "#/db/case-store.ts";
import { putMembers } from "#/db/member.ts";
import { createOperationsStore } from "#/db/operations/operations-store.ts";
import { createOutboxDoor } from "#/db/outbox-door.ts";
import { createPolicyStore } from "#/db/policy-store.ts";
import { sampleMember, sampleTenant } from "#/db/sample-rows.ts";
import { createStore } from "#/db/store.ts";
import { putTenant } from "#/db/tenant.ts";
import { openTestDatabase } from "#/db/test-database.ts";
import type { ExceptionId } from "#/domain/ids.ts";
import { PersonId, TenantId } from "#/domain/ids.ts";
import type { Principal } from "#/domain/member.ts";
import type { Proposal } from "#/domain/proposal.ts";
import { composeActions } from "#/main/compose-actions.ts";
import { composeAgents } from "#/main/compose-agents.ts";
import { composeOutbox } from "#/main/compose-outbox.ts";
import { readConfig } from "#/main/config.ts";
import { createLog } from "#/main/log.ts";
import { checkSecondFactor, sandboxSecret } from "#/main/second-factor.ts";
import { createPolicySet, defaultTenantRules } from "#/policies/policy-set.ts";
import { candidatesFor, editableArguments } from "#/tools/act/catalogue.ts";
import { calendar } from "#/tools/act/fake-systems.ts";
import { createServices } from "#/workflows/create-services.ts";
import type { Start } from "#/workflows/durable.ts";
import type { Outbox, Services } from "#/workflows/services.ts";
import type { Store } from "#/workflows/store.ts";
import { watchInvoices } from "#/workflows/watch-portfolio.ts";
import { type Firm, openFirm } from "../hijack/firm.ts";
import { fillOperations } from "./operations-rows.ts";

/** One firm with something of everything, and every id that names something of it. */
export type House = {
  readonly tenant: TenantId;
  readonly services: Services;
  readonly outbox: Outbox;
  readonly firm: Firm;
  /** A delivery lead: may read, propose and vote. */
  readonly lead: Principal;
  readonly proposal: Proposal;
  readonly ids: {
    readonly exception: ExceptionId;
    readonly answer: number;
    readonly evidence: readonly string[];
    readonly signal: string;
    readonly outboxItem: number;
    readonly effectKey: string;
    readonly invoice: string;
    readonly project: string;
    readonly thread: { readonly channel: string; readonly ts: string };
    readonly account: { readonly team: string; readonly user: string };
  };
};

export type TwoFirms = {
  readonly database: Awaited<ReturnType<typeof openTestDatabase>>;
  readonly store: Store;
  readonly ours: House;
  readonly theirs: House;
  readonly close: () => Promise<void>;
};

/** A word that stands in every record of the other firm, and nowhere else. */
export const secretWord = "Zyxquill";

const nothing = async (): Promise<void> => undefined;
/** Nothing is carried out here: only what is asked for is looked at. */
const start: Start = {
  respond: () => nothing,
  investigate: () => nothing,
  carryOut: () => nothing,
  expireLater: () => nothing,
} as unknown as Start;

/** Two firms in one database, each with its own systems; our code between them and nothing else. */
export async function openTwoFirms(serverUrl: string | undefined): Promise<TwoFirms> {
  const database = await openTestDatabase(serverUrl);
  const store: Store = createStore(database);
  const [ours, theirs] = [
    await openHouse({ database, store }, { id: "meridian", project: "OURS", word: "Ordinary" }),
    await openHouse({ database, store }, { id: "rival", project: "THEIRS", word: secretWord }),
  ];
  return { database, store, ours, theirs, close: () => database.close() };
}

async function openHouse(
  { database, store }: Pick<TwoFirms, "database" | "store">,
  { id, project, word }: { id: string; project: string; word: string },
): Promise<House> {
  const tenant = TenantId.parse(id);
  await putTenant(database, { ...sampleTenant(id), calendar });
  const member = (person: string, role: "DeliveryLead" | "FinanceManager" | "Consultant") =>
    sampleMember(tenant, `${id}-${person}`, {
      name: `${word} ${person}`,
      email: `${person}@${id}.example`,
      roles: [role],
      secondFactor: sandboxSecret(`${person}@${id}.example`),
    } as Parameters<typeof sampleMember>[2]);
  const lead = member("lena", "DeliveryLead");
  await fillOperations(tenant, word, {
    operations: createOperationsStore(database),
    cases: createCaseStore(database),
  });
  await createPolicyStore(database).putSettings(tenant, {
    rules: `${defaultTenantRules}\n// ${word} begins\n`,
    reason: `${word} begins`,
  });
  await putMembers(database, [
    member("dana", "DeliveryLead"),
    lead,
    member("fiona", "FinanceManager"),
    member("felix", "FinanceManager"),
    member("ana", "Consultant"),
  ]);
  const firm = openFirm(Temporal.Now.plainDateISO(calendar.zone).toString());
  firm.addProject(
    project,
    {
      name: `${word} platform`,
      client: `${word} Ltd`,
      line: `${word} consulting`,
      person: `${word} Kovac`,
      title: `${word} scope`,
    },
    `dana@${id}.example`,
  );
  for (const week of firm.data.weeks) week.personEmail = `ana@${id}.example`;
  const now = (): string => new Date().toISOString();
  const explaining = { reads: () => firm.connector.look, now, log: () => undefined };
  const policy = {
    ...createPolicySet({ name: id, tenantRules: defaultTenantRules }),
    baseCurrency: "EUR",
  };
  const door = createOutboxDoor(database);
  const actions = composeActions({ connector: firm.connector, store, outbox: door, explaining });
  const agents = composeAgents({
    config: readConfig({ TENANT: id }),
    zone: calendar.zone,
    store,
    session: () => ({
      services,
      look: firm.connector.look,
      log: createLog("silent"),
      proposalPage: (page) => `http://127.0.0.1/proposals/${page}`,
    }),
  });
  const services: Services = createServices({
    ...explaining,
    store,
    policy: () => policy,
    start,
    candidates: candidatesFor,
    preview: actions.preview,
    editable: editableArguments,
    secondsToLive: 3600,
    secondFactor: (voter, code) => checkSecondFactor(voter, code, Date.now()),
    answer: agents.answer,
  });
  const outbox = composeOutbox({
    tenant,
    door,
    store: createStore(database),
    cases: createCaseStore(database),
    viewing: { store, policy: () => policy, now },
  });
  const principal = services.principalOf(lead);
  const account = { team: `T-${id}`, user: `U-${id}` };
  await services.linkSlack(account, lead.email);

  await watchInvoices(tenant, { ...explaining, store, start });
  const [open] = await store.openExceptions(tenant);
  if (!open) throw new Error("no case was opened");
  const invoice = `${project}-large`;
  const delay = await services.explainInvoice(principal, invoice);
  const proposed = (await services.candidates(principal, invoice))[0];
  if (!proposed) throw new Error("nothing can be proposed");
  const thread = { channel: `C-${id}`, ts: "1764000000.000100" };
  const { proposal } = await services.propose(principal, {
    action: proposed.action,
    target: `erp:invoice:${invoice}`,
    invoice,
    why: `${word} waits for nothing else.`,
    evidence: delay.evidence.map((each) => each.id),
    idempotencyKey: "the-same-key-in-both-firms",
    producedBy: { mind: "rules-1", promptHash: null },
    thread,
  });
  // A second one runs its course, so that every table has rows of both firms.
  const small = await services.propose(principal, {
    action: "R08",
    target: `erp:invoice:${project}-small`,
    invoice: `${project}-small`,
    why: `${word} is ready.`,
    evidence: [],
    idempotencyKey: "another-key-in-both-firms",
    producedBy: { mind: "rules-1", promptHash: null },
    thread: null,
  });
  await services.vote(tenant, {
    proposal: small.proposal.id,
    version: 1,
    nonce: small.proposal.nonce,
    shownHash: small.proposal.payloadHash,
    person: PersonId.parse(`${id}-fiona`),
    verdict: "approve",
    reason: null,
    channel: "slack",
    secondFactor: null,
  });
  const effectKey = `effect-${id}`;
  await store.beginRun(tenant, small.proposal.id, 1, () => ({ go: true, record: {} }));
  await store.claimEffect(tenant, {
    key: effectKey,
    proposal: small.proposal.id,
    version: 1,
    step: "act",
  });
  const answer = await services.ask(principal, `Why is ${project}-LARGE late?`);
  const signal = `question-${id}`;
  await services.receiveQuestion({ eventId: signal, member: lead, text: word, thread });
  const answered = await store.saveAnswer(tenant, {
    person: lead.id,
    question: word,
    thread,
    signalKey: signal,
    body: answer,
  });
  await store.delegate(tenant, {
    delegator: lead.id,
    delegate: PersonId.parse(`${id}-dana`),
    startsAt: new Date(Date.now() - 60_000).toISOString(),
    endsAt: new Date(Date.now() + 3_600_000).toISOString(),
    madeBy: lead.id,
  });
  await store.remindPerson(tenant, {
    id: proposal.id,
    version: 1,
    person: PersonId.parse(`${id}-fiona`),
    email: `fiona@${id}.example`,
    text: word,
    earlier: 0,
  });
  await store.noteTrouble(tenant, {
    id: proposal.id,
    version: 1,
    step: "begin",
    error: "SYSTEM_RESTING",
    sentence: `${word} does not answer`,
  });
  await store.grantBreakGlass(
    tenant,
    {
      action: "R08",
      incident: `INC-${id}`,
      reason: word,
      person: lead.id,
      obligations: [word],
      minutes: 60,
    },
    () => ({ kind: "granted", usedStep: 0 }),
  );
  await store.startPause(tenant, { by: "system:test", reason: word });
  await store.endPause(tenant, "system:test");
  const claimed = await outbox.claim(1_000);
  const [item] = claimed;
  if (claimed.some((each) => each.tenant !== tenant))
    throw new Error("the poster of one firm took another firm's messages");
  if (!item) throw new Error("nothing waits to be sent");
  await door.shown(tenant, thread, "#1 0123456789ab");
  return {
    tenant,
    services,
    outbox,
    firm,
    lead: principal,
    proposal,
    ids: {
      exception: open.id,
      answer: answered,
      evidence: delay.evidence.map((each) => each.id),
      signal,
      outboxItem: item.id,
      effectKey,
      invoice,
      project,
      thread,
      account,
    },
  };
}
