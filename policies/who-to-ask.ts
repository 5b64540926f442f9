import type { ActionGroup } from "#/domain/action.ts";
import { ApprovalKind, type Need } from "#/domain/decision.ts";
import type { PersonId } from "#/domain/ids.ts";
import type { Member } from "#/domain/member.ts";
import { type AuthorityMatrix, reachOf } from "./authority-matrix.ts";
import type { MayApprove } from "./who-may-approve.ts";

type Question = {
  /** Absent: everybody who may approve stands on one rung. */
  readonly matrix: AuthorityMatrix | undefined;
  readonly able: readonly MayApprove[];
  readonly need: Need;
  readonly group: ActionGroup;
  readonly members: readonly Member[];
};

/** Those who reach just far enough, and as many rungs above as it takes to have enough people. */
export function askedFirst(question: Question): PersonId[] {
  return unique(
    ApprovalKind.options.flatMap((kind) => {
      const rungs = rungsOf(question, kind);
      const first: PersonId[] = [];
      for (const rung of rungs) if (first.length < (question.need[kind] ?? 0)) first.push(...rung);
      return first;
    }),
  );
}

/** The next rung on which somebody was not asked yet; nobody when all were. Always up, never aside. */
export function askedNext(question: Question, asked: ReadonlySet<PersonId>): PersonId[] {
  return unique(
    ApprovalKind.options.flatMap((kind) => {
      const rung = rungsOf(question, kind).find((people) => people.some((one) => !asked.has(one)));
      return (rung ?? []).filter((person) => !asked.has(person));
    }),
  );
}

function rungsOf({ matrix, able, group, members }: Question, approval: ApprovalKind): PersonId[][] {
  const reach = ({ person, actingFor }: MayApprove): number => {
    const roles = members.find(({ id }) => id === (actingFor ?? person))?.roles ?? [];
    return matrix ? (reachOf(matrix, roles, { approval, group }) ?? Infinity) : 0;
  };
  const byReach = Map.groupBy(
    able.filter(({ kind }) => kind === approval),
    reach,
  );
  return [...byReach]
    .toSorted(([one], [other]) => (one === other ? 0 : one - other))
    .map(([, people]) => people.map(({ person }) => person));
}

const unique = (people: readonly PersonId[]): PersonId[] => [...new Set(people)];
