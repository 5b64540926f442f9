import type { Delivery } from "./delivery.ts";
import type { ViewValues } from "./entered-values.ts";
import { asFields, asText, type Fields } from "./fields.ts";
import type { HumanActions } from "./human-actions.ts";
import type { World } from "./method.ts";
import type { Person } from "./people.ts";
import type { Press } from "./press.ts";
import { NotPossible, SlackFailure } from "./slack-failure.ts";

type Act = (me: Person, body: Fields) => Promise<Delivery | undefined>;

/** What a person can do on the page. Answers `{ ok, acked, problem?, errors? }`. */
export function createPageActs(world: World, human: HumanActions) {
  const { workspace } = world;

  /** Typed text to the wire: escaped, and `@Name` of a member as a mention. */
  function toWire(text: string): string {
    const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    const { app } = workspace;
    const names: [name: string, id: string][] = [
      [app.name, app.userId],
      ...workspace.people().map((one): [string, string] => [one.name, one.id]),
    ];
    names.sort(([a], [b]) => b.length - a.length);
    return names.reduce((wire, [name, id]) => {
      const typed = `@${name}`
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll(">", "&gt;");
      const pattern = typed.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
      return wire.replace(new RegExp(`${pattern}(?!\\w)`, "gi"), () => `<@${id}>`);
    }, escaped);
  }

  const acts: Readonly<Record<string, Act>> = {
    post: async (me, body) => {
      const thread = asText(body["thread"]) || undefined;
      const text = toWire(asText(body["text"]));
      return (await human.postMessage(me.id, asText(body["channel"]), text, thread)).delivery;
    },
    command: (me, body) => {
      const [command = "", ...rest] = asText(body["text"]).trim().split(/\s+/);
      return human.slashCommand(me.id, command, rest.join(" "), asText(body["channel"]));
    },
    press: (me, body) => {
      const wanted = pressFrom(body);
      return human.press(me.id, asText(body["where"]), wanted);
    },
    submit: (me, body) =>
      human.submitView(me.id, asText(body["view"]), asFields(body["values"]) as ViewValues),
    close: (me, body) => human.closeView(me.id, asText(body["view"])),
    home: (me) => human.openHome(me.id, "home"),
    messages: (me) => human.openHome(me.id, "messages"),
    stop: (me, body) => human.stopSession(me.id, asText(body["channel"]), asText(body["thread"])),
    read: async (me, body) => {
      const channel = workspace.findChannel(asText(body["channel"]));
      const newest = channel && workspace.messages(channel.id).at(-1)?.ts;
      if (channel && newest) {
        workspace.reads.set(`${me.id}:${channel.id}`, newest);
        workspace.tell({ kind: "desk" });
      }
      return undefined;
    },
  };

  return async (body: Fields): Promise<Fields> => {
    const me = workspace.findPerson(asText(body["as"]));
    const name = asText(body["do"]);
    const act = Object.hasOwn(acts, name) ? acts[name] : undefined;
    if (!me || !act) return { ok: false, problem: "That cannot be done here." };
    if (me.deactivated) return { ok: false, problem: "This person has been deactivated." };
    try {
      const delivery = await act(me, body);
      return { ok: true, acked: delivery?.acked ?? true };
    } catch (error) {
      if (error instanceof NotPossible) {
        return { ok: false, problem: error.message, errors: error.errors };
      }
      if (error instanceof SlackFailure) {
        return { ok: false, problem: "The app answered with something that cannot be shown." };
      }
      throw error;
    }
  };
}

function pressFrom(body: Fields): Press {
  const wanted: Press = { actionId: asText(body["actionId"]) };
  if (typeof body["blockId"] === "string") wanted.blockId = body["blockId"];
  const { choice } = body;
  if (typeof choice === "string") wanted.choice = choice;
  if (Array.isArray(choice)) wanted.choice = choice.map(asText);
  if (typeof body["values"] === "object") wanted.values = asFields(body["values"]) as ViewValues;
  return wanted;
}
