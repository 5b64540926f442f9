import type { SystemName } from "./books.ts";
import { NotAllowed } from "./not-allowed.ts";
import type { Route } from "./serve-face.ts";
import type { WorkItem } from "./state.ts";
import { ok, page, tagged, textsIn } from "./vendor-json.ts";
import type { World } from "./world.ts";

const types: readonly WorkItem["type"][] = ["task", "risk", "review"];

export const presentWorkItem = (item: WorkItem) =>
  tagged(
    {
      id: item.id,
      type: item.type,
      regarding: item.regarding,
      title: item.title,
      details: item.details,
      owner: item.owner,
      due_on: item.dueOn,
      external_ref: item.externalRef,
      created_on: item.createdOn,
    },
    item.version,
  );

/** A list of things to do, of risks and of reviews, as the PSA, the CRM and the HRIS each keep one. */
export function workItemRoutes(world: World, system: SystemName): Route[] {
  if (system !== "psa" && system !== "crm" && system !== "hris") return [];
  const mine = () => world.shelf.all("workItems").filter((item) => item.system === system);
  return [
    {
      method: "GET",
      path: "/work-items",
      run: (call) => {
        const key = call.query.get("external_ref");
        return page(
          mine().filter(({ externalRef }) => key === null || externalRef === key),
          call,
          presentWorkItem,
        );
      },
    },
    {
      method: "GET",
      path: "/work-items/:id",
      run: ({ params }) => ok(presentWorkItem(world.shelf.one("workItems", params["id"] ?? ""))),
    },
    {
      method: "POST",
      path: "/work-items",
      run: (call) => {
        const names = [
          "type",
          "regarding",
          "title",
          "details",
          "owner",
          "due_on",
          "external_ref",
        ] as const;
        const text = textsIn(call, names);
        const type = types.find((known) => known === text.type);
        if (!type || !/^\d{4}-\d\d-\d\d$/.test(text.due_on))
          throw new NotAllowed(422, "bad_field", "type or due_on is not one of ours.");
        const made = world.commit(({ state, today }) => {
          const taken = ({ system: kept, externalRef }: WorkItem): boolean =>
            kept === system && externalRef === text.external_ref;
          if (state.workItems.some(taken))
            throw new NotAllowed(409, "external_ref_taken", "There is one with that key.");
          const item: WorkItem = {
            id: `WI-${state.workItems.length + 1}`,
            system,
            type,
            regarding: text.regarding,
            title: text.title,
            details: text.details,
            owner: text.owner,
            dueOn: text.due_on,
            externalRef: text.external_ref,
            createdOn: today,
            version: 1,
          };
          state.workItems.push(item);
          const subject = { system, type: "work-item", id: item.id } as const;
          return { result: item, happened: { type: "work-item.created", subject } };
        });
        return ok(presentWorkItem(made), 201);
      },
    },
  ];
}
