import { DBOS, DBOSClient, type DBOSConfig, type StepConfig } from "@dbos-inc/dbos-sdk";
import type { ExceptionId, ProposalId, TenantId } from "#/domain/ids.ts";
import { APPLICATION, QUEUE, WORKFLOW } from "./names.ts";
import type { Enqueue } from "./store.ts";

/** The one file that knows the workflow engine. */

export type Bodies = {
  respondToSignal(tenant: TenantId, key: string): Promise<void>;
  investigateException(tenant: TenantId, id: ExceptionId): Promise<void>;
  carryOutProposal(tenant: TenantId, id: ProposalId, version: number): Promise<string>;
  expireProposal(tenant: TenantId, id: ProposalId, version: number): Promise<void>;
  watchPortfolio(): Promise<void>;
};

/** What may be started, each inside the transaction of what it follows from. */
export type Start = {
  /** A question does not wait behind what the firm's systems report. */
  respond(tenant: TenantId, key: string, lane: "events" | "questions"): Enqueue;
  investigate(tenant: TenantId, id: ExceptionId, reason: string): Enqueue;
  carryOut(tenant: TenantId, id: ProposalId, version: number): Enqueue;
  /** Another start of a run that never began; at most one a minute. */
  carryOutAgain(stalled: {
    tenant: TenantId;
    id: ProposalId;
    version: number;
    minute: number;
  }): Enqueue;
  /** A person's replay of a run that did not end well; each has a number. */
  carryOutReplay(run: {
    tenant: TenantId;
    id: ProposalId;
    version: number;
    replay: number;
  }): Enqueue;
  expireLater(
    proposal: { tenant: TenantId; id: ProposalId; version: number },
    seconds: number,
  ): Enqueue;
};

export type Engine = {
  readonly start: Start;
  launch(): Promise<void>;
  /** Lets what is running end, for at most 20 seconds. */
  stop(): Promise<void>;
  /** What a process of that name was in the middle of. */
  leftBehind(executorId: string): Promise<LeftBehind[]>;
  /** Queued again, each where it was, so that every limit still holds. */
  resume(left: readonly LeftBehind[]): Promise<void>;
  /** Ended without an end of its own: a person decides. */
  park(left: readonly LeftBehind[]): Promise<void>;
};

export type LeftBehind = { readonly id: string; readonly queue: string | null };

type EngineDatabase = {
  readonly url: string;
  readonly enginePool: NonNullable<DBOSConfig["systemDatabasePool"]>;
  readonly embedded: boolean;
};

type EngineLog = NonNullable<DBOSConfig["logger"]>;

/**
 * One step of a workflow: its body may run more than once, its recorded result stands. Names are
 * persistent. `retry` says what is worth trying again.
 */
export const step = <T>(
  name: string,
  body: () => Promise<T>,
  config: StepConfig = {},
): Promise<T> => DBOS.runStep(body, { name, ...config });

/** For our own database: a lost connection is worth a few quick attempts. */
export const ownDatabase: StepConfig = {
  retriesAllowed: true,
  maxAttempts: 3,
  intervalSeconds: 0.5,
};

/** For somebody else's system: five attempts over about fifteen seconds, unless it said no. */
export const otherSystem = (worthRetrying: (error: unknown) => boolean): StepConfig => ({
  retriesAllowed: true,
  maxAttempts: 5,
  intervalSeconds: 1,
  backoffRate: 2,
  shouldRetry: worthRetrying,
});

export function createEngine(
  database: EngineDatabase,
  settings: { executorId: string; watchEverySeconds: number; log: EngineLog },
): Engine & { register(bodies: Bodies): void } {
  let client: DBOSClient | undefined;
  const enqueue =
    (options: Parameters<DBOSClient["enqueueInTransaction"]>[1], ...args: unknown[]): Enqueue =>
    async (transaction) => {
      if (!client) throw new Error("the workflow engine has not been launched");
      await client.enqueueInTransaction(
        transaction as Parameters<DBOSClient["enqueueInTransaction"]>[0],
        options,
        ...args,
      );
    };
  return {
    start: startsOf(enqueue),
    register: (bodies) => registerBodies(bodies),
    launch: async () => {
      DBOS.setConfig({
        name: APPLICATION,
        systemDatabaseUrl: database.url,
        systemDatabasePool: database.enginePool,
        executorID: settings.executorId,
        // A constant: the default, a hash of the source, would strand runs at every deployment.
        applicationVersion: APPLICATION,
        enablePatching: true,
        // LISTEN would hold the embedded database's only session.
        useListenNotify: !database.embedded,
        ...(database.embedded ? { maxConcurrentQueueDispatches: 1 } : {}),
        logger: settings.log,
      });
      await DBOS.launch();
      client = await DBOSClient.create({
        systemDatabaseUrl: database.url,
        systemDatabasePool: database.enginePool,
        applicationName: APPLICATION,
        logger: settings.log,
      });
      await DBOS.registerQueue(QUEUE.runs, { partitionConcurrency: 1, minPollingIntervalMs: 200 });
      await DBOS.registerQueue(QUEUE.signals, {
        partitionConcurrency: 1,
        minPollingIntervalMs: 200,
      });
      await DBOS.registerQueue(QUEUE.timers, { workerConcurrency: 2, minPollingIntervalMs: 1000 });
      if (settings.watchEverySeconds === 0) await DBOS.deleteSchedule(WORKFLOW.watch);
      else
        await DBOS.applySchedules([
          {
            scheduleName: WORKFLOW.watch,
            workflowFn: scheduled.watch,
            schedule: `*/${settings.watchEverySeconds} * * * * *`,
            queueName: QUEUE.timers,
          },
        ]);
    },
    leftBehind: async (executorId) => {
      const found = await DBOS.listWorkflows({
        executorId,
        status: "PENDING",
        loadInput: false,
        loadOutput: false,
      });
      return found.map(({ workflowID, queueName }) => ({
        id: workflowID,
        queue: queueName ?? null,
      }));
    },
    resume: async (left) => {
      for (const [queueName, some] of Map.groupBy(left, ({ queue }) => queue))
        await DBOS.resumeWorkflows(
          some.map(({ id }) => id),
          queueName === null ? {} : { queueName },
        );
    },
    park: async (left) => {
      if (left.length > 0) await DBOS.cancelWorkflows(left.map(({ id }) => id));
    },
    stop: async () => {
      await DBOS.shutdown({ workflowCompletionTimeoutMS: 20_000 });
      await client?.destroy();
    },
  };
}

function startsOf(
  enqueue: (
    options: Parameters<DBOSClient["enqueueInTransaction"]>[1],
    ...args: unknown[]
  ) => Enqueue,
): Start {
  return {
    respond: (tenant, key, lane) =>
      enqueue(
        {
          queueName: QUEUE.signals,
          workflowName: WORKFLOW.respond,
          workflowID: `respond:${tenant}:${key}`,
          queuePartitionKey: lane === "questions" ? `${tenant}:questions` : tenant,
        },
        tenant,
        key,
      ),
    investigate: (tenant, id, reason) =>
      enqueue(
        {
          queueName: QUEUE.signals,
          workflowName: WORKFLOW.investigate,
          workflowID: `investigate:${tenant}:${id}:${reason}`,
          queuePartitionKey: tenant,
        },
        tenant,
        id,
      ),
    carryOut: (tenant, id, version) =>
      enqueue(
        {
          queueName: QUEUE.runs,
          workflowName: WORKFLOW.carryOut,
          workflowID: `run:${tenant}:${id}:${version}`,
          queuePartitionKey: tenant,
        },
        tenant,
        id,
        version,
      ),
    carryOutAgain: ({ tenant, id, version, minute }) =>
      enqueue(
        {
          queueName: QUEUE.runs,
          workflowName: WORKFLOW.carryOut,
          workflowID: `run:${tenant}:${id}:${version}:again:${minute}`,
          queuePartitionKey: tenant,
        },
        tenant,
        id,
        version,
      ),
    carryOutReplay: ({ tenant, id, version, replay }) =>
      enqueue(
        {
          queueName: QUEUE.runs,
          workflowName: WORKFLOW.carryOut,
          workflowID: `run:${tenant}:${id}:${version}:replay:${replay}`,
          queuePartitionKey: tenant,
        },
        tenant,
        id,
        version,
      ),
    // A little late on purpose: the delay runs on our clock, the expiry on the database's.
    expireLater: ({ tenant, id, version }, seconds) =>
      enqueue(
        {
          queueName: QUEUE.timers,
          workflowName: WORKFLOW.expire,
          workflowID: `expire:${tenant}:${id}:${version}`,
          delaySeconds: seconds + 2,
        },
        tenant,
        id,
        version,
      ),
  };
}

/** The engine keeps workflows by name for the life of the process, so a body is registered once. */
const current: { bodies?: Bodies } = {};
const bodies = (): Bodies => {
  if (!current.bodies) throw new Error("workflows were not registered before launch");
  return current.bodies;
};
const scheduled = { watch: async (_due: Date): Promise<void> => undefined };

function registerBodies(given: Bodies): void {
  const first = !current.bodies;
  current.bodies = given;
  if (!first) return;
  DBOS.registerWorkflow((tenant: TenantId, key: string) => bodies().respondToSignal(tenant, key), {
    name: WORKFLOW.respond,
    maxRecoveryAttempts: 10,
  });
  DBOS.registerWorkflow(
    (tenant: TenantId, id: ExceptionId) => bodies().investigateException(tenant, id),
    { name: WORKFLOW.investigate, maxRecoveryAttempts: 10 },
  );
  DBOS.registerWorkflow(
    (tenant: TenantId, id: ProposalId, version: number) =>
      bodies().carryOutProposal(tenant, id, version),
    { name: WORKFLOW.carryOut, maxRecoveryAttempts: 10 },
  );
  DBOS.registerWorkflow(
    (tenant: TenantId, id: ProposalId, version: number) =>
      bodies().expireProposal(tenant, id, version),
    { name: WORKFLOW.expire, maxRecoveryAttempts: 10 },
  );
  scheduled.watch = DBOS.registerWorkflow((_due: Date) => bodies().watchPortfolio(), {
    name: WORKFLOW.watch,
    maxRecoveryAttempts: 2,
  });
}
