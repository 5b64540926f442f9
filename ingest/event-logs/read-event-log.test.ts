import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import type { LogEvent } from "#/domain/event-log.ts";
import {
  type EventLogReading,
  type ReadEventLogOptions,
  readEventLog,
  readEventLogBytes,
} from "./read-event-log.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-logs-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function all(reading: EventLogReading) {
  const events: LogEvent[] = [];
  for await (const event of reading.events) events.push(event);
  return { events, report: reading.report };
}

async function* bytes(...pieces: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield typeof piece === "string" ? Buffer.from(piece) : piece;
}
const read = (text: string | Uint8Array, options?: ReadEventLogOptions) =>
  all(readEventLogBytes(bytes(text), options));

const xes = (traces: string, head = "") =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1849-2016">\n${head}${traces}</log>`;
const event = (name: string, more = "") =>
  `<event><string key="concept:name" value="${name}"/><date key="time:timestamp" value="2026-01-01T00:00:00+01:00"/>${more}</event>`;

describe("event logs from CSV", () => {
  test("usual column names are found, the rest is kept under its own names", async () => {
    const { events, report } = await read(
      'Case ID;Activity;Complete Timestamp;Resource;"Org Unit";amount\n1;Check, all;2026-01-01T00:00:00Z;ann;UNKNOWN;3.50\n',
    );
    expect(events).toEqual([
      {
        case: "1",
        activity: "Check, all",
        at: "2026-01-01T00:00:00.000Z",
        resource: "ann",
        role: null,
        group: null,
        attributes: { amount: "3.50" },
      },
    ]);
    expect(report).toMatchObject({ format: "csv", events: 1, problemCount: 0 });
  });

  test("rows that cannot be read are reported with their line, and the others are kept", async () => {
    const { events, report } = await read(
      "case_id,activity,timestamp\n1,a,2026-01-01\n,b,2026-01-01\n1,,2026-01-01\n1,c,soon\n1,d\n1,e,2026-01-02,x\n2,f,2026-01-03\n",
    );
    expect(events.map(({ activity }) => activity)).toEqual(["a", "f"]);
    expect(report.problems).toEqual([
      { line: 3, problem: "no case" },
      { line: 4, problem: "no activity" },
      { line: 5, problem: "no time with a year first" },
      { line: 6, problem: "2 fields where the header has 3" },
      { line: 7, problem: "4 fields where the header has 3" },
    ]);
    expect(report).toMatchObject({ problemCount: 5, withoutZone: 2 });
  });

  test("a missing column is an error that says how to name it", async () => {
    const text = "ticket,what,timestamp\n1,a,2026-01-01\n";
    await expect(read(text)).rejects.toMatchObject({
      code: "INVALID_ARGUMENTS",
      message: expect.stringContaining("no column for case, activity"),
    });
    const { events } = await read(text, { columns: { case: "ticket", activity: "what" } });
    expect(events).toMatchObject([{ case: "1", activity: "a" }]);
  });

  test("an empty file is an empty log", async () => {
    expect(await read("")).toMatchObject({ events: [], report: { events: 0, problemCount: 0 } });
  });
});

describe("event logs from XES", () => {
  test("the trace's name may come after its events; nested and global attributes are not the event's", async () => {
    const nested =
      '<string key="note" value="n"><string key="concept:name" value="inner"/></string>';
    const head = '<global scope="event"><string key="concept:name" value="never"/></global>';
    const { events } = await read(
      xes(`<trace>${event("a", nested)}<string key="concept:name" value="T1"/></trace>`, head),
    );
    expect(events).toEqual([
      {
        case: "T1",
        activity: "a",
        at: "2025-12-31T23:00:00.000Z",
        resource: null,
        role: null,
        group: null,
        attributes: { note: "n", "note/concept:name": "inner" },
      },
    ]);
  });

  test("a default namespace, a repeated key and a classifier of another key", async () => {
    const first = '<string key="concept:name" value="a"/><string key="concept:name" value="b"/>';
    const time = '<date key="time:timestamp" value="2026-01-01T00:00:00Z"/>';
    const { events, report } = await read(
      `<log xmlns="http://www.xes-standard.org"><classifier name="A" keys="Activity lifecycle:transition"/><trace><string key="concept:name" value="1"/><event>${first}${time}</event><event><string key="Activity" value="c"/>${time}</event></trace></log>`,
    );
    expect(events.map(({ activity }) => activity)).toEqual(["a", "c"]);
    expect(report.repeatedKeys).toBe(1);
  });

  test("only completions count; what was left out is counted", async () => {
    const transition = (name: string) => `<string key="lifecycle:transition" value="${name}"/>`;
    const { events, report } = await read(
      xes(
        `<trace><string key="concept:name" value="1"/>${event("a", transition("start"))}${event("a", transition("COMPLETE"))}${event("b", transition("sent"))}</trace>`,
      ),
    );
    expect(events.map(({ activity }) => activity)).toEqual(["a", "b"]);
    expect(report.otherTransitions).toBe(1);
  });

  test("traces without a name are numbered, traces of one name are joined, and both are reported", async () => {
    const named = `<trace><string key="concept:name" value="1"/>${event("a")}</trace>`;
    const { events, report } = await read(
      xes(`\n${named}\n${named}\n<trace>${event("b")}</trace>`),
    );
    expect(events.map((one) => one.case)).toEqual(["1", "1", "#3"]);
    expect(report.problems.map(({ line }) => line)).toEqual([5, 6]);
    expect(report.unclearCases).toBe(2);
  });

  test("events without a name or a time are reported with their line", async () => {
    const { events, report } = await read(
      xes(`<trace><string key="concept:name" value="1"/>\n<event/>\n${event("a")}</trace>`),
    );
    expect(events).toHaveLength(1);
    expect(report.problems).toEqual([{ line: 4, problem: "an event with no name and no time" }]);
  });

  test("a document cut short is an error, not a short log", async () => {
    const whole = xes(`<trace><string key="concept:name" value="1"/>${event("a")}</trace>`);
    await expect(read(whole.slice(0, -5))).rejects.toMatchObject({ code: "INVALID_ARGUMENTS" });
    await expect(read("<html></html>")).rejects.toThrow("not an XES log");
  });

  test("other encodings are read as declared", async () => {
    const text =
      '<?xml version="1.0" encoding="ISO-8859-1"?><log><trace><string key="concept:name" value="1"/><event><string key="concept:name" value="geprüft"/><date key="time:timestamp" value="2026-01-01T00:00:00Z"/></event></trace></log>';
    const { events } = await read(Buffer.from(text, "latin1"));
    expect(events[0]?.activity).toBe("geprüft");
    await expect(read('<?xml version="1.0" encoding="klingon"?><log/>')).rejects.toThrow(
      "text encoding",
    );
  });
});

describe("files", () => {
  const csv = "case_id,activity,timestamp\n1,a,2026-01-01T00:00:00Z\n";

  test("gzip is told by content, and a cut gzip is an error", async () => {
    const path = join(folder, "log.bin");
    writeFileSync(path, gzipSync(csv));
    expect((await all(readEventLog(path))).events).toHaveLength(1);
    const big = gzipSync(csv + "1,b,2026-01-01T00:00:00Z\n".repeat(5000));
    writeFileSync(path, big.subarray(0, big.length - 20));
    await expect(all(readEventLog(path))).rejects.toMatchObject({ code: "INVALID_ARGUMENTS" });
    await expect(all(readEventLog(join(folder, "nowhere.csv")))).rejects.toThrow("ENOENT");
  });

  test("a small gzip that unpacks to more than the limit is refused", async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, "a,"));
    await expect(read(bomb, { limitBytes: 1_000_000 })).rejects.toThrow(
      "larger than 1000000 bytes",
    );
  });

  test("ten thousand traces stream: no more than a few pieces are taken before events come out", async () => {
    let taken = 0;
    async function* traces(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("<log>");
      for (taken = 0; taken < 10_000; taken += 1)
        yield Buffer.from(
          `<trace><string key="concept:name" value="c${taken}"/>${event("a")}${event("b")}</trace>`,
        );
      yield Buffer.from("</log>");
    }
    let count = 0;
    let furthest = 0;
    for await (const found of readEventLogBytes(traces()).events) {
      furthest = Math.max(furthest, taken - Number(found.case.slice(1)));
      count += 1;
    }
    expect(count).toBe(20_000);
    expect(furthest).toBeLessThanOrEqual(1);
  });
});

const shared = join(process.env["SHARED_DATA"] ?? "../shared/data");
const requests = join(shared, "bpic2020", "RequestForPayment");

test.skipIf(!existsSync(`${requests}.xes.gz`))(
  "BPI 2020 Request for Payment is the same log as CSV and as XES (skipped without ../shared/data)",
  async () => {
    const lines = async (path: string) =>
      (await all(readEventLog(path))).events
        .map((found) => JSON.stringify({ ...found, attributes: null }))
        .sort();
    const fromCsv = await lines(`${requests}.csv.gz`);
    expect(fromCsv).toHaveLength(36_072);
    expect(await lines(`${requests}.xes.gz`)).toEqual(fromCsv);
  },
);

test.skipIf(!existsSync(join(shared, "xes")))(
  "the running example has six cases and 42 events (skipped without ../shared/data)",
  async () => {
    const { events, report } = await all(readEventLog(join(shared, "xes", "running-example.xes")));
    expect(events).toHaveLength(42);
    expect(new Set(events.map((one) => one.case)).size).toBe(6);
    expect(report.problemCount).toBe(0);
  },
);
