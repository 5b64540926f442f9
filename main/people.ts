import { z } from "zod";
import { CountersignError } from "#/domain/errors.ts";
import { PersonId, type TenantId } from "#/domain/ids.ts";
import { Member, Role } from "#/domain/member.ts";

type NewMember = Member & { secondFactor: string | null };

const Entry = z.strictObject({
  id: PersonId.optional(),
  name: z.string().min(1).max(120),
  email: z.email(),
  roles: z.array(Role),
  active: z.boolean().default(true),
  /** The id of this person's other account in this list: the two count as one. */
  sameHumanAs: PersonId.optional(),
  /** Base32 secret of the person's authenticator; without one they cannot vote on large amounts. */
  secondFactor: z
    .string()
    .regex(/^[A-Z2-7]{16,}$/)
    .optional(),
});

/** The firm's directory from a settings file. Throws CONFIG_INVALID with every problem. */
export function readPeople(text: string, tenant: TenantId): NewMember[] {
  const parsed = z.array(Entry).superRefine(knownHumans).safeParse(parse(text));
  if (!parsed.success)
    throw new CountersignError("CONFIG_INVALID", {
      problems: parsed.error.issues
        .map((issue) => `  ✖ PEOPLE_FILE ${issue.path.join(".")}: ${issue.message}`)
        .join("\n"),
    });
  return parsed.data.map(({ secondFactor, id, ...entry }) => ({
    ...memberOf(entry, tenant, id),
    secondFactor: secondFactor ?? null,
  }));
}

/** Whoever is the same human as another must name one who is in the list. */
function knownHumans(people: readonly z.infer<typeof Entry>[], check: z.RefinementCtx): void {
  const ids = new Set(people.map(({ id, email }) => id ?? email.toLowerCase().split("@")[0]));
  for (const [index, { sameHumanAs }] of people.entries())
    if (sameHumanAs !== undefined && !ids.has(sameHumanAs))
      check.addIssue({
        code: "custom",
        path: [index, "sameHumanAs"],
        message: `nobody in the list has the id ${sameHumanAs}`,
      });
}

/** A member named by the local part of the address: `dana.reyes@…` is `dana.reyes`. */
export const memberOf = (
  entry: {
    name: string;
    email: string;
    roles: readonly string[];
    active: boolean;
    sameHumanAs?: PersonId | undefined;
  },
  tenant: TenantId,
  id?: PersonId,
): Member =>
  Member.parse({
    ...entry,
    tenant,
    email: entry.email.toLowerCase(),
    id: id ?? entry.email.toLowerCase().split("@")[0],
    roles: [...entry.roles],
  });

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CountersignError(
      "CONFIG_INVALID",
      { problems: "  ✖ PEOPLE_FILE is not valid JSON" },
      { cause },
    );
  }
}
