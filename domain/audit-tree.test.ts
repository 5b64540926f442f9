import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  consistencyPath,
  createAuditTree,
  inclusionPath,
  isConsistent,
  rootByInclusion,
  rootOf,
} from "./audit-tree.ts";

const sha = (...parts: (Buffer | string)[]): Buffer => {
  const all = createHash("sha256");
  for (const part of parts) all.update(part);
  return all.digest();
};
const eventHashes = (count: number, salt = ""): string[] =>
  Array.from({ length: count }, (_, n) => sha(`${salt}${n}`).toString("hex"));

/** RFC 6962, 2.1, word for word and as slow as it is written. */
function mth(data: readonly Buffer[]): Buffer {
  const [only] = data;
  if (!only) return sha("");
  if (data.length === 1) return sha(Buffer.of(0), only);
  const k = 2 ** Math.floor(Math.log2(data.length - 1));
  return sha(Buffer.of(1), mth(data.slice(0, k)), mth(data.slice(k)));
}
const asData = (hashes: readonly string[]): Buffer[] =>
  hashes.map((each) => Buffer.from(each, "hex"));

test("the empty tree is the hash of nothing, one line is its marked hash", () => {
  expect(createAuditTree().root()).toBe(
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
  // sha256 of a single zero byte: the leaf over no data, a published vector of the RFC's trees.
  expect(rootOf([""])).toBe("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
});

test("published vectors of the RFC's trees come out", () => {
  const data = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
  ];
  const roots = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ];
  expect(roots.map((_, n) => rootOf(data.slice(0, n + 1)))).toEqual(roots);
});

describe("against the RFC's own recursion", () => {
  test("every root up to 130 lines agrees, grown line by line and all at once", () => {
    const hashes = eventHashes(130);
    const tree = createAuditTree();
    for (let size = 0; size <= hashes.length; size += 1) {
      const wanted = mth(asData(hashes.slice(0, size))).toString("hex");
      expect(tree.root()).toBe(wanted);
      expect(rootOf(hashes.slice(0, size))).toBe(wanted);
      expect(tree.size()).toBe(size);
      if (hashes[size]) tree.append(hashes[size] ?? "");
    }
  });

  test("asking for the root changes nothing", () => {
    const tree = createAuditTree();
    for (const each of eventHashes(11)) tree.append(each);
    expect([tree.root(), tree.root()]).toEqual([rootOf(eventHashes(11)), rootOf(eventHashes(11))]);
  });

  test("every line of every size up to 40 is proved, and proves nothing else", () => {
    for (let size = 1; size <= 40; size += 1) {
      const hashes = eventHashes(size);
      const root = rootOf(hashes);
      for (let index = 0; index < size; index += 1) {
        const path = inclusionPath(hashes, index);
        const eventHash = hashes[index] ?? "";
        expect(rootByInclusion({ eventHash, index, size, path })).toBe(root);
        const other = sha("other").toString("hex");
        expect(rootByInclusion({ eventHash: other, index, size, path })).not.toBe(root);
        expect(rootByInclusion({ eventHash, index: index + 1, size, path })).not.toBe(root);
        const shorter = path.length > 0 ? path.slice(1) : [other];
        expect(rootByInclusion({ eventHash, index, size, path: shorter })).not.toBe(root);
        expect(rootByInclusion({ eventHash, index, size, path: [...path, other] })).not.toBe(root);
      }
    }
  });

  test("growth from every size to every size up to 40 is proved, and a changed past is not", () => {
    for (let size = 1; size <= 40; size += 1) {
      const hashes = eventHashes(size);
      const newer = { size, root: rootOf(hashes) };
      for (let old = 1; old <= size; old += 1) {
        const older = { size: old, root: rootOf(hashes.slice(0, old)) };
        const path = consistencyPath(hashes, old);
        expect(isConsistent(older, newer, path)).toBe(true);
        const forged = { size: old, root: rootOf(eventHashes(old, "forged")) };
        expect(isConsistent(forged, newer, path)).toBe(false);
        expect(
          isConsistent(older, forged.size === size ? forged : { size, root: forged.root }, path),
        ).toBe(false);
      }
    }
  });
});

test("P7: one changed bit of any line changes the root", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.nat(),
      fc.integer({ min: 0, max: 255 }),
      (size, where, bit) => {
        const hashes = eventHashes(size);
        const bytes = Buffer.from(hashes[where % size] ?? "", "hex");
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(rootOf(hashes.with(where % size, bytes.toString("hex")))).not.toBe(rootOf(hashes));
      },
    ),
    { numRuns: 60 },
  );
});

test("a path for a line that is not there cannot be asked for", () => {
  expect(() => inclusionPath(eventHashes(3), 3)).toThrow(RangeError);
  expect(() => consistencyPath(eventHashes(3), 4)).toThrow(RangeError);
  expect(rootByInclusion({ eventHash: "00", index: 3, size: 3, path: [] })).toBeNull();
});
