import * as cedar from "@cedar-policy/cedar-wasm/nodejs";

/*
 * The only file that knows Cedar. Everything above speaks of references, values and requests.
 *
 * Cedar keeps prepared sets per thread and cannot drop one, so a name owns two slots and a new set
 * overwrites the older of them.
 */

export type Ref = { readonly type: string; readonly id: string };
export type Value =
  | string
  | number
  | boolean
  | readonly Value[]
  | { readonly ref: Ref }
  | { readonly decimal: string }
  | { readonly instant: string }
  | { readonly record: Readonly<Record<string, Value>> };

export type Entity = {
  readonly ref: Ref;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly parents: readonly Ref[];
};

export type Request = {
  readonly principal: Ref;
  readonly action: string;
  readonly resource: Ref;
  readonly entities: readonly Entity[];
  readonly context: Readonly<Record<string, Value>>;
};

export type Answer = {
  readonly allowed: boolean;
  /** Ids of the policies that decided; empty when nothing permitted it. */
  readonly determining: readonly string[];
  /** Ids of policies that could not be evaluated. Cedar skips them, a forbid too. */
  readonly failing: readonly string[];
};

export type ParsedPolicy = {
  readonly text: string;
  readonly effect: "permit" | "forbid";
  readonly annotations: Readonly<Record<string, string>>;
};

export type Slot = { readonly id: string; readonly hash: string; readonly schema: string };

/** `4.13.0`, kept with every decision. */
export const engineVersion: string = cedar.getCedarSDKVersion();

const namespace = "Ops";

/** Splits a policy text. Problems are sentences for an operator; with any, the list is not complete. */
export function parsePolicies(text: string): { policies: ParsedPolicy[]; problems: string[] } {
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === "failure") return { policies: [], problems: parts.errors.map(sentence) };
  const policies: ParsedPolicy[] = [];
  const problems = parts.policy_templates.map(() => "templates are not supported; write a policy");
  for (const part of parts.policies) {
    const parsed = cedar.policyToJson(part);
    if (parsed.type === "failure") problems.push(...parsed.errors.map(sentence));
    else
      policies.push({
        text: part,
        effect: parsed.json.effect,
        annotations: parsed.json.annotations ?? {},
      });
  }
  return { policies, problems };
}

/** Strict validation. A warning is a problem too: "impossible" means the rule never fires. */
export function validatePolicies(
  schema: string,
  policies: Readonly<Record<string, string>>,
): string[] {
  const answer = cedar.validate({
    validationSettings: { mode: "strict" },
    schema,
    policies: { staticPolicies: { ...policies } },
  });
  if (answer.type === "failure") return [...answer.errors, ...answer.warnings].map(sentence);
  return [
    ...[...answer.validationErrors, ...answer.validationWarnings].map(
      ({ policyId, error }) => `${policyId}: ${sentence(error)}`,
    ),
    ...answer.otherWarnings.map(sentence),
  ];
}

/** Each action of the schema and the groups it is directly in. */
export function actionGroups(schema: string): ReadonlyMap<string, readonly string[]> {
  const parsed = cedar.schemaToJson(schema);
  if (parsed.type === "failure") throw new Error(parsed.errors.map(sentence).join("; "));
  const actions = Object.entries(parsed.json[namespace]?.actions ?? {});
  return new Map(actions.map(([id, { memberOf }]) => [id, (memberOf ?? []).map((g) => g.id)]));
}

/** Which ids an enumerated entity type has. */
export function enumeration(schema: string, type: string): readonly string[] {
  const parsed = cedar.schemaToJson(schema);
  const declared =
    parsed.type === "success" ? parsed.json[namespace]?.entityTypes[type] : undefined;
  return declared && "enum" in declared ? declared.enum : [];
}

const preparedSchemas = new Set<string>();
const preparedSets = new Map<string, string>();
const newest = new Map<string, string>();

/** Prepares a validated set in one of the two slots of its name. The same set twice is one slot. */
export function prepare(
  name: string,
  set: {
    schema: { text: string; hash: string };
    policies: Readonly<Record<string, string>>;
    hash: string;
  },
): Slot {
  if (!preparedSchemas.has(set.schema.hash)) {
    const answer = cedar.preparseSchema(set.schema.hash, set.schema.text);
    if (answer.type === "failure") throw new Error(answer.errors.map(sentence).join("; "));
    preparedSchemas.add(set.schema.hash);
  }
  const [a, b] = [`${name}#A`, `${name}#B`];
  const present = [a, b].find((id) => preparedSets.get(id) === set.hash);
  const id = present ?? (newest.get(name) === a ? b : a);
  if (!present) {
    const answer = cedar.preparsePolicySet(id, { staticPolicies: { ...set.policies } });
    if (answer.type === "failure") throw new Error(answer.errors.map(sentence).join("; "));
    preparedSets.set(id, set.hash);
  }
  newest.set(name, id);
  return { id, hash: set.hash, schema: set.schema.hash };
}

/**
 * One evaluation. null: the request does not fit the schema. Throws when the engine does, and when
 * the slot has been given to a newer set.
 */
export function evaluate(slot: Slot, request: Request): Answer | null {
  if (preparedSets.get(slot.id) !== slot.hash)
    throw new Error("This policy set was replaced. Load the current one.");
  const answer = cedar.statefulIsAuthorized({
    principal: uid(request.principal),
    action: uid({ type: "Action", id: request.action }),
    resource: uid(request.resource),
    context: fields(request.context),
    entities: request.entities.map((entity) => ({
      uid: uid(entity.ref),
      attrs: fields(entity.attributes),
      parents: entity.parents.map(uid),
    })),
    preparsedPolicySetId: slot.id,
    // Without the schema, groups of actions do not exist and rules about them never match.
    preparsedSchemaName: slot.schema,
    validateRequest: true,
  });
  if (answer.type === "failure") return null;
  const { decision, diagnostics } = answer.response;
  return {
    allowed: decision === "allow",
    determining: diagnostics.reason.toSorted(),
    failing: diagnostics.errors.map((error) => error.policyId).toSorted(),
  };
}

const uid = ({ type, id }: Ref): cedar.TypeAndId => ({ type: `${namespace}::${type}`, id });

const fields = (record: Readonly<Record<string, Value>>): Record<string, cedar.CedarValueJson> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, encode(value)]));

function encode(value: Value): cedar.CedarValueJson {
  if (typeof value !== "object") return value;
  if (isList(value)) return value.map(encode);
  if ("ref" in value) return { __entity: uid(value.ref) };
  if ("decimal" in value) return { __extn: { fn: "decimal", arg: value.decimal } };
  if ("instant" in value) return { __extn: { fn: "datetime", arg: value.instant } };
  return fields(value.record);
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

const sentence = ({ message, help }: cedar.DetailedError): string =>
  help ? `${message} (${help})` : message;
