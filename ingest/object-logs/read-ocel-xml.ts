import { createXmlTags, type XmlTag } from "../event-logs/xml-tags.ts";
import { checkedEvent, checkedObject, type RawItem } from "./checked-item.ts";
import {
  addProblem,
  createObjectLogReport,
  type ObjectLogItem,
  type ObjectLogReading,
  type ObjectLogReport,
} from "./object-log.ts";

/** Streams an OCEL 2.0 XML document; memory holds one event or object. */
export function readOcelXml(text: AsyncIterable<string>, zone: string): ObjectLogReading {
  const report = createObjectLogReport("ocel-xml");
  return { items: parse(text, { report, zone }), report };
}

async function* parse(
  text: AsyncIterable<string>,
  reading: Reading,
): AsyncGenerator<ObjectLogItem> {
  let batch: ObjectLogItem[] = [];
  const reader = createReader(reading, (item) => batch.push(item));
  const tags = createXmlTags(reader.tag, reader.text);
  for await (const piece of text) {
    tags.push(piece);
    yield* batch;
    batch = [];
  }
  tags.end();
  yield* batch;
}

type Open = RawItem & {
  readonly line: number;
  readonly attributes: { name: unknown; value: string; time?: unknown }[];
  readonly objects: { id: unknown; qualifier: unknown }[];
};

type Reading = { readonly report: ObjectLogReport; readonly zone: string };

function createReader({ report, zone }: Reading, take: (item: ObjectLogItem) => void) {
  const path: string[] = [];
  let item: Open | null = null;
  let declared: { list: "eventTypes" | "objectTypes"; name: string } | null = null;

  const open = ({ name, attributes, line }: XmlTag): void => {
    const parent = path.at(-1);
    path.push(name);
    if ((name === "event" && parent === "events") || (name === "object" && path.length === 3))
      item = {
        ...attributes,
        id: attributes["id"],
        type: attributes["type"],
        line,
        attributes: [],
        objects: [],
      };
    else if (name === "event-type" || name === "object-type") {
      declared = {
        list: name === "event-type" ? "eventTypes" : "objectTypes",
        name: attributes["name"] ?? "",
      };
      report[declared.list] = { ...report[declared.list], [declared.name]: {} };
    } else if (name === "attribute" && item)
      item.attributes.push({ name: attributes["name"], value: "", time: attributes["time"] });
    else if (name === "attribute" && declared) {
      const types = report[declared.list][declared.name];
      const more = { ...types, [attributes["name"] ?? ""]: attributes["type"] ?? "string" };
      report[declared.list] = { ...report[declared.list], [declared.name]: more };
    } else if (item && (name === "relationship" || name === "object"))
      item.objects.push({ id: attributes["object-id"], qualifier: attributes["qualifier"] });
  };

  const close = (): void => {
    const name = path.pop();
    if (name === "event-type" || name === "object-type") declared = null;
    if (!item || path.length !== 2 || (name !== "event" && name !== "object")) return;
    const checked = name === "event" ? checkedEvent(item, zone) : checkedObject(item, zone);
    if ("problem" in checked) addProblem(report, item.line, checked.problem);
    else take("at" in checked.item ? { event: checked.item } : { object: checked.item });
    item = null;
  };

  return {
    tag: (tag: XmlTag) => (tag.kind === "open" ? open(tag) : close()),
    text: (text: string) => {
      const attribute = path.at(-1) === "attribute" ? item?.attributes.at(-1) : undefined;
      if (attribute) attribute.value += text;
    },
  };
}
