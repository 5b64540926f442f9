import { ActionGroup } from "#/domain/action.ts";
import { ApprovalKind, type Need } from "#/domain/decision.ts";
import { ProposalId, type TenantId } from "#/domain/ids.ts";
import type { Role } from "#/domain/member.ts";
import { checkVote } from "./decide.ts";
import type { ProposalFacts } from "./facts.ts";
import { answerOf } from "./policy-replay.ts";
import type { PolicySet } from "./policy-set.ts";

/** One kind of approval on one kind of change. Amounts in the base currency, `25000.00`; null: no limit. */
export type Reach = {
  readonly approval: ApprovalKind;
  readonly group: ActionGroup;
  /** The action that was asked about; others of its group unless a rule names it. */
  readonly action: string;
  readonly upTo: string | null;
  /** As far without a one-time code; `none` when not even for nothing. */
  readonly withoutCode: string | null;
};

const tenThousandths = (text: string): number => {
  const [whole = "0", part = ""] = text.split(".");
  return Number(whole) * 10_000 + Number(part.padEnd(4, "0"));
};
const decimal = (units: number): string => {
  const part = String(units % 10_000).padStart(4, "0");
  return `${Math.floor(units / 10_000)}.${part.endsWith("00") ? part.slice(0, 2) : part}`;
};
/** Beyond every threshold that a rule can name. */
const beyond = 90_000_000_000_000;

/** Amounts at which an answer can change: each that a rule names, and the next one above. */
function steps({ text }: PolicySet): number[] {
  const named = [...`${text.guardrails}\n${text.tenantRules}`.matchAll(/decimal\("(\d+\.\d+)"\)/g)]
    .map(([, amount]) => tenThousandths(amount ?? "0"))
    .flatMap((units) => [units, units + 1]);
  return [...new Set([0, ...named, beyond])].toSorted((a, b) => a - b);
}

/** One action of each group, and each that the firm's own rules name. */
function askedActions({ groups, text }: PolicySet): { action: string; group: ActionGroup }[] {
  const named = new Set([...text.tenantRules.matchAll(/"([RP]\d{2})"/g)].map(([, id]) => id));
  return ActionGroup.options.flatMap((group) => {
    const actions = [...groups].filter(([, of]) => of === group).map(([action]) => action);
    const first = actions.find((action) => !named.has(action)) ?? actions[0];
    return actions
      .filter((action) => action === first || named.has(action))
      .map((action) => ({ action, group }));
  });
}

const now = "2026-01-05T10:00:00.000Z";
const expiresAt = "2026-01-05T11:00:00.000Z";

/** A change on which nobody stands in anybody's way. */
const change = (
  tenant: TenantId,
  { action, group, units }: { action: string; group: ActionGroup; units: number },
): ProposalFacts => ({
  tenant,
  id: ProposalId.parse("P-000000"),
  version: 1,
  action: action as ProposalFacts["action"],
  group,
  clientTier: null,
  project: null,
  requester: null,
  editors: [],
  beneficiaries: [],
  movedPeople: [],
  amount: decimal(units),
  payloadHash: "0".repeat(64),
  untrustedSinks: [],
  recipientInternal: true,
});

/**
 * How far a holder of these roles reaches, by asking policy at every amount that a rule names. An
 * amount beyond a first refusal counts as out of reach, whatever lies above it.
 */
export function reachesOf(
  set: PolicySet,
  {
    tenant,
    roles,
    needs,
  }: { tenant: TenantId; roles: readonly Role[]; needs: readonly NeededFrom[] },
): Reach[] {
  const amounts = steps(set);
  return askedActions(set).flatMap(({ action, group }) =>
    kindsFor(action, needs).flatMap((approval): Reach[] => {
      const far = (channelTrusted: boolean): number | null => {
        const passes = (units: number): boolean => {
          const proposal = change(tenant, { action, group, units });
          return checkVote(set, {
            proposal,
            voter: { kind: "human", id: nobody, tenant, roles, active: true },
            as: approval,
            now,
            expiresAt,
            shownHash: proposal.payloadHash,
            channelTrusted,
          }).allowed;
        };
        const stop = amounts.findIndex((units) => !passes(units));
        return stop === -1 ? beyond : stop === 0 ? null : (amounts[stop - 1] ?? null);
      };
      const [upTo, withoutCode] = [far(true), far(false)];
      const text = (units: number): string | null => (units === beyond ? null : decimal(units));
      return upTo === null
        ? []
        : [
            {
              approval,
              group,
              action,
              upTo: text(upTo),
              withoutCode: withoutCode === null ? "none" : text(withoutCode),
            },
          ];
    }),
  );
}
/** The kinds that such a change asks for at some amount; delivery too, which free text asks of any. */
const kindsFor = (action: string, needs: readonly NeededFrom[]): ApprovalKind[] =>
  ApprovalKind.options.filter(
    (kind) =>
      kind === "delivery" ||
      needs.some((each) => each.action === action && each.need[kind] !== undefined),
  );

const nobody = "a-holder-of-these-roles" as NonNullable<ProposalFacts["requester"]>;

/** What a change needs, from which amount on: one line for each amount at which it changes. */
export type NeededFrom = {
  readonly action: string;
  readonly group: ActionGroup;
  readonly above: string;
  readonly need: Need;
  readonly effect: "allow" | "require" | "deny";
};

export function needsOf(set: PolicySet, tenant: TenantId): NeededFrom[] {
  return askedActions(set).flatMap(({ action, group }) => {
    const lines: NeededFrom[] = [];
    let before = -1;
    for (const units of steps(set)) {
      const decision = answerOf(set, {
        facts: {
          proposal: change(tenant, { action, group, units }),
          approvals: { finance: 0, contract: 0, delivery: 0, administration: 0 },
          approvedHash: "",
          now,
          expiresAt,
          local: { minuteOfDay: 660, businessDay: true },
          sentLast24h: 0,
        },
        businessWindow: null,
      });
      const need = decision.effect === "require" ? decision.need : {};
      const last = lines.at(-1);
      if (JSON.stringify([last?.need, last?.effect]) !== JSON.stringify([need, decision.effect]))
        lines.push({
          action,
          group,
          above: before < 0 ? "0.00" : decimal(before),
          need,
          effect: decision.effect,
        });
      before = units;
    }
    return lines;
  });
}
