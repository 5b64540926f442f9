import type { FirmRecord } from "../simulator/records.ts";
import type { Route } from "./serve-face.ts";
import { amount, hours, ok, page, tagged } from "./vendor-json.ts";
import type { World } from "./world.ts";
import { recordsById } from "./world-records.ts";

/* The HRIS: who works here, what an hour of them costs, and when they are away; in its own words. */

const presentEmployee = (person: FirmRecord<"person">) =>
  tagged(
    {
      id: person.id,
      full_name: person.name,
      work_mail: person.email,
      grade: person.grade,
      functions: person.roles.split(","),
      weekly_hours: hours(person.weeklyMinutes),
      cost_per_hour: amount(person.hourlyCostCents),
      utilisation_target: person.utilisationTargetPercent,
      reports_to: person.managerId,
      employed: person.active,
      entry_date: person.joinedOn,
      exit_date: person.leftOn,
    },
    person.version,
  );

const presentAbsence = (leave: FirmRecord<"leave">) =>
  tagged(
    {
      id: leave.id,
      employee: leave.personId,
      reason: leave.kind === "sick" ? "illness" : "holiday",
      first_day: leave.from,
      last_day: leave.to,
      stand_in: leave.coverPersonId,
    },
    leave.version,
  );

export function hrisRoutes(world: World): Route[] {
  const people = recordsById(world, "person");
  const absences = recordsById(world, "leave");
  return [
    { method: "GET", path: "/ping", run: () => ({ status: 200, json: { product: "hris" } }) },
    { method: "GET", path: "/employees", run: (call) => page(people.all(), call, presentEmployee) },
    {
      method: "GET",
      path: "/employees/:id",
      run: ({ params }) => ok(presentEmployee(people.one(params["id"] ?? ""))),
    },
    {
      method: "GET",
      path: "/absences",
      run: (call) => {
        const employee = call.query.get("employee");
        const rows = absences.all().filter((row) => !employee || row.personId === employee);
        return page(rows, call, presentAbsence);
      },
    },
  ];
}
