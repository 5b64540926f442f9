import { z } from "zod";
import { checkedEvent, checkedObject, type RawItem } from "./checked-item.ts";
import { createJsonItems, type JsonItem } from "./json-items.ts";
import {
  addProblem,
  createObjectLogReport,
  type ObjectLogItem,
  type ObjectLogReading,
  type ObjectLogReport,
} from "./object-log.ts";

const Named = z.object({
  name: z.string(),
  attributes: z.array(z.object({ name: z.string(), type: z.string() })).default([]),
});
const Relations = z
  .array(z.object({ objectId: z.unknown().optional(), qualifier: z.unknown().optional() }))
  .nullish()
  .transform((list) =>
    (list ?? []).map(({ objectId, qualifier }) => ({ id: objectId, qualifier })),
  );
const Attributes = z
  .array(
    z.object({
      name: z.unknown().optional(),
      value: z.unknown().optional(),
      time: z.unknown().optional(),
    }),
  )
  .nullish()
  .transform((list) => list ?? []);
const Item = z
  .object({
    id: z.unknown().optional(),
    type: z.unknown().optional(),
    time: z.unknown().optional(),
    attributes: Attributes,
    relationships: Relations,
  })
  .transform(({ relationships, ...rest }): RawItem => ({ ...rest, objects: relationships }));

/** Streams an OCEL 2.0 JSON document; memory holds one event or object of at most 16 MiB. */
export function readOcelJson(text: AsyncIterable<string>, zone: string): ObjectLogReading {
  const report = createObjectLogReport("ocel-json");
  return { items: parse(text, { report, zone }), report };
}

async function* parse(
  text: AsyncIterable<string>,
  reading: Reading,
): AsyncGenerator<ObjectLogItem> {
  let batch: ObjectLogItem[] = [];
  const items = createJsonItems((item) => batch.push(...itemsOf(item, reading)));
  for await (const piece of text) {
    items.push(piece);
    yield* batch;
    batch = [];
  }
  items.end();
  yield* batch;
}

type Reading = { readonly report: ObjectLogReport; readonly zone: string };

function itemsOf({ list, value, number }: JsonItem, { report, zone }: Reading): ObjectLogItem[] {
  if (list === "eventTypes" || list === "objectTypes") {
    const declared = Named.safeParse(value);
    if (!declared.success) addProblem(report, number, `${list}: a type without a name`);
    else {
      const { name, attributes } = declared.data;
      const types = Object.fromEntries(attributes.map((each) => [each.name, each.type]));
      report[list] = { ...report[list], [name]: types };
    }
    return [];
  }
  if (list !== "events" && list !== "objects") return [];
  const raw = Item.safeParse(value);
  if (!raw.success) {
    addProblem(
      report,
      number,
      `${list}: ${raw.error.issues[0]?.path.join(".") || "an element"} is not as OCEL says`,
    );
    return [];
  }
  const checked = list === "events" ? checkedEvent(raw.data, zone) : checkedObject(raw.data, zone);
  if ("problem" in checked) {
    addProblem(report, number, checked.problem);
    return [];
  }
  return "at" in checked.item ? [{ event: checked.item }] : [{ object: checked.item }];
}
