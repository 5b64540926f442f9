import { Decision } from "#/domain/decision.ts";
import { observe } from "#/domain/evidence.ts";
import { PersonId, type ProposalId } from "#/domain/ids.ts";
import { type Payload, payloadHash, untrustedSinks } from "#/domain/proposal.ts";
import { judgeStart } from "#/workflows/carry-out-proposal.ts";
import { castVote } from "#/workflows/decide-proposal.ts";
import { colleagues, type House, tenant } from "./house.ts";

/** One leaf of a payload, changed in one way. */
export type Mutation = { readonly what: string; readonly payload: unknown };

const changesOf = (value: unknown): Readonly<Record<string, unknown>> => {
  if (typeof value === "string")
    return {
      "a space more": `${value} `,
      "a zero-width mark": `${value.slice(0, 1)}\u200b${value.slice(1)}`,
      "a Cyrillic letter": value.replace(
        /[aeop]/,
        (latin) => ({ a: "а", e: "е", o: "о", p: "р" })[latin] ?? latin,
      ),
      "another case": /[a-z]/.test(value) ? value.toUpperCase() : value.toLowerCase(),
      "a digit more": value.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
      "a zero more": `${value}0`,
      nothing: "",
    };
  if (typeof value === "number")
    return { "one more": value + 1, "ten times": value * 10, negative: -value - 1 };
  if (typeof value === "boolean") return { flipped: !value };
  return { "a value": "x" };
};

/** Every way to change one leaf, and to add or drop one element. */
export function mutationsOf(payload: Payload): Mutation[] {
  const found: Mutation[] = [];
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    const where = path.join(".");
    if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value);
      for (const [key, each] of entries) walk(each, [...path, key]);
      if (Array.isArray(value) && value.length > 0)
        found.push({
          what: `${where}: one dropped`,
          payload: replaced(payload, path, value.slice(1)),
        });
      return;
    }
    for (const [how, changed] of Object.entries(changesOf(value)))
      if (changed !== value)
        found.push({ what: `${where}: ${how}`, payload: replaced(payload, path, changed) });
  };
  walk(payload, []);
  return found;
}

function replaced(whole: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(whole)
    ? [...(whole as unknown[])]
    : { ...(whole as Record<string, unknown>) };
  (copy as Record<string | number, unknown>)[first] = replaced(
    (whole as Record<string | number, unknown>)[first],
    rest,
    value,
  );
  return copy;
}

export type TamperResult = {
  readonly mutations: number;
  readonly sinks: number;
  /** Of the sinks taken from free text: how many a person could still approve, all with that person's word. */
  readonly raisedToPeople: number;
  readonly violations: readonly string[];
};

/**
 * Somebody with the database in their hands changes one leaf after the approval; and a broken host
 * takes one argument from free text. Nothing of the first may run. Of the second, money and
 * contracts may never run, and the rest only with a person who looked at it.
 */
export async function tamperExperiment(
  house: House,
  { most = Number.POSITIVE_INFINITY }: { most?: number } = {},
): Promise<TamperResult> {
  const violations: string[] = [];
  const originals = await originalsOf(house);
  let [copies, mutations, sinks, raisedToPeople] = [0, 0, 0, 0];
  const copyOf = (payload: Payload): Payload => ({
    ...payload,
    target: { ...payload.target, id: `${payload.target.id}-copy-${(copies += 1)}` },
  });

  for (const original of originals) {
    if (original.action === "R01") continue;
    const all = mutationsOf(original);
    const step = Math.max(1, Math.ceil(all.length / most));
    for (const [index, { what }] of all.entries()) {
      if (index % step !== 0) continue;
      for (const mended of [false, true]) {
        const payload = copyOf(original);
        const mutation = mutationsOf(payload).find((each) => each.what === what);
        if (!mutation) continue;
        const id = await waiting(house, payload);
        if (!(await everybodyApproves(house, id))) {
          violations.push(`${original.action} could not be approved untouched`);
          continue;
        }
        await overwrite(house, id, { payload: mutation.payload, mended });
        mutations += 1;
        if (await starts(house, id))
          violations.push(
            `${original.action} ${what}${mended ? ", hash mended" : ""}: it would run`,
          );
      }
    }
  }

  for (const original of originals)
    for (const [at, argument] of original.arguments.entries()) {
      const payload = copyOf(original);
      payload.arguments[at] = { ...argument, label: "TEXT", from: null };
      const isMoney = ["financialWrite", "contractChange"].includes(payload.group);
      const never =
        isMoney && ["destination", "amount", "recipient", "contractTerm"].includes(argument.sink);
      const id = await waiting(house, payload);
      sinks += 1;
      const name = `${payload.action} ${argument.name} (${argument.sink}) from free text`;
      if (untrustedSinks(payload).length === 0) violations.push(`${name}: not seen`);
      // Before anybody has spoken, as if the host had let it through.
      await force(house, id);
      if (await starts(house, id)) violations.push(`${name}: it would run by itself`);
      const again = await waiting(house, copyOf(payload));
      const approved = await everybodyApproves(house, again);
      if (never && approved) violations.push(`${name}: people could approve it`);
      if (never) await force(house, again);
      if (!never && !approved) violations.push(`${name}: nobody could approve it`);
      const runs = await starts(house, again);
      if (never && runs) violations.push(`${name}: it would run`);
      if (!never && runs) raisedToPeople += 1;
    }
  return { mutations, sinks, raisedToPeople, violations };
}

/** One real payload of each action, made by the host for its own candidate. */
async function originalsOf({ product, firm, agent }: House): Promise<Payload[]> {
  const payloads = new Map<string, Payload>();
  for (const { source } of firm.data.invoices) {
    const invoice = `erp:invoice:${source.id}`;
    for (const { action, target } of await product.services.candidates(agent, invoice)) {
      const name = `${action} ${source.id.split("-").at(-1) ?? ""}`;
      if (payloads.has(name) || source.id.endsWith("-poisoned")) continue;
      const { proposal } = await product.services.propose(agent, {
        action,
        target: `${target.system}:${target.type}:${target.id}`,
        invoice,
        why: "Nothing else holds it back.",
        evidence: [],
        idempotencyKey: `original-${name}`,
        producedBy: { mind: "rules-1", promptHash: null },
        thread: null,
      });
      payloads.set(name, proposal.payload);
    }
  }
  return [...payloads.values()];
}

const anything: Decision = Decision.parse({
  effect: "require",
  need: { finance: 1, delivery: 1 },
  waits: [],
  policies: [{ id: "broken-host", reason: "Let through by mistake" }],
  policySetHash: "0".repeat(64),
});
const nothing = async (): Promise<void> => undefined;

/** A row that waits, whatever policy would have said. */
async function waiting({ product }: House, payload: Payload): Promise<ProposalId> {
  const { id } = await product.store.submitProposal(
    {
      payload,
      exceptionId: null,
      causes: [],
      evidence: [
        observe(
          {
            ...payload.target,
            connection: "memory",
            revision: null,
            retrievedAt: new Date().toISOString(),
            url: null,
          },
          "state",
          "draft",
        ),
      ],
      why: "",
      producedBy: { mind: "broken", promptHash: null },
      requestedBy: { kind: "agent", person: null, name: "copilot" },
      decision: anything,
      thread: null,
      secondsToLive: 3600,
      approvers: [],
      key: {
        requester: "agent:copilot",
        key: `copy-${payload.target.id}`,
        requestHash: "0".repeat(64),
      },
    },
    () => nothing,
  );
  return id;
}

/** All colleagues press approve on the card as it stands, with a good code. */
async function everybodyApproves({ product }: House, id: ProposalId): Promise<boolean> {
  const { store, policySet, config } = product;
  let codes = 1_000_000_000 + Math.floor(Math.random() * 1_000);
  for (const { id: person } of colleagues) {
    const fact = await store.proposal(tenant, id, 1);
    if (fact?.proposal.state !== "waiting") break;
    const { nonce, payload } = fact.proposal;
    await castVote(
      tenant,
      {
        proposal: id,
        version: 1,
        nonce,
        shownHash: payloadHash(payload),
        person: PersonId.parse(person),
        verdict: "approve",
        reason: null,
        channel: "slack",
        secondFactor: "000000",
      },
      {
        store,
        policy: () => ({ ...policySet, baseCurrency: config.BASE_CURRENCY }),
        start: { carryOut: () => nothing },
        secondFactor: () => (codes += 1),
      },
    );
  }
  return (await store.proposal(tenant, id, 1))?.proposal.state === "approved";
}

const force = async ({ product }: House, id: ProposalId): Promise<void> => {
  await product.database.pool.query("update proposal set state = 'approved' where id = $1", [id]);
};

async function overwrite(
  { product }: House,
  id: ProposalId,
  { payload, mended }: { payload: unknown; mended: boolean },
): Promise<void> {
  await product.database.pool.query(
    `update proposal set payload = $2, payload_hash = case when $3 then $4 else payload_hash end
      where id = $1`,
    [id, JSON.stringify(payload), mended, mended ? hashOf(payload) : ""],
  );
}

/** Of what is not canonical any more there is no hash to mend. */
function hashOf(payload: unknown): string {
  try {
    return payloadHash(payload as Payload);
  } catch {
    return "0".repeat(64);
  }
}

/** The last check in its transaction, as the run makes it. true: a write would follow. */
async function starts({ product }: House, id: ProposalId): Promise<boolean> {
  const { store, policySet, config } = product;
  const firm = await store.tenant(tenant);
  try {
    const begun = await store.beginRun(tenant, id, 1, (facts) =>
      judgeStart({
        ...facts,
        tenant: firm,
        policy: { ...policySet, baseCurrency: config.BASE_CURRENCY },
        // The systems of record are left out on purpose: hash, votes and policy must hold alone.
        changed: null,
      }),
    );
    return "payload" in begun;
  } catch {
    // A row that cannot even be read starts nothing.
    return false;
  } finally {
    await product.database.pool.query("update proposal set state = 'rejected' where id = $1", [id]);
  }
}
