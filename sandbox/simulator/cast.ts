import { createClients, type SimulatedClient } from "./clients.ts";
import { type Circumstances, drawInterventions } from "./interventions.ts";
import type { Setting } from "./options.ts";
import { createPeople, type SimulatedPerson } from "./people.ts";
import { type ProjectPlan, planProjects } from "./staffing-plan.ts";

/** Who and what the firm is before anything happens. */
export type Cast = {
  readonly setting: Setting;
  readonly clients: readonly SimulatedClient[];
  readonly people: readonly SimulatedPerson[];
  readonly plans: readonly ProjectPlan[];
  readonly circumstances: Circumstances;
  person(id: string): SimulatedPerson;
};

export function createCast(setting: Setting): Cast {
  const clients = createClients(setting);
  const people = createPeople(setting);
  const plans = planProjects(setting, { people, clients });
  const circumstances = drawInterventions(setting, { plans, people, clients });
  return withCircumstances({ setting, clients, people, plans }, circumstances);
}

/** The same firm under other circumstances. A sudden absence is part of a person's calendar. */
export function withCircumstances(
  cast: Omit<Cast, "circumstances" | "person">,
  circumstances: Circumstances,
): Cast {
  const people = cast.people.map((person) => {
    const sudden = circumstances.all
      .filter(({ kind, entityId }) => kind === "sudden-absence" && entityId === person.id)
      .map(({ from, until }) => ({ from, until, kind: "sick" as const, coverId: null }));
    return sudden.length === 0 ? person : { ...person, absences: [...person.absences, ...sudden] };
  });
  const byId = new Map(people.map((person) => [person.id, person]));
  return {
    ...cast,
    people,
    circumstances,
    person: (id) => {
      const found = byId.get(id);
      if (!found) throw new RangeError(`Nobody in the firm has the id ${id}.`);
      return found;
    },
  };
}
