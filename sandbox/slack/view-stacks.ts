import { randomBytes } from "node:crypto";
import { blockLimits } from "./block-limits.ts";
import { checkView } from "./check-blocks.ts";
import { withIds } from "./controls.ts";
import { type StateValues, stateOf } from "./entered-values.ts";
import { asBlocks, asFields, asFlag, asText, type Block, type Fields } from "./fields.ts";
import { SlackFailure } from "./slack-failure.ts";
import type { Workspace } from "./workspace.ts";

/** A view as apps see it in answers and payloads. */
export type View = Fields & {
  id: string;
  type: "modal" | "home";
  blocks: Block[];
  hash: string;
  state: { values: StateValues };
};

export type OpenView = { view: View; errors: Readonly<Record<string, string>> };

/** The modals each person has open (at most three deep) and the App Home published to them. */
export function createViewStacks(workspace: Workspace) {
  const stacks = new Map<string, OpenView[]>();
  const stackOf = (person: string): OpenView[] => stacks.get(person) ?? [];
  const { team, app } = workspace;

  function build(source: Fields, base: Fields): View {
    const problems = checkView(source);
    if (problems.length > 0) {
      throw new SlackFailure("invalid_arguments", { response_metadata: { messages: problems } });
    }
    const blocks = withIds(asBlocks(source["blocks"]), () => randomBytes(3).toString("hex"));
    const id = asText(base["id"]) || `V${randomBytes(6).toString("hex").toUpperCase()}`;
    return {
      id,
      team_id: team.id,
      type: source["type"] === "home" ? "home" : "modal",
      blocks,
      private_metadata: asText(source["private_metadata"]),
      callback_id: asText(source["callback_id"]),
      state: { values: stateOf(blocks) },
      hash: `${Math.floor(workspace.now() / 1000)}.${randomBytes(4).toString("hex")}`,
      title: source["title"] ?? null,
      clear_on_close: asFlag(source["clear_on_close"]),
      notify_on_close: asFlag(source["notify_on_close"]),
      close: source["close"] ?? null,
      submit: source["submit"] ?? null,
      previous_view_id: base["previous_view_id"] ?? null,
      root_view_id: base["root_view_id"] ?? id,
      app_id: app.id,
      external_id: asText(source["external_id"]),
      app_installed_team_id: team.id,
      bot_id: app.botId,
    };
  }

  function set(person: string, stack: OpenView[]): void {
    if (stack.length > 0) stacks.set(person, stack);
    else stacks.delete(person);
    workspace.tell({ kind: "desk" });
  }

  function push(person: string, source: Fields): View {
    const stack = stackOf(person);
    if (stack.length >= blockLimits.modalStack) throw new SlackFailure("push_limit_reached");
    const below = stack.at(-1)?.view;
    const base = below ? { previous_view_id: below.id, root_view_id: below["root_view_id"] } : {};
    const view = build(source, base);
    set(person, [...stack, { view, errors: {} }]);
    return view;
  }

  function find(match: (view: View) => boolean): { person: string; open: OpenView } | undefined {
    for (const [person, stack] of stacks) {
      const open = stack.find(({ view }) => match(view));
      if (open) return { person, open };
    }
    return undefined;
  }

  function replace(viewId: string, source: Fields): View {
    const held = find((view) => view.id === viewId);
    if (!held) throw new SlackFailure("not_found");
    const view = build(source, held.open.view);
    const swap = (open: OpenView): OpenView => (open === held.open ? { view, errors: {} } : open);
    set(held.person, stackOf(held.person).map(swap));
    return view;
  }

  return {
    push,
    find,
    replace,
    stackOf,
    /** Opening starts a new stack; whatever was open is replaced, as a new modal covers the old. */
    open(person: string, source: Fields): View {
      const view = build(source, {});
      set(person, [{ view, errors: {} }]);
      return view;
    },
    pop(person: string): void {
      set(person, stackOf(person).slice(0, -1));
    },
    clear(person: string): void {
      set(person, []);
    },
    showErrors(viewId: string, errors: Readonly<Record<string, string>>): void {
      const held = find((view) => view.id === viewId);
      if (!held) return;
      const mark = (open: OpenView): OpenView => (open === held.open ? { ...open, errors } : open);
      set(held.person, stackOf(held.person).map(mark));
    },
    home(person: string): View | undefined {
      const held = workspace.homes.get(person);
      return held === undefined ? undefined : (held as View);
    },
    publish(person: string, source: Fields, hash: string): View {
      const before = workspace.homes.get(person);
      if (hash && before && before["hash"] !== hash) throw new SlackFailure("hash_conflict");
      const view = build(source, asFields(before));
      workspace.homes.set(person, view);
      workspace.tell({ kind: "desk" });
      return view;
    },
  };
}
export type ViewStacks = ReturnType<typeof createViewStacks>;
