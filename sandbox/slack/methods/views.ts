import { asFields, asText, type Fields } from "../fields.ts";
import { type Methods, need } from "../method.ts";
import { SlackFailure } from "../slack-failure.ts";

/** `views.*`. */
export const viewMethods: Methods = {
  "views.open": (args, { triggers, views }) => {
    const source = needView(args, "modal");
    const trigger = triggers.redeem(need(args, "trigger_id", "invalid_trigger_id"));
    const inModal = trigger.view !== undefined && views.stackOf(trigger.person).length > 0;
    const view = inModal ? views.push(trigger.person, source) : views.open(trigger.person, source);
    return { view };
  },
  "views.push": (args, { triggers, views }) => {
    const source = needView(args, "modal");
    const trigger = triggers.redeem(need(args, "trigger_id", "invalid_trigger_id"));
    if (trigger.view === undefined) throw new SlackFailure("no_parent_view");
    return { view: views.push(trigger.person, source) };
  },
  "views.update": (args, { views }) => {
    const id = asText(args["view_id"]);
    const external = asText(args["external_id"]);
    const held = views.find((view) => (id ? view.id === id : view["external_id"] === external));
    if (!held || (!id && !external)) throw new SlackFailure("not_found");
    const hash = asText(args["hash"]);
    if (hash && hash !== held.open.view.hash) throw new SlackFailure("hash_conflict");
    return { view: views.replace(held.open.view.id, needView(args, "modal")) };
  },
  "views.publish": (args, { workspace, views }) => {
    const user = need(args, "user_id", "user_not_found");
    if (!workspace.people().some((one) => one.id === user))
      throw new SlackFailure("user_not_found");
    return { view: views.publish(user, needView(args, "home"), asText(args["hash"])) };
  },
};

function needView(args: Fields, type: "modal" | "home"): Fields {
  const view = asFields(args["view"]);
  if (view["type"] === type) return view;
  const messages = [`[ERROR] view must be of type ${type} [json-pointer:/view/type]`];
  throw new SlackFailure("invalid_arguments", { response_metadata: { messages } });
}
