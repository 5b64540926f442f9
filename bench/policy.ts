import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { checkVote, decideExecute } from "#/policies/decide.ts";
import type { Entity, Ref, Request, Value } from "#/policies/engine.ts";
import { createPolicySet, defaultTenantRules } from "#/policies/policy-set.ts";
import { approveRequest, executeRequest } from "#/policies/requests.ts";
import { execute, vote } from "#/policies/rules/case.ts";
import { type BenchRow, type BenchTable, ratioOf, told } from "./ratio.ts";

const most = 1.2;

/** Our answer against one bare call of the engine, its request built beforehand. */
export async function benchPolicy({
  quick,
  say,
}: {
  quick: boolean;
  say: (line: string) => void;
}): Promise<BenchTable[]> {
  const set = createPolicySet({ name: "bench", tenantRules: defaultTenantRules });
  const allowed = execute({ votes: { finance: 1 } });
  const vetted = vote();
  const bare = (request: Request | null): (() => unknown) => {
    if (!request) throw new Error("the sample facts make a request");
    const call = callOf(set.slot, request);
    return () => cedar.statefulIsAuthorized(call);
  };
  const cases = [
    {
      what: "may it run (one evaluation)",
      ours: () => decideExecute(set, allowed),
      floor: bare(executeRequest(allowed)),
    },
    {
      what: "does this vote count (one evaluation)",
      ours: () => checkVote(set, vetted),
      floor: bare(approveRequest(vetted)),
    },
  ];
  const rows = cases.flatMap(({ what, ...sides }): BenchRow[] => {
    say(`measuring: ${what}`);
    const { ratio, oursMicroseconds, floorMicroseconds } = ratioOf(sides, {
      rounds: quick ? 11 : 61,
      callsPerRound: quick ? 100 : 300,
    });
    return [
      {
        what,
        measured: `${ratio.toFixed(2)} × the bare call`,
        bar: `≤ ${most}`,
        holds: ratio <= most,
      },
      told(
        "  a call, in microseconds",
        `${oursMicroseconds.toFixed(0)} against ${floorMicroseconds.toFixed(0)}`,
      ),
    ];
  });
  return [{ title: "Policy: a decision against bare preparsed Cedar", rows }];
}

const uid = ({ type, id }: Ref): cedar.TypeAndId => ({ type: `Ops::${type}`, id });
const fields = (record: Readonly<Record<string, Value>>): Record<string, cedar.CedarValueJson> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, encode(value)]));

function encode(value: Value): cedar.CedarValueJson {
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((each: Value) => encode(each));
  if ("ref" in value) return { __entity: uid(value.ref) };
  if ("decimal" in value) return { __extn: { fn: "decimal", arg: value.decimal } };
  if ("instant" in value) return { __extn: { fn: "datetime", arg: value.instant } };
  return "record" in value ? fields(value.record) : {};
}

const callOf = (
  slot: { id: string; schema: string },
  request: Request,
): Parameters<typeof cedar.statefulIsAuthorized>[0] => ({
  principal: uid(request.principal),
  action: uid({ type: "Action", id: request.action }),
  resource: uid(request.resource),
  context: fields(request.context),
  entities: request.entities.map((entity: Entity) => ({
    uid: uid(entity.ref),
    attrs: fields(entity.attributes),
    parents: entity.parents.map(uid),
  })),
  preparsedPolicySetId: slot.id,
  preparsedSchemaName: slot.schema,
  validateRequest: true,
});
