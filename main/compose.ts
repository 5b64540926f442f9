import { createCopilot, type Turn } from "#/agents/copilot.ts";
import { chooseMinds } from "#/agents/minds.ts";
import { migrate } from "#/db/migrate.ts";
import { type Database, openDatabase } from "#/db/open-database.ts";
import { createOutboxDoor } from "#/db/outbox-door.ts";
import { createStore } from "#/db/store.ts";
import { Answer } from "#/domain/answer.ts";
import type { BusinessCalendar } from "#/domain/business-time.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { ExceptionId, ProposalId, TenantId } from "#/domain/ids.ts";
import type { Principal } from "#/domain/member.ts";
import { type Payload, type Thread } from "#/domain/proposal.ts";
import { formatRef, type RecordRef } from "#/domain/record.ts";
import { openBlockers } from "#/monitor/open-blockers.ts";
import { createPolicySet, defaultTenantRules, type PolicySet } from "#/policies/policy-set.ts";
import { carryOutStep } from "#/tools/act/carry-out-step.ts";
import { candidatesFor, payloadOf, previewAction } from "#/tools/act/catalogue.ts";
import type { ActSystems, Connector } from "#/tools/ports.ts";
import { carryOutProposal } from "#/workflows/carry-out-proposal.ts";
import { createServices, proposalView } from "#/workflows/create-services.ts";
import { createEngine } from "#/workflows/durable.ts";
import { gatherFacts } from "#/workflows/explain-invoice.ts";
import { proposeRemediation } from "#/workflows/propose-remediation.ts";
import { investigateException, respondToSignal } from "#/workflows/respond-to-signal.ts";
import type { ClaimedItem, Outbox, ProposeRequest, Services } from "#/workflows/services.ts";
import type { Store, Tenant } from "#/workflows/store.ts";
import { watchInvoices } from "#/workflows/watch-portfolio.ts";
import { withAgentSession } from "./agent-session.ts";
import { type Checkpoints, createCheckpoints } from "./checkpoints.ts";
import { type Config, readSettingsFile } from "./config.ts";
import { engineLog, type Log } from "./log.ts";
import { outboxMessenger } from "./messenger.ts";
import { checkSecondFactor } from "./second-factor.ts";

export type Product = {
  readonly config: Config;
  readonly database: Database;
  readonly vectors: boolean;
  readonly store: Store;
  readonly services: Services;
  readonly outbox: Outbox;
  readonly engine: ReturnType<typeof createEngine>;
  readonly connector: Connector;
  readonly policySet: PolicySet;
  readonly checkpoints: Checkpoints;
  /** Looks at the firm now, as the clock does. */
  readonly watch: () => Promise<void>;
  /** As `services.propose`, with another time to decide than the configured one. */
  readonly proposeFor: (
    who: Principal,
    request: ProposeRequest,
    secondsToLive: number,
  ) => Promise<{ id: ProposalId; version: number }>;
  readonly close: () => Promise<void>;
};

/** The parts list. Every port of every room is filled here, and the compiler checks the fit. */
export async function compose(
  config: Config,
  parts: {
    readonly log: Log;
    /** Opened once the database is, because its calendar is the tenant's. */
    readonly connect: (calendar: BusinessCalendar) => Promise<Connector>;
    readonly calendar: BusinessCalendar;
    readonly proposalPage: (id: string) => string;
  },
): Promise<Product> {
  const { log } = parts;
  const database = await openDatabase({
    url: config.DATABASE_URL,
    folder: config.COUNTERSIGN_HOME,
    connections: config.DATABASE_CONNECTIONS,
  });
  const { vectors } = await migrate(database);
  const store: Store = createStore(database);
  const outboxDoor = createOutboxDoor(database);
  const checkpoints = createCheckpoints({
    database,
    folder: config.COUNTERSIGN_HOME,
    keyFile: config.CHECKPOINT_KEY_FILE,
    log,
    now: () => new Date(),
  });
  const connector = await parts.connect(parts.calendar);
  const policySet = createPolicySet({
    name: config.TENANT,
    tenantRules: config.TENANT_POLICY_FILE
      ? readSettingsFile(config.TENANT_POLICY_FILE)
      : defaultTenantRules,
  });
  const firmPolicy = { ...policySet, baseCurrency: config.BASE_CURRENCY };
  const engine = createEngine(database, {
    executorId: config.EXECUTOR_ID,
    watchEverySeconds: config.WATCH_SECONDS,
    log: engineLog(log),
  });
  const now = (): string => new Date().toISOString();
  const systems = (tenant: TenantId): ActSystems => ({
    ...connector.look,
    psaWriter: connector.write.psa,
    crmWriter: connector.write.crm,
    erpWriter: connector.write.erp,
    messenger: outboxMessenger(outboxDoor, tenant),
  });
  const explaining = {
    reads: (_tenant: Tenant) => connector.look,
    now,
    log: (message: string, cause: unknown) => log.warn({ err: cause }, message),
  };
  const copilot = createCopilot({
    minds: chooseMinds(
      config.ANTHROPIC_API_KEY
        ? {
            apiKey: config.ANTHROPIC_API_KEY,
            supervisorModel: config.CLAUDE_MODEL,
            specialistModel: config.CLAUDE_SPECIALIST_MODEL,
            ...(config.ANTHROPIC_BASE_URL ? { baseUrl: config.ANTHROPIC_BASE_URL } : {}),
          }
        : null,
    ),
    record: (step) => log.debug({ step }, "agent"),
    today: () => Temporal.Now.plainDateISO(parts.calendar.zone).toString(),
  });
  const ask = async (
    who: { principal: Principal; thread: Thread | null },
    question: { text: string; history: readonly Turn[]; key?: string },
  ): Promise<Answer> =>
    withAgentSession(
      who,
      { services, look: connector.look, log, proposalPage: parts.proposalPage },
      async (session) =>
        Answer.parse(
          await copilot.answer({
            session,
            question: question.text,
            history: question.history,
            ...(question.key ? { key: question.key } : {}),
          }),
        ),
    );
  const preview = async (request: {
    tenant: Tenant;
    action: string;
    target: RecordRef;
    note: string | null;
  }) => {
    const { tenant } = request;
    const previewed = await previewAction(request, {
      look: connector.look,
      calendar: tenant.calendar,
      openBlockers: async (invoiceId) => {
        const invoice = await connector.look.erp.getInvoice(invoiceId);
        return invoice
          ? openBlockers(await gatherFacts(tenant, invoice, explaining))
          : ["the ERP has no such invoice"];
      },
    });
    const members = await store.members(tenant.id);
    const lead = members.find(
      (member) => member.email === previewed.projectLeadEmail?.toLowerCase(),
    );
    // Segregation of duties is judged by who leads the project: unknown must not mean nobody.
    if (previewed.tier === 4 && previewed.projectId && !lead)
      throw new CountersignError("PRECONDITION_FAILED", {
        action: previewed.action,
        reason:
          "the project's lead is not a colleague in the directory, so nobody can be ruled out as approver",
      });
    return {
      payload: payloadOf(previewed, { tenant: tenant.id, projectLead: lead?.id ?? null }),
      evidence: previewed.evidence,
    };
  };
  const proposing = {
    ...explaining,
    store,
    policy: () => firmPolicy,
    start: engine.start,
    candidates: candidatesFor,
    preview,
    secondsToLive: Math.round(config.APPROVAL_HOURS * 3600),
  };
  const services = createServices({
    ...proposing,
    secondFactor: (voter, code) => checkSecondFactor(voter, code, Date.now()),
    answer: (principal, question) =>
      ask({ principal, thread: null }, { text: question, history: [] }),
  });
  const carryOut = {
    store,
    policy: () => firmPolicy,
    previewAgain: async (payload: Payload) =>
      (
        await preview({
          tenant: await store.tenant(payload.tenant),
          action: payload.action,
          target: payload.target,
          note: noteOf(payload),
        })
      ).payload,
    act: (payload: Payload, { key, earlier }: { key: string; earlier: number }) =>
      carryOutStep(payload, { key, systems: systems(payload.tenant), attempted: earlier > 0 }),
    auditIntact: checkpoints.intact,
    log: explaining.log,
  };
  const responding = {
    ...explaining,
    store,
    start: engine.start,
    answer: async (question: {
      tenant: TenantId;
      person: string;
      text: string;
      thread: Thread;
      key: string;
      history: readonly { question: string; answer: Answer }[];
    }) => {
      const member = (await store.members(question.tenant)).find(
        (each) => each.id === question.person,
      );
      if (!member) throw new Error("the person who asked is no longer a member");
      return ask(
        { principal: services.principalOf(member), thread: question.thread },
        {
          text: question.text,
          key: question.key,
          history: question.history.flatMap((turn): Turn[] => [
            { who: "person", text: turn.question },
            { who: "copilot", text: turn.answer.sentences.map((each) => each.text).join(" ") },
          ]),
        },
      );
    },
    investigate: async (tenant: TenantId, id: ExceptionId): Promise<Answer> => {
      const exception = await store.exception(tenant, id);
      if (!exception) throw new Error(`exception ${id} is gone`);
      const principal: Principal = {
        tenant,
        person: null,
        name: "copilot",
        kind: "agent",
        capabilities: new Set(["read", "propose"]),
      };
      return withAgentSession(
        { principal, thread: exception.thread },
        { services, look: connector.look, log, proposalPage: parts.proposalPage },
        async (session) =>
          Answer.parse(
            (
              await copilot.investigate({
                session,
                invoice: formatRef(exception.subject),
                key: id,
                breadth: "every-candidate",
              })
            ).explanation,
          ),
      );
    },
  };
  engine.register({
    respondToSignal: (tenant, key) => respondToSignal(tenant, key, responding),
    investigateException: (tenant, id) => investigateException(tenant, id, responding),
    carryOutProposal: (tenant, id, version) =>
      carryOutProposal(tenant, id, { version, needs: carryOut }),
    expireProposal: async (tenant, id, version) => {
      await store.expireProposal(tenant, id, version);
    },
    watchPortfolio: async () => {
      for (const tenant of await store.tenants()) {
        for (const due of await store.overdue(tenant.id))
          await store.expireProposal(tenant.id, due.id, due.version);
        await store.restartStalled(tenant.id, (stalled) =>
          engine.start.carryOutAgain({ tenant: tenant.id, ...stalled }),
        );
        await watchInvoices(tenant.id, responding);
      }
    },
  });
  return {
    config,
    database,
    vectors,
    store,
    services,
    engine,
    connector,
    policySet,
    checkpoints,
    outbox: {
      ...outboxDoor,
      claim: async (limit) => (await outboxDoor.claim(limit)) as unknown as ClaimedItem[],
      sent: (item, at, anchor) => outboxDoor.sent(item, at, anchor),
      retryLater: (item, why, seconds) => outboxDoor.retryLater(item, why, seconds),
      unknown: (item, why) => outboxDoor.unknown(item, why),
      proposalView: (tenant, id, version) =>
        proposalView(tenant, { id, version }, { store, policy: () => firmPolicy, now }),
      exceptionView: async (tenant, id) => {
        const exception = await store.exception(tenant, id);
        if (!exception) throw new Error(`exception ${id} is gone`);
        const { delay, explanation, auditAnchor } = exception;
        return {
          exception,
          auditAnchor,
          delay,
          explanation,
          proposals: await store.proposals(tenant, { exceptionId: id }),
        };
      },
      answerView: (tenant, answer) => createStore(database).answer(tenant, answer),
    },
    watch: async () => {
      for (const tenant of await store.tenants()) await watchInvoices(tenant.id, responding);
    },
    proposeFor: (who, request, secondsToLive) =>
      proposeRemediation(who, request, { ...proposing, secondsToLive }),
    close: async () => {
      await engine.stop();
      await checkpoints.stop();
      await database.close();
    },
  };
}

const noteOf = (payload: Payload): string | null => {
  const note = payload.arguments.find((argument) => argument.name === "note")?.value;
  return typeof note === "string" ? note : null;
};
