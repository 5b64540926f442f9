import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  verify as nodeVerify,
} from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Anchor, anchorsCsv, parseAnchors } from "./audit-anchor.ts";
import { AuditProof, proofFault, proveLine } from "./audit-proof.ts";
import { type Checkpoint, signCheckpoint } from "./checkpoint.ts";
import { TenantId } from "./ids.ts";
import { verifyAuditLines, type Witnesses } from "./verify-audit.ts";

/* Logs, roots and a second verifier, all written from the published description and not from ours. */

type Line = { tenant: TenantId; seq: number; at: string; body: string; prev: string; hash: string };

const sha = (...parts: (string | Buffer)[]): string => {
  const all = createHash("sha256");
  for (const part of parts) all.update(part);
  return all.digest("hex");
};
const bytes = (hex: string): Buffer => Buffer.from(hex, "hex");

const hashOf = ({ tenant, seq, at, body, prev }: Omit<Line, "hash">): string =>
  sha(Buffer.of(0), bytes(prev), `${tenant.length}:${tenant}|${seq}|${at}|${body}`);

/** Numbers, links and hashes anew, as whoever owns the database can. */
function rehash(lines: readonly Line[], from = 0): Line[] {
  const chained = lines.slice(0, from);
  for (const line of lines.slice(from)) {
    const prev = chained.at(-1)?.hash ?? sha(`genesis:${line.tenant}`);
    const next = { ...line, seq: chained.length + 1, prev };
    chained.push({ ...next, hash: hashOf(next) });
  }
  return chained;
}

const at = (n: number): string =>
  `${new Date(Date.UTC(2026, 10, 23, 9) + n * 61_007).toISOString().slice(0, -1)}123Z`;
const meridian = TenantId.parse("meridian");
const other = TenantId.parse("other");
const log = (count: number, tenant = meridian, salt = ""): Line[] =>
  rehash(
    Array.from({ length: count }, (_, n) => ({
      tenant,
      seq: 0,
      at: at(n),
      body: `{"actor":"person:dana","detail":{"n":${n},"salt":"${salt}"},"kind":"vote.recorded","subject":"proposal:P-ABC123:1"}`,
      prev: "",
      hash: "",
    })),
  );

const rootOf = (lines: readonly Line[]): string => {
  const climb = (nodes: string[]): string => {
    if (nodes.length === 1) return nodes[0] ?? "";
    const half = 2 ** Math.floor(Math.log2(nodes.length - 1));
    return sha(Buffer.of(1), bytes(climb(nodes.slice(0, half))), bytes(climb(nodes.slice(half))));
  };
  if (lines.length === 0) return sha("");
  return climb(lines.map(({ hash }) => sha(Buffer.of(0), bytes(hash))));
};

/** null, or the first bad number: the published checks, one after the other, none shared with ours. */
function secondVerifier(
  lines: readonly Line[],
  points: readonly { size: number; root: string }[],
  anchors: readonly { seq: number; hash12: string }[],
): number | null {
  const bad: number[] = [];
  for (const [index, line] of lines.entries()) {
    const before = lines[index - 1]?.hash ?? sha("genesis:meridian");
    const good =
      line.tenant === "meridian" &&
      line.seq === index + 1 &&
      line.prev === before &&
      line.hash === hashOf(line);
    if (!good) {
      bad.push(index + 1);
      break;
    }
  }
  for (const { size, root } of points)
    if (size <= lines.length && rootOf(lines.slice(0, size)) !== root) bad.push(size);
  for (const { seq, hash12 } of anchors)
    if (seq <= lines.length && lines[seq - 1]?.hash.slice(0, 12) !== hash12) bad.push(seq);
  if (
    [...points.map(({ size }) => size), ...anchors.map(({ seq }) => seq)].some(
      (n) => n > lines.length,
    )
  )
    bad.push(lines.length + 1);
  return bad.length > 0 ? Math.min(...bad) : null;
}

const newKey = (): { privateKey: KeyObject; publicKey: KeyObject } =>
  generateKeyPairSync("ed25519");
const key = newKey();
const none: Witnesses = { tenant: "meridian", notes: [], keys: [], anchors: [] };

const pointOf = (
  lines: readonly Line[],
  size: number,
  change: Partial<Checkpoint> = {},
): Checkpoint => ({
  tenant: "meridian",
  size,
  root: rootOf(lines.slice(0, size)),
  head: lines[size - 1]?.hash ?? "0".repeat(64),
  at: "2026-11-23T10:00:00.000Z",
  reconciled: null,
  ...change,
});
const anchorOf = (lines: readonly Line[], seq: number): Anchor => ({
  seq,
  hash12: lines[seq - 1]?.hash.slice(0, 12) ?? "",
  channel: "D0123456789",
  ts: "1795425300.000100",
});
const text = (lines: readonly Line[]): string[] => lines.map((line) => JSON.stringify(line));
const verify = (lines: readonly Line[], witnesses: Witnesses) =>
  verifyAuditLines(text(lines), witnesses);

const original = log(320);
const points = [100, 200, 300].map((size) => pointOf(original, size));
const notes = points.map((point) => signCheckpoint(point, key));
const anchors = [...original.filter(({ seq }) => seq % 7 === 0), original.at(-1)].map((line) =>
  anchorOf(original, line?.seq ?? 0),
);
const withCheckpoints: Witnesses = { ...none, notes, keys: [key.publicKey] };
const withAll: Witnesses = { ...withCheckpoints, anchors };

const edited = (line: Line): Line => ({ ...line, body: line.body.replace("dana", "eve") });
const backdated = (line: Line): Line => ({ ...line, at: `2025${line.at.slice(4)}` });
const change = (at0: number, how: (line: Line) => Line): Line[] =>
  original.map((line, index) => (index === at0 ? how(line) : line));
const swap = (at0: number): Line[] =>
  original.map((line, index) => {
    if (index === at0) return { ...line, body: original[at0 + 1]?.body ?? "" };
    if (index === at0 + 1) return { ...line, body: original[at0]?.body ?? "" };
    return line;
  });
const forged = { ...log(1)[0], body: original[0]?.body.replace("recorded", "approved") } as Line;
const stranger = log(320, other);

/** What somebody who owns the database can do, with triggers off, at a place of their choice. */
const tampering: readonly {
  name: string;
  /** Places, from 0. */
  where: readonly [number, number];
  does: (at0: number) => Line[];
  chain: boolean;
  checkpoints: boolean;
}[] = [
  {
    name: "edit a body",
    where: [0, 319],
    does: (n) => change(n, edited),
    chain: true,
    checkpoints: true,
  },
  {
    name: "edit a body and its own hash",
    where: [0, 318],
    does: (n) => change(n, (line) => ({ ...edited(line), hash: hashOf(edited(line)) })),
    chain: true,
    checkpoints: true,
  },
  {
    name: "edit a body, re-hash the rest",
    where: [0, 299],
    does: (n) => rehash(change(n, edited), n),
    chain: false,
    checkpoints: true,
  },
  {
    name: "delete a line in the middle",
    where: [0, 318],
    does: (n) => original.toSpliced(n, 1),
    chain: true,
    checkpoints: true,
  },
  {
    name: "delete a line, renumber, re-hash",
    where: [0, 299],
    does: (n) => rehash(original.toSpliced(n, 1), n),
    chain: false,
    checkpoints: true,
  },
  {
    name: "insert a forged approval, re-hash",
    where: [0, 299],
    does: (n) => rehash(original.toSpliced(n, 0, forged), n),
    chain: false,
    checkpoints: true,
  },
  {
    name: "cut the tail below a checkpoint",
    where: [1, 299],
    does: (n) => original.slice(0, n),
    chain: false,
    checkpoints: true,
  },
  { name: "swap two bodies", where: [0, 318], does: swap, chain: true, checkpoints: true },
  {
    name: "back-date a line",
    where: [0, 319],
    does: (n) => change(n, backdated),
    chain: true,
    checkpoints: true,
  },
  {
    name: "back-date a line, re-hash the rest",
    where: [0, 299],
    does: (n) => rehash(change(n, backdated), n),
    chain: false,
    checkpoints: true,
  },
  {
    name: "copy another tenant's line in",
    where: [0, 319],
    does: (n) => change(n, () => stranger[n] as Line),
    chain: true,
    checkpoints: true,
  },
  { name: "wipe everything", where: [0, 0], does: () => [], chain: false, checkpoints: true },
  {
    name: "rewrite lines newer than every checkpoint, re-hash",
    where: [300, 319],
    does: (n) => rehash(change(n, edited), n),
    chain: false,
    checkpoints: false,
  },
  {
    name: "cut only lines newer than every checkpoint",
    where: [300, 319],
    does: (n) => original.slice(0, n),
    chain: false,
    checkpoints: false,
  },
];

describe("P7: fourteen ways to tamper, by whoever owns the database", () => {
  test("there are fourteen, six of which the chain sees alone and twelve with checkpoints", () => {
    expect(tampering).toHaveLength(14);
    expect(tampering.filter(({ chain }) => chain)).toHaveLength(6);
    expect(tampering.filter(({ checkpoints }) => checkpoints)).toHaveLength(12);
  });

  test("what nobody touched holds, under every witness", () => {
    for (const witnesses of [none, withCheckpoints, withAll])
      expect(verify(original, witnesses).findings).toEqual([]);
    expect(verify(original, withAll)).toMatchObject({
      lines: 320,
      root: rootOf(original),
      checkpoints: 3,
      anchors: anchors.length,
      vouchedTo: 320,
    });
    expect(verify(original, withCheckpoints).vouchedTo).toBe(300);
  });

  test.each(tampering)(
    "$name: always found with checkpoints and anchors",
    ({ where, does, chain, checkpoints }) => {
      fc.assert(
        fc.property(fc.integer({ min: where[0], max: where[1] }), (n) => {
          const lines = does(n);
          expect(verify(lines, none).findings.length > 0).toBe(chain);
          expect(verify(lines, withCheckpoints).findings.length > 0).toBe(checkpoints);
          const all = verify(lines, withAll);
          expect(all.findings.length).toBeGreaterThan(0);
          expect(Math.min(...all.findings.map(({ seq }) => seq))).toBe(
            secondVerifier(lines, points, anchors),
          );
        }),
        { numRuns: 25 },
      );
    },
  );

  test("the checks come in their order, each with the line it is about", () => {
    const lines = rehash(change(149, edited), 149).slice(0, 290);
    expect(verify(lines, withAll).findings.map(({ check, seq }) => [check, seq])).toEqual([
      ["root", 200],
      ["anchor", 154],
      ["cut", 291],
    ]);
    expect(verify(lines, withAll).findings[0]?.problem).toMatch(/^lines 101 to 200 are not those/);
    expect(verify(change(7, edited), withAll).findings[0]).toMatchObject({ check: "hash", seq: 8 });
    expect(verify(original.toSpliced(7, 1), none).findings[0]).toMatchObject({
      check: "sequence",
      seq: 8,
    });
    const relinked = change(7, (line) => ({ ...line, prev: "0".repeat(64) }));
    expect(verify(relinked, none).findings[0]).toMatchObject({ check: "link", seq: 8 });
  });
});

test("P7: two verifiers, written apart, agree on random logs and random damage", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.array(
        fc.tuple(
          fc.nat(),
          fc.constantFrom("body", "at", "seq", "prev", "hash", "tenant"),
          fc.nat(),
        ),
        { maxLength: 2 },
      ),
      fc.option(fc.nat()),
      fc.option(fc.nat()),
      (count, damage, rehashFrom, cutAt) => {
        const clean = log(count, meridian, String(count));
        const size = Math.max(1, Math.ceil(count / 2));
        const point = pointOf(clean, size);
        const shown = [anchorOf(clean, count)];
        let lines = clean;
        for (const [where, field, how] of damage)
          lines = lines.map((line, index) =>
            index === where % count ? damaged(line, field, how) : line,
          );
        if (rehashFrom !== null) lines = rehash(lines, rehashFrom % count);
        if (cutAt !== null) lines = lines.slice(0, cutAt % (count + 1));
        const { findings } = verify(lines, {
          tenant: "meridian",
          notes: [signCheckpoint(point, key)],
          keys: [key.publicKey],
          anchors: shown,
        });
        const first = findings.length > 0 ? Math.min(...findings.map(({ seq }) => seq)) : null;
        expect(first).toBe(secondVerifier(lines, [point], shown));
      },
    ),
    { numRuns: 4000 },
  );
});

function damaged(line: Line, field: string, how: number): Line {
  const digit = (hex: string): string => {
    const where = how % hex.length;
    return `${hex.slice(0, where)}${hex[where] === "0" ? "1" : "0"}${hex.slice(where + 1)}`;
  };
  switch (field) {
    case "body":
      return { ...line, body: `${line.body} ` };
    case "at":
      return { ...line, at: at(how % 1000) };
    case "seq":
      return { ...line, seq: (how % 50) + 1 };
    case "prev":
      return { ...line, prev: digit(line.prev) };
    case "hash":
      return { ...line, hash: digit(line.hash) };
    default:
      return { ...line, tenant: other };
  }
}

describe("signatures", () => {
  test("P7: a checkpoint by a key that was not given, or changed after it was signed, is a fault", () => {
    const another = newKey();
    expect(
      verify(original, { ...withCheckpoints, keys: [another.publicKey] }).findings,
    ).toMatchObject([
      { check: "signature", problem: expect.stringMatching(/key that was not given/) as string },
    ]);
    const bent = (notes[1] ?? "").replace("\n200\n", "\n199\n");
    expect(verify(original, { ...withCheckpoints, notes: [bent] }).findings).toMatchObject([
      { check: "signature", seq: 199 },
    ]);
    expect(
      verify(original, { ...withCheckpoints, notes: ["countersign/audit/meridian\n"] }).findings,
    ).toMatchObject([{ check: "signature" }]);
  });

  test("P7: somebody who re-hashes and signs with another key is found out", () => {
    const another = newKey();
    const lines = rehash(change(10, edited), 10);
    const own = [100, 200, 300].map((size) => signCheckpoint(pointOf(lines, size), another));
    const { findings } = verify(lines, { ...none, notes: own, keys: [key.publicKey] });
    expect(findings[0]).toMatchObject({ check: "signature" });
  });

  test("after a key is rotated old checkpoints hold with the old public key, new ones with the new", () => {
    const next = newKey();
    const mixed = [...notes.slice(0, 2), signCheckpoint(pointOf(original, 300), next)];
    const both = { ...none, notes: mixed, keys: [key.publicKey, next.publicKey] };
    expect(verify(original, both)).toMatchObject({ checkpoints: 3, findings: [] });
    expect(verify(original, { ...both, keys: [next.publicKey] }).findings).toMatchObject([
      { check: "signature", seq: 100 },
    ]);
  });

  test("checkpoints of other tenants are passed over; having only those is a fault", () => {
    const foreign = signCheckpoint(pointOf(stranger, 100, { tenant: "other" }), key);
    const { findings, checkpoints } = verify(original, {
      ...withCheckpoints,
      notes: [...notes, foreign],
    });
    expect([findings, checkpoints]).toEqual([[], 3]);
    expect(verify(original, { ...withCheckpoints, notes: [foreign] }).findings).toMatchObject([
      { check: "signature", problem: "no checkpoint is about tenant meridian" },
    ]);
  });
});

describe("a reconciled rollback", () => {
  // 320 lines were signed up to 300; a backup of 250 was restored; a person accepted that.
  const restored = rehash(
    [...original.slice(0, 250), ...log(90, meridian, "after").slice(0, 90)],
    250,
  );
  const accepted = signCheckpoint(
    pointOf(restored, 251, {
      at: "2026-11-24T08:00:00.000Z",
      reconciled: { kept: 200, reason: "backup of Monday" },
    }),
    key,
  );
  const after = signCheckpoint(pointOf(restored, 340, { at: "2026-11-24T09:00:00.000Z" }), key);

  test("P7: without a person's signed word the rollback is a fault; with it older witnesses are set aside and named", () => {
    expect(verify(restored, withAll).findings.map(({ check }) => check)).toEqual([
      "root",
      "anchor",
    ]);
    const verdict = verify(restored, { ...withAll, notes: [...notes, accepted, after] });
    expect(verdict.findings).toEqual([]);
    expect(verdict.reconciled).toMatchObject([
      { reconciled: { kept: 200, reason: "backup of Monday" } },
    ]);
    expect(verdict.setAside).toBe(1 + anchors.filter(({ seq }) => seq > 200).length);
    expect(verdict.vouchedTo).toBe(340);
  });

  test("P7: it sets aside nothing that it kept and nothing that came later", () => {
    const early = rehash(restored.with(150, edited(restored[150] as Line)), 150);
    expect(
      verify(early, { ...withAll, notes: [...notes, accepted, after] }).findings[0],
    ).toMatchObject({
      check: "root",
      seq: 200,
    });
    const late = rehash(restored.with(300, edited(restored[300] as Line)), 300);
    expect(
      verify(late, { ...withAll, notes: [...notes, accepted, after] }).findings[0],
    ).toMatchObject({
      check: "root",
      seq: 340,
    });
  });
});

describe("anchors", () => {
  test("are read from our CSV and from whatever people kept of the chat", () => {
    expect(parseAnchors(anchorsCsv(anchors))).toEqual(anchors);
    const kept = JSON.stringify([
      { ts: "1", text: "P-ABC version 1 · payload 0a1b2c3d4e5f · audit #41 0a1b2c3d4e5f" },
      { ts: "2", text: "audit none yet; audit #0 0a1b2c3d4e5f; audit #7 0a1b2c3d4e5fa" },
    ]);
    expect(parseAnchors(kept)).toEqual([
      { seq: 41, hash12: "0a1b2c3d4e5f", channel: null, ts: null },
    ]);
    expect(() => parseAnchors("seq,hash12,channel,ts\n1,nothing,D1,1\n")).toThrow(
      /line 2 of the anchors/,
    );
  });
});

test("lines that are none are named, whatever they are", () => {
  const lines = text(original).with(4, "{").with(9, "null");
  expect(verifyAuditLines(lines, none).findings).toMatchObject([{ check: "sequence", seq: 5 }]);
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.json())), (junk) => {
      const kept = junk.filter((line) => line !== "");
      expect(verifyAuditLines(junk, none)).toMatchObject({ lines: kept.length });
      expect(verifyAuditLines(junk, none).findings.length > 0).toBe(kept.length > 0);
    }),
  );
});

describe("the proof of one line", () => {
  test("P7: shows that the line is under a signed root, and nothing else does", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), (seq) => {
        const proof = proveLine(original, { seq, size: 300, note: notes[2] ?? "" });
        expect(
          proofFault(AuditProof.parse(JSON.parse(JSON.stringify(proof))), [key.publicKey]),
        ).toBeNull();
        const liar = { ...proof, event: edited(proof.event) };
        expect(proofFault(liar, [key.publicKey])).toMatch(/changed after/);
        const rehashed = { ...liar.event, hash: hashOf(liar.event) };
        expect(proofFault({ ...proof, event: rehashed }, [key.publicKey])).toMatch(/do not lead/);
        expect(proofFault(proof, [newKey().publicKey])).toMatch(/key that was not given/);
        expect(proofFault({ ...proof, note: notes[1] ?? "" }, [key.publicKey])).toMatch(
          /another root/,
        );
      }),
      { numRuns: 40 },
    );
  });
});

/** The signed-note rules, by hand: does this note verify, and does the same code verify a published one? */
function verifiesByHand(note: string, name: string, rawKey: Buffer): boolean {
  const [body = "", signature = ""] = note.split("\n\n");
  const encoded = signature.split(" ")[2]?.trim() ?? "";
  const given = Buffer.from(encoded, "base64");
  const id = createHash("sha256").update(`${name}\n`).update(Buffer.of(1)).update(rawKey).digest();
  const spki = Buffer.concat([bytes("302a300506032b6570032100"), rawKey]);
  return (
    given.subarray(0, 4).equals(id.subarray(0, 4)) &&
    cryptoVerify(`${body}\n`, spki, given.subarray(4))
  );
}
function cryptoVerify(body: string, spki: Buffer, signature: Buffer): boolean {
  return nodeVerify(
    null,
    Buffer.from(body),
    createPublicKey({ key: spki, format: "der", type: "spki" }),
    signature,
  );
}

test("checkpoints are signed notes that other implementations can read", () => {
  const published = {
    name: "PeterNeumann",
    key: Buffer.from("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "base64").subarray(1),
    note: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n",
  };
  expect(verifiesByHand(published.note, published.name, published.key)).toBe(true);
  const raw = key.publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  for (const note of notes) {
    expect(verifiesByHand(note, "countersign/audit/meridian", raw)).toBe(true);
    expect(verifiesByHand(note.replace("2026", "2027"), "countersign/audit/meridian", raw)).toBe(
      false,
    );
  }
  const [origin, size, root] = (notes[0] ?? "").split("\n");
  expect([origin, size, root]).toEqual([
    "countersign/audit/meridian",
    "100",
    bytes(rootOf(original.slice(0, 100))).toString("base64"),
  ]);
});
