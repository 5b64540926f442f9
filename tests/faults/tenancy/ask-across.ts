import { isCountersignError } from "#/domain/errors.ts";
import { EvidenceId, PersonId } from "#/domain/ids.ts";
import { withAgentSession } from "#/main/agent-session.ts";
import { createLog } from "#/main/log.ts";
import type { CastVote, Outbox, Services } from "#/workflows/services.ts";
import type { Store } from "#/workflows/store.ts";
import type { Attempts } from "./row-level-security.ts";
import { secretWord, type TwoFirms } from "./two-firms.ts";

type Try = () => Promise<unknown>;

/** Collects what came back; anything of theirs in it, and every fault that is not our own, is a violation. */
export function witness({ ours, theirs }: Pick<TwoFirms, "ours" | "theirs">) {
  const violations: string[] = [];
  const marks = [
    secretWord,
    theirs.proposal.nonce,
    theirs.ids.effectKey,
    ...theirs.ids.evidence.filter((id) => !ours.ids.evidence.includes(id)),
  ];
  let tried = 0;
  /** `echo`: what we sent ourselves, which may come back to us. */
  const see = (what: string, came: unknown, echo: readonly string[] = []): void => {
    tried += 1;
    const text = typeof came === "string" ? came : (JSON.stringify(came) ?? "");
    for (const mark of marks)
      if (text.includes(mark) && !echo.includes(mark))
        violations.push(`${what}: it shows ${mark === secretWord ? "their words" : mark}`);
  };
  const ask = async (what: string, attempt: Try, echo: readonly string[] = []): Promise<void> => {
    try {
      see(what, await attempt(), echo);
    } catch (error) {
      const own =
        isCountersignError(error) ||
        (error instanceof Error && /is gone|invalid|Invalid|expected/.test(error.message));
      see(what, error instanceof Error ? error.message : "", echo);
      if (!own) violations.push(`${what}: ${error instanceof Error ? error.message : "failed"}`);
    }
  };
  return { ask, see, result: (): Attempts => ({ tried, violations }), violations };
}

/** Every function that doors may call, on our behalf with their ids, and theirs with our people. */
export async function askServices(two: TwoFirms): Promise<Attempts> {
  const { ours, theirs } = two;
  const { services, lead } = ours;
  const { ask, result, violations } = witness(two);
  const evidence = theirs.ids.evidence;
  const card: CastVote = {
    proposal: theirs.proposal.id,
    version: 1,
    nonce: theirs.proposal.nonce,
    shownHash: theirs.proposal.payloadHash,
    person: PersonId.parse("meridian-fiona"),
    verdict: "approve",
    reason: null,
    channel: "slack",
    secondFactor: null,
  };
  const request = {
    action: "R08",
    target: `erp:invoice:${ours.ids.invoice}`,
    invoice: ours.ids.invoice,
    why: "across",
    evidence: [] as string[],
    idempotencyKey: "across-the-wall",
    producedBy: { mind: "test", promptHash: null },
    thread: null,
  };
  const invoices = [theirs.ids.invoice, `erp:invoice:${theirs.ids.invoice}`, secretWord];
  const all: Record<keyof Services, Record<string, Try>> = {
    memberOfSlack: {
      "their user in our workspace": () =>
        services.memberOfSlack({ team: ours.ids.account.team, user: theirs.ids.account.user }),
    },
    linkSlack: {
      "their address in our workspace": () =>
        services.linkSlack({ team: ours.ids.account.team, user: "U-x" }, "dana@rival.example"),
      "our user as theirs": () => services.linkSlack(ours.ids.account, "lena@rival.example"),
    },
    principalOf: { "one of ours": async () => services.principalOf(await leadOf(two)) },
    listProjects: { plain: () => services.listProjects(lead) },
    listLateInvoices: { plain: () => services.listLateInvoices(lead) },
    explainInvoice: tries(invoices, (each) => services.explainInvoice(lead, each)),
    candidates: tries(invoices, (each) => services.candidates(lead, each)),
    ask: tries(
      [
        `Why is ${theirs.ids.invoice} late?`,
        `Show proposal ${theirs.proposal.id}`,
        "Which invoices are late?",
      ],
      (each) => services.ask(lead, each),
    ),
    propose: {
      "their record": () =>
        services.propose(lead, { ...request, target: `erp:invoice:${theirs.ids.invoice}` }),
      "their case": () => services.propose(lead, { ...request, invoice: theirs.ids.invoice }),
      "their evidence": () => services.propose(lead, { ...request, evidence }),
      "their key": () =>
        services.propose(lead, { ...request, idempotencyKey: "the-same-key-in-both-firms" }),
    },
    listProposals: {
      all: () => services.listProposals(lead, {}),
      waiting: () => services.listProposals(lead, { state: "waiting" }),
    },
    getProposal: { theirs: () => services.getProposal(lead, theirs.proposal.id) },
    inbox: {
      ours: () => services.inbox(lead),
      "their person": () => services.inbox({ ...lead, person: theirs.lead.person }),
    },
    vote: {
      "our person on their card": () => services.vote(ours.tenant, card),
      "their person on their card": () =>
        services.vote(ours.tenant, { ...card, person: PersonId.parse("rival-fiona") }),
      "their person on our card": () =>
        services.vote(ours.tenant, {
          ...card,
          proposal: ours.proposal.id,
          nonce: ours.proposal.nonce,
          shownHash: ours.proposal.payloadHash,
          person: PersonId.parse("rival-fiona"),
        }),
    },
    pause: {
      "their person": () => services.pause({ ...lead, person: theirs.lead.person }, "across"),
    },
    resume: { "their person": () => services.resume({ ...lead, person: theirs.lead.person }) },
    delegations: {
      ours: () => services.delegations(lead),
      "their person": () => services.delegations({ ...lead, person: theirs.lead.person }),
    },
    delegate: {
      "to their colleague": () =>
        services.delegate(lead, {
          to: "dana@rival.example",
          from: "2026-12-01",
          until: "2026-12-02",
        }),
    },
    revokeDelegation: { theirs: () => services.revokeDelegation(lead, "D-RIVAL1") },
    mayTakeBack: {
      ours: () => services.mayTakeBack(lead),
      "their person": () => services.mayTakeBack({ ...lead, person: theirs.lead.person }),
    },
    edit: {
      theirs: () =>
        services.edit(lead, { proposal: theirs.proposal.id, version: 1, values: { note: "no" } }),
      "their person, our proposal": () =>
        services.edit(
          { ...lead, person: theirs.lead.person },
          { proposal: ours.proposal.id, version: 1, values: { note: "no" } },
        ),
    },
    withdraw: {
      "our person, their proposal": () => services.withdraw(ours.tenant, { ...card, reason: "no" }),
      "their person, our proposal": () =>
        services.withdraw(ours.tenant, {
          ...card,
          proposal: ours.proposal.id,
          person: PersonId.parse("rival-fiona"),
          reason: "no",
        }),
    },
    listExceptions: { plain: () => services.listExceptions(lead) },
    receiveQuestion: {
      "their event id and thread": async () =>
        services.receiveQuestion({
          eventId: theirs.ids.signal,
          member: await leadOf(two),
          text: "across",
          thread: theirs.ids.thread,
        }),
    },
  };
  if (Object.keys(all).toSorted().join() !== Object.keys(services).toSorted().join())
    violations.push(`services without an attempt: ${Object.keys(services).join(", ")}`);
  for (const [name, attempts] of Object.entries(all))
    for (const [how, attempt] of Object.entries(attempts))
      await ask(`services.${name} (${how})`, attempt, [...evidence, how]);
  return result();
}

const tries = (words: readonly string[], attempt: (word: string) => Promise<unknown>) =>
  Object.fromEntries(words.map((word) => [word, () => attempt(word)]));

async function leadOf({ store, ours }: TwoFirms) {
  const found = (await store.members(ours.tenant)).find(({ id }) => id === ours.lead.person);
  if (!found) throw new Error("our lead is gone");
  return found;
}

/** What the spine and the poster may call, under our tenant with their ids. */
export async function askStore(two: TwoFirms): Promise<Attempts> {
  const { ours, theirs, store } = two;
  const { ask, result, violations } = witness(two);
  const { tenant, outbox } = ours;
  const { id } = theirs.proposal;
  const { ids } = theirs;
  const item = {
    id: ids.outboxItem,
    tenant,
    attempt: 1,
    item: {
      kind: "proposal-card",
      proposal: id,
      version: 1,
      person: PersonId.parse("rival-fiona"),
    },
  } as const;
  const receipt = {
    record: theirs.proposal.payload.target,
    externalId: "x",
    url: null,
    observed: {},
    verifiedAt: new Date().toISOString(),
  };
  const nothing = () => async (): Promise<void> => undefined;
  const calls: Partial<Record<keyof Store, Try>> = {
    tenants: async () => "the list of tenants names firms and holds nothing else of them",
    tenant: () => store.tenant(tenant),
    members: () => store.members(tenant),
    memberOfSlack: () =>
      store.memberOfSlack({ team: ours.ids.account.team, user: ids.account.user }),
    linkSlack: () => store.linkSlack(ours.ids.account, "lena@rival.example"),
    signal: () => store.signal(tenant, ids.signal),
    handled: () => store.handled(tenant, ids.signal, new Date(Date.now() + 60_000).toISOString()),
    openExceptions: () => store.openExceptions(tenant),
    exceptions: () => store.exceptions(tenant),
    exception: () => store.exception(tenant, ids.exception),
    explainException: () =>
      store.explainException(tenant, ids.exception, {
        sentences: [],
        evidence: [],
        droppedClaims: 0,
        proposals: [],
        producedBy: { mind: "test", promptHash: null },
      }),
    evidence: () =>
      store.evidence(
        tenant,
        ids.evidence.map((each) => EvidenceId.parse(each)),
      ),
    proposals: () => store.proposals(tenant, { exceptionId: ids.exception }),
    proposal: () => store.proposal(tenant, id, null),
    castVote: () =>
      store.castVote(
        tenant,
        {
          proposal: id,
          version: 1,
          nonce: theirs.proposal.nonce,
          shownHash: theirs.proposal.payloadHash,
          person: PersonId.parse("rival-fiona"),
          verdict: "approve",
          reason: null,
          channel: "slack",
        },
        () => {
          throw new Error("their proposal was judged");
        },
        nothing(),
      ),
    replaceVersion: () =>
      store.replaceVersion(
        tenant,
        { id, version: 1 },
        {
          payload: theirs.proposal.payload,
          evidence: [],
          decision: theirs.proposal.decision,
          approvers: [],
          editor: PersonId.parse("meridian-fiona"),
          changed: ["note"],
        },
        nothing,
      ),
    withdrawProposal: () =>
      store.withdrawProposal(
        tenant,
        { id, version: 1, person: PersonId.parse("meridian-fiona"), reason: "across" },
        () => [],
      ),
    delegations: () => store.delegations(tenant),
    delegate: () =>
      store.delegate(tenant, {
        delegator: PersonId.parse("rival-lena"),
        delegate: PersonId.parse("meridian-fiona"),
        startsAt: "2026-12-01T00:00:00.000Z",
        endsAt: "2026-12-02T00:00:00.000Z",
        madeBy: PersonId.parse("meridian-fiona"),
      }),
    revokeDelegation: () =>
      store.revokeDelegation(tenant, "D-RIVAL1", PersonId.parse("meridian-fiona")),
    pause: () => store.pause(tenant),
    startPause: () => store.startPause(tenant, { by: "system:test", reason: "ours" }),
    endPause: () => store.endPause(tenant, "system:test"),
    waitingForPeople: () => store.waitingForPeople(tenant),
    remindPerson: () =>
      store.remindPerson(tenant, {
        id,
        version: 1,
        person: PersonId.parse("rival-fiona"),
        email: "fiona@rival.example",
        text: "across",
        earlier: 1,
      }),
    askFurther: () =>
      store.askFurther(tenant, {
        id,
        version: 1,
        people: [PersonId.parse("meridian-fiona")],
        earlier: 0,
      }),
    sentLast24h: () => store.sentLast24h(tenant, theirs.proposal.payload),
    expireProposal: () => store.expireProposal(tenant, id, 1),
    overdue: () => store.overdue(tenant),
    restartStalled: () => store.restartStalled(tenant, nothing),
    beginRun: () => store.beginRun(tenant, id, 1, () => ({ go: true, record: {} })),
    claimEffect: () =>
      store.claimEffect(tenant, { key: ids.effectKey, proposal: id, version: 1, step: "act" }),
    finishEffect: () => store.finishEffect(tenant, ids.effectKey, receipt),
    closeRun: () => store.closeRun(tenant, id, 1, { result: "done", receipt }),
    noteTrouble: () =>
      store.noteTrouble(tenant, {
        id,
        version: 1,
        step: "begin",
        error: "SYSTEM_RESTING",
        sentence: "across",
      }),
    stuckRuns: () => store.stuckRuns(tenant),
    overrideRun: () =>
      store.overrideRun(
        tenant,
        { id, version: 1, person: PersonId.parse("meridian-fiona"), reason: "across" },
        { override: { to: "approved", how: "replay" }, may: () => [] },
        nothing,
      ),
    grantBreakGlass: () =>
      store.grantBreakGlass(
        tenant,
        {
          action: "R08",
          incident: "INC-1",
          reason: "across",
          person: PersonId.parse("rival-fiona"),
          obligations: [],
          minutes: 1,
        },
        (voter) => {
          if (voter) throw new Error("their person was judged");
          return { kind: "refused", reasons: [{ id: "directory", reason: "Nobody" }] };
        },
      ),
    history: () =>
      store.history(tenant, { thread: ids.thread, person: PersonId.parse("rival-lena") }),
    auditTail: () => store.auditTail(tenant, 1_000_000),
  };
  // These take a whole record of ours, which names its own tenant.
  const ownRecords = [
    "receiveSignal",
    "openException",
    "updateException",
    "closeException",
    "submitProposal",
    "recordDenial",
    "saveAnswer",
  ];
  const missing = Object.keys(store).filter(
    (name) => !(name in calls) && !ownRecords.includes(name) && name !== "answer",
  );
  if (missing.length > 0)
    violations.push(`the store's functions without an attempt: ${missing.join(", ")}`);
  // Naming their effect in our books: we said that key ourselves.
  for (const [name, attempt] of Object.entries(calls))
    await ask(`store.${name}`, attempt, [ids.effectKey]);

  const sending: Partial<Record<keyof Outbox, Try>> = {
    sent: () => outbox.sent(item, { channel: "C-x", ts: "1.1" }, null),
    retryLater: () => outbox.retryLater(item, "across", 1),
    unknown: () => outbox.unknown(item, "across"),
    proposalView: () => outbox.proposalView(tenant, id, 1),
    exceptionView: () => outbox.exceptionView(tenant, ids.exception),
    answerView: () => outbox.answerView(tenant, ids.answer),
    cards: () => outbox.cards(tenant, id, 1),
    exceptionThread: () => outbox.exceptionThread(tenant, ids.exception),
    colleague: () => outbox.colleague(tenant, { email: "lena@rival.example" }),
    shown: () => outbox.shown(tenant, ids.thread, "#1 0123456789ab"),
  };
  for (const [name, attempt] of Object.entries(sending)) await ask(`outbox.${name}`, attempt);
  await ask("outbox.colleague by id", () =>
    outbox.colleague(tenant, { person: PersonId.parse("rival-fiona") }),
  );
  return result();
}

/** Every tool that an agent or an AI client can reach, each text argument filled with each of their ids. */
export async function askTools(two: TwoFirms): Promise<Attempts> {
  const { ours, theirs } = two;
  const { see, result, violations } = witness(two);
  const ids = [
    theirs.proposal.id,
    theirs.ids.invoice,
    `erp:invoice:${theirs.ids.invoice}`,
    theirs.ids.project,
    `${theirs.ids.project}-client`,
    theirs.ids.exception,
    theirs.ids.evidence[0] ?? "",
    "rival",
    "rival-fiona",
    "lena@rival.example",
  ];
  await withAgentSession(
    { principal: ours.lead, thread: null },
    {
      services: ours.services,
      look: ours.firm.connector.look,
      log: createLog("silent"),
      proposalPage: (id) => `http://127.0.0.1/proposals/${id}`,
    },
    async (session) => {
      const { signal } = new AbortController();
      const tools = await session.listTools();
      if (tools.length < 12) violations.push(`only ${tools.length} tools are served`);
      for (const { name, inputSchema } of tools) {
        const properties = (inputSchema["properties"] ?? {}) as Record<string, { type?: string }>;
        for (const id of ["", ...ids]) {
          const args = Object.fromEntries(
            Object.entries(properties).flatMap(([key, { type }]): [string, unknown][] =>
              key === "action"
                ? [[key, "R08"]]
                : key === "idempotencyKey"
                  ? [[key, "the-same-key-in-both-firms"]]
                  : key === "from" || key === "to"
                    ? [[key, key === "from" ? "2000-01-01" : "2099-12-31"]]
                    : type === "array"
                      ? [[key, [id]]]
                      : type === "string" && id !== ""
                        ? [[key, id]]
                        : [],
            ),
          );
          const { text, structured } = await session.callTool(name, args, { signal });
          see(`${name} with ${id || "nothing"}`, { text, structured }, [id]);
          const extra = await session.callTool(name, { ...args, tenant: "rival" }, { signal });
          see(`${name} for tenant rival`, extra, [id]);
          if (!extra.isError && Object.keys(properties).length > 0)
            violations.push(`${name} takes an argument it does not know`);
        }
      }
    },
  );
  return result();
}
