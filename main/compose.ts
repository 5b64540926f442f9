import { createCaseStore } from "#/db/case-store.ts";
import { asAgent } from "#/db/in-tenant.ts";
import { migrate } from "#/db/migrate.ts";
import { type Database, openDatabase } from "#/db/open-database.ts";
import { createOutboxDoor } from "#/db/outbox-door.ts";
import { createPolicyStore } from "#/db/policy-store.ts";
import { createStore } from "#/db/store.ts";
import type { BusinessCalendar } from "#/domain/business-time.ts";
import type { ExceptionId, ProposalId, TenantId } from "#/domain/ids.ts";
import type { Principal } from "#/domain/member.ts";
import type { Payload } from "#/domain/proposal.ts";
import type { PolicySet } from "#/policies/policy-set.ts";
import { candidatesForFinding } from "#/tools/act/candidates-for-finding.ts";
import { candidatesFor, editableArguments } from "#/tools/act/catalogue.ts";
import type { Connector } from "#/tools/ports.ts";
import { carryOutProposal } from "#/workflows/carry-out-proposal.ts";
import {
  activatePolicyChange,
  type ChangePolicyNeeds,
  previewPolicyChange,
} from "#/workflows/change-policy.ts";
import { createServices } from "#/workflows/create-services.ts";
import { createEngine } from "#/workflows/durable.ts";
import { proposeForCase } from "#/workflows/operations/propose-for-case.ts";
import type { OperationsServices } from "#/workflows/operations-services.ts";
import { proposeRemediation } from "#/workflows/propose-remediation.ts";
import { remindApprovers } from "#/workflows/remind-approvers.ts";
import { investigateException, respondToSignal } from "#/workflows/respond-to-signal.ts";
import type { RunServices } from "#/workflows/run-services.ts";
import type { Outbox, ProposeRequest, Services } from "#/workflows/services.ts";
import type { Store } from "#/workflows/store.ts";
import { sweepTenant, watchFirm } from "#/workflows/watch-portfolio.ts";
import { type Checkpoints, createCheckpoints } from "./checkpoints.ts";
import { composeActions } from "./compose-actions.ts";
import { composeAgents } from "./compose-agents.ts";
import { composeOperations } from "./compose-operations.ts";
import { composeOutbox } from "./compose-outbox.ts";
import { composeRuns } from "./compose-runs.ts";
import type { Config } from "./config.ts";
import { firmRules } from "./firm-rules.ts";
import { engineLog, type Log } from "./log.ts";
import { policyInForce } from "./policy-in-force.ts";
import { checkSecondFactor } from "./second-factor.ts";
import { stopReason } from "./stop-file.ts";

export type Product = {
  readonly config: Config;
  readonly database: Database;
  readonly vectors: boolean;
  readonly store: Store;
  readonly services: Services;
  /** What people do about runs that did not end. */
  readonly runs: RunServices;
  /** The firm as a whole; null while no change feed stands behind the connection. */
  readonly operations: OperationsServices | null;
  readonly outbox: Outbox;
  readonly engine: ReturnType<typeof createEngine>;
  readonly connector: Connector;
  /** In force as of the newest transaction. */
  readonly policySet: PolicySet;
  readonly policies: {
    readonly store: ReturnType<typeof createPolicyStore>;
    readonly changing: ChangePolicyNeeds;
    /** The rules of the settings become the first version; called once the firm is in the database. */
    readonly putSettings: () => Promise<void>;
  };
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

export type Parts = {
  readonly log: Log;
  /** Opened once the database is: its lock is what keeps a second process away. */
  readonly connect: (calendar: BusinessCalendar) => Promise<Connector>;
  readonly calendar: BusinessCalendar;
  readonly proposalPage: (id: string) => string;
};

/** The parts list. Every port of every room is filled here, and the compiler checks the fit. */
export async function compose(config: Config, parts: Parts): Promise<Product> {
  const database = await openDatabase({
    url: config.DATABASE_URL,
    folder: config.COUNTERSIGN_HOME,
    connections: config.DATABASE_CONNECTIONS,
  });
  try {
    return await assemble(config, { ...parts, database });
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function assemble(
  config: Config,
  parts: Parts & { readonly database: Database },
): Promise<Product> {
  const { log, database } = parts;
  const { vectors } = await migrate(database);
  const rules = firmRules(config);
  const inForce = policyInForce({
    tenant: config.TENANT,
    baseCurrency: config.BASE_CURRENCY,
    settingsRules: rules.tenantRules,
    ladder: rules.ladder,
  });
  const firmPolicy = inForce.policy;
  const policies = createPolicyStore(database);
  const store = createStore(database, inForce.follow);
  const outboxDoor = createOutboxDoor(database);
  const checkpoints = createCheckpoints({
    database,
    folder: config.COUNTERSIGN_HOME,
    keyFile: config.CHECKPOINT_KEY_FILE,
    log,
    now: () => new Date(),
  });
  const connector = await parts.connect(parts.calendar);
  const engine = createEngine(database, {
    executorId: config.EXECUTOR_ID,
    watchEverySeconds: config.WATCH_SECONDS,
    log: engineLog(log),
  });
  const now = (): string => new Date().toISOString();
  const warn = (message: string, cause: unknown): void => log.warn({ err: cause }, message);
  const picture = composeOperations({
    database,
    connector,
    store,
    start: engine.start,
    now,
    log: warn,
  });
  const explaining = {
    reads: () => connector.look,
    now,
    log: warn,
    twinDelay: picture?.twinDelay ?? null,
  };
  const rulesChange = { store, policies, policy: firmPolicy, now };
  const actions = composeActions({ connector, store, outbox: outboxDoor, explaining });
  const operations = picture?.services ?? null;
  const agents = composeAgents({
    config,
    zone: parts.calendar.zone,
    store,
    session: () => ({
      // On a database role that has no right to vote, to run or to write an effect.
      services: agentServices,
      operations,
      look: connector.look,
      log,
      proposalPage: parts.proposalPage,
    }),
  });
  const proposing = {
    ...explaining,
    store,
    policy: firmPolicy,
    start: engine.start,
    candidates: candidatesFor,
    preview: actions.preview,
    sources: picture?.sources ?? null,
    editable: editableArguments,
    secondsToLive: Math.round(config.APPROVAL_HOURS * 3600),
  };
  const services = createServices({
    ...proposing,
    secondFactor: (voter, code) => checkSecondFactor(voter, code, Date.now()),
    answer: agents.answer,
  });
  const agentServices = createServices({
    ...proposing,
    store: createStore(database, inForce.follow, asAgent),
    secondFactor: () => null,
    answer: agents.answer,
  });
  const runs = composeRuns({ connector, store, policy: firmPolicy, start: engine.start, actions });
  const carryOut = {
    store,
    policy: firmPolicy,
    // Rules change here, in our own database; everything else at the firm's systems.
    previewAgain: (payload: Payload) =>
      payload.action === "P01"
        ? previewPolicyChange(payload, rulesChange)
        : actions.previewAgain(payload),
    act: (payload: Payload, attempt: { key: string; earlier: number }) =>
      payload.action === "P01"
        ? activatePolicyChange(payload, attempt.key, rulesChange)
        : actions.act(payload, attempt),
    auditIntact: checkpoints.intact,
    mostRunsPerHour: config.MOST_RUNS_PER_HOUR,
    stopped: () => stopReason(config.COUNTERSIGN_HOME),
    log: explaining.log,
  };
  const responding = {
    ...explaining,
    firm: picture?.watch ?? null,
    store,
    start: engine.start,
    answer: agents.answerInThread,
    investigate: agents.investigate,
    proposeForCase:
      picture &&
      ((tenant: TenantId, id: ExceptionId) =>
        proposeForCase(tenant, id, {
          ...proposing,
          cases: picture.cases,
          stale: picture.stale,
          candidatesFor: candidatesForFinding,
        })),
  };
  // The systems and the chat of this process are one firm's; another firm's work is not for it.
  const mustBeOurs = (tenant: TenantId): void => {
    if (tenant !== config.TENANT)
      throw new Error(
        `this process serves ${config.TENANT}; the work of ${tenant} waits for its own`,
      );
  };
  engine.register({
    respondToSignal: async (tenant, key) => {
      mustBeOurs(tenant);
      await respondToSignal(tenant, key, responding);
    },
    investigateException: async (tenant, id) => {
      mustBeOurs(tenant);
      await investigateException(tenant, id, responding);
    },
    carryOutProposal: async (tenant, id, version) => {
      mustBeOurs(tenant);
      return carryOutProposal(tenant, id, { version, needs: carryOut });
    },
    expireProposal: async (tenant, id, version) => {
      await store.expireProposal(tenant, id, version);
    },
    watchPortfolio: async () => {
      // People first: a system that does not answer must not keep them from being asked.
      await remindApprovers(config.TENANT, { store, policy: firmPolicy }).catch((cause: unknown) =>
        explaining.log("approvers were not reminded", cause),
      );
      await sweepTenant(config.TENANT, responding);
    },
  });
  return {
    config,
    database,
    vectors,
    store,
    services,
    runs,
    operations,
    engine,
    connector,
    get policySet() {
      return firmPolicy();
    },
    policies: {
      store: policies,
      changing: {
        ...rulesChange,
        start: engine.start,
        secondsToLive: Math.round(config.APPROVAL_HOURS * 3600),
      },
      putSettings: async () => {
        const reason = config.TENANT_POLICY_FILE ?? "the rules a firm starts with";
        const kept = await policies.putSettings(config.TENANT, {
          rules: rules.tenantRules,
          reason,
        });
        if (!kept)
          log.info("the firm's own approved rules are in force; those of the settings are not");
      },
    },
    checkpoints,
    outbox: composeOutbox({
      tenant: config.TENANT,
      door: outboxDoor,
      store,
      cases: createCaseStore(database),
      viewing: { store, policy: firmPolicy, now, editable: editableArguments },
    }),
    watch: () => watchFirm(config.TENANT, responding),
    proposeFor: (who, request, secondsToLive) =>
      proposeRemediation(who, request, { ...proposing, secondsToLive }),
    close: async () => {
      await engine.stop();
      await checkpoints.stop();
      await database.close();
    },
  };
}
