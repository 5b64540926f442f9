import type { FirmRecord } from "../simulator/records.ts";
import type { Route } from "./serve-face.ts";
import { ok, page, tagged } from "./vendor-json.ts";
import type { World } from "./world.ts";
import { recordsById } from "./world-records.ts";

/* Where people write to each other about clients and projects: minutes, messages, mails. */

const presentNote = (note: FirmRecord<"note">) =>
  tagged(
    {
      id: note.id,
      account: note.clientId,
      project: note.projectId,
      author: note.authorId,
      channel: note.channel,
      text: note.text,
      written_at: note.writtenAt,
    },
    note.version,
  );

export function messengerRoutes(world: World): Route[] {
  const notes = recordsById(world, "note");
  return [
    { method: "GET", path: "/ping", run: () => ({ status: 200, json: { product: "messenger" } }) },
    {
      method: "GET",
      path: "/notes",
      run: (call) => {
        const project = call.query.get("project");
        const rows = notes.all().filter((row) => !project || row.projectId === project);
        return page(rows, call, presentNote);
      },
    },
    {
      method: "GET",
      path: "/notes/:id",
      run: ({ params }) => ok(presentNote(notes.one(params["id"] ?? ""))),
    },
  ];
}
