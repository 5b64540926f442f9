import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ActionGroup } from "#/domain/action.ts";
import { contentHash } from "#/domain/canonical-json.ts";
import type { PolicyReason } from "#/domain/decision.ts";
import type { PolicySetText } from "#/domain/decision-record.ts";
import { CountersignError } from "#/domain/errors.ts";
import type { Sha256 } from "#/domain/ids.ts";
import { type Declared, type Layer, readAnnotations } from "./annotations.ts";
import { actionGroups, parsePolicies, prepare, type Slot, validatePolicies } from "./engine.ts";

/** A loaded, validated set: guardrails and one firm's rules. Immutable; its hash names it. */
export type PolicySet = {
  readonly name: string;
  readonly hash: Sha256;
  readonly slot: Slot;
  readonly declared: ReadonlyMap<string, Declared>;
  /** The group of each action in the catalogue, by the schema. */
  readonly groups: ReadonlyMap<string, ActionGroup>;
  /** What the hash is of. */
  readonly text: PolicySetText;
};

const read = (path: string): string => text(readFileSync(join(import.meta.dirname, path), "utf8"));
/** A checkout with other line ends is the same policy and must have the same hash. */
const text = (raw: string): string => raw.replaceAll("\r\n", "\n");

export const shippedSchema: string = read("schema.cedarschema");
export const shippedGuardrails: string = read("rules/guardrails.cedar");
/** What a firm starts with, but for who may agree; that may come from a matrix. */
export const defaultWorkRules: string = read("rules/tenant-default.cedar");
/** What a firm starts with; stored per tenant from then on. */
export const defaultTenantRules = `${defaultWorkRules}\n${read("rules/authority-default.cedar")}`;

/**
 * Loads the shipped guardrails with one firm's rules. `name` is the tenant's id (or the id of a
 * candidate set); a new set under a name replaces the one before the last.
 * Throws POLICY_SET_INVALID with every problem found; the sets loaded before stay usable.
 */
export const createPolicySet = (firm: { name: string; tenantRules: string }): PolicySet =>
  loadPolicySet({ ...firm, guardrails: shippedGuardrails, schema: shippedSchema });

/** As `createPolicySet`, with the guardrails and the schema to use. For tests of those two. */
export function loadPolicySet(source: {
  name: string;
  tenantRules: string;
  guardrails: string;
  schema: string;
}): PolicySet {
  const [guardrails, tenantRules, schema] = [
    text(source.guardrails),
    text(source.tenantRules),
    text(source.schema),
  ];
  const problems: string[] = [];
  const declared = new Map<string, Declared>();
  const policies: Record<string, string> = {};
  const add = (layer: Layer, rules: string) => {
    const parsed = parsePolicies(rules);
    problems.push(...parsed.problems);
    for (const policy of parsed.policies) {
      const found = readAnnotations(policy, layer);
      problems.push(...found.problems);
      const { id } = found.declared;
      if (declared.has(id)) problems.push(`${id}: another policy has the same @id`);
      declared.set(id, found.declared);
      policies[id] = policy.text;
    }
  };
  add("G", guardrails);
  if (declared.size === 0 && problems.length === 0) problems.push("there are no guardrails");
  add("T", tenantRules);
  refuse(problems);
  refuse(validatePolicies(schema, policies));

  const hash = contentHash({ guardrails, tenantRules, schema });
  const slot = prepare(source.name, {
    schema: { text: schema, hash: contentHash({ schema }) },
    policies,
    hash,
  });
  return {
    name: source.name,
    hash,
    slot,
    declared,
    groups: catalogueGroups(schema),
    text: { hash, guardrails, tenantRules, schema },
  };
}

/** Ids with the sentences that people read. */
export const reasonsOf = (set: PolicySet, ids: readonly string[]): PolicyReason[] =>
  ids.map((id) => ({ id, reason: set.declared.get(id)?.reason ?? "" }));

function catalogueGroups(schema: string): ReadonlyMap<string, ActionGroup> {
  const groups = new Map<string, ActionGroup>();
  for (const [action, parents] of actionGroups(schema)) {
    const group = ActionGroup.safeParse(parents[0]);
    if (parents.length === 1 && group.success) groups.set(action, group.data);
  }
  return groups;
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0)
    throw new CountersignError("POLICY_SET_INVALID", { problems: problems.join("; ") });
}
