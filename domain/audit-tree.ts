import { hash as digest } from "node:crypto";

/*
 * The Merkle tree of RFC 6962 over the hashes of audit lines, in hex. Leaf = sha256(0x00 || hash),
 * node = sha256(0x01 || left || right). Its root stands for every line up to a size, in 32 bytes.
 */

type Node = Buffer;

const sha256 = (...parts: readonly Uint8Array[]): Node =>
  digest("sha256", Buffer.concat(parts), "buffer");
const leafMark = Buffer.of(0);
const nodeMark = Buffer.of(1);
const join = (left: Node, right: Node): Node => sha256(nodeMark, left, right);
const emptyRoot = digest("sha256", "", "buffer");

const leaf = (eventHash: string): Node => sha256(leafMark, Buffer.from(eventHash, "hex"));
const hex = (node: Node): string => node.toString("hex");

export type AuditTree = {
  /** Adds the hash of the next line, in hex. */
  readonly append: (eventHash: string) => void;
  readonly size: () => number;
  /** In hex. */
  readonly root: () => string;
};

/** A tree that only grows. Keeps one node per set bit of its size and nothing else. */
export function createAuditTree(): AuditTree {
  const peaks: Node[] = [];
  let size = 0;
  return {
    append: (eventHash) => {
      let node = leaf(eventHash);
      for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2)
        node = join(peaks.pop() ?? node, node);
      peaks.push(node);
      size += 1;
    },
    size: () => size,
    root: () =>
      hex(
        peaks
          .slice(0, -1)
          .reduceRight((right, left) => join(left, right), peaks.at(-1) ?? emptyRoot),
      ),
  };
}

/** The root over these line hashes, in hex. */
export const rootOf = (eventHashes: readonly string[]): string =>
  hex(subtree(eventHashes, 0, eventHashes.length));

function subtree(hashes: readonly string[], from: number, to: number): Node {
  if (from === to) return emptyRoot;
  if (to - from === 1) return leaf(hashes[from] ?? "");
  const middle = from + split(to - from);
  return join(subtree(hashes, from, middle), subtree(hashes, middle, to));
}

/** The largest power of two below `count`; `count` is at least 2. */
function split(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/**
 * The hashes, in hex, that lead from the line at `index` (from 0) to the root of all of them.
 * Throws RangeError when there is no such line.
 */
export function inclusionPath(eventHashes: readonly string[], index: number): string[] {
  if (!Number.isInteger(index) || index < 0 || index >= eventHashes.length)
    throw new RangeError(`there is no line ${index + 1} among ${eventHashes.length}`);
  const path: string[] = [];
  const climb = (from: number, to: number): void => {
    if (to - from === 1) return;
    const middle = from + split(to - from);
    const left = index < middle;
    climb(left ? from : middle, left ? middle : to);
    path.push(hex(left ? subtree(eventHashes, middle, to) : subtree(eventHashes, from, middle)));
  };
  climb(0, eventHashes.length);
  return path;
}

export type Inclusion = {
  readonly eventHash: string;
  readonly index: number;
  readonly size: number;
  readonly path: readonly string[];
};

/** The root, in hex, that an inclusion path leads to; null when the path cannot be one of that size. */
export function rootByInclusion({ eventHash, index, size, path }: Inclusion): string | null {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size)
    return null;
  let node = leaf(eventHash);
  let at = index;
  let last = size - 1;
  for (const each of path) {
    if (last === 0) return null;
    const sibling = Buffer.from(each, "hex");
    if (at % 2 === 1 || at === last) {
      node = join(sibling, node);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else node = join(node, sibling);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hex(node) : null;
}

/** The hashes, in hex, that show that the tree of the first `size` lines only grew to all of them. */
export function consistencyPath(eventHashes: readonly string[], size: number): string[] {
  if (!Number.isInteger(size) || size < 1 || size > eventHashes.length)
    throw new RangeError(`${size} is no size up to ${eventHashes.length}`);
  const walk = (from: number, to: number, old: number, whole: boolean): Node[] => {
    if (old === to) return whole ? [] : [subtree(eventHashes, from, to)];
    const middle = from + split(to - from);
    return old <= middle
      ? [...walk(from, middle, old, whole), subtree(eventHashes, middle, to)]
      : [...walk(middle, to, old, false), subtree(eventHashes, from, middle)];
  };
  return walk(0, eventHashes.length, size, true).map(hex);
}

type Sized = { readonly size: number; readonly root: string };

/** Whether `path` proves that the newer tree begins with the older one. */
export function isConsistent(older: Sized, newer: Sized, path: readonly string[]): boolean {
  if (older.size < 1 || older.size > newer.size) return false;
  if (older.size === newer.size) return path.length === 0 && older.root === newer.root;
  let at = older.size - 1;
  let last = newer.size - 1;
  while (at % 2 === 1) [at, last] = [(at - 1) / 2, Math.floor(last / 2)];
  const nodes = path.map((each) => Buffer.from(each, "hex"));
  // A whole older tree is itself the first node.
  const start = at === 0 ? Buffer.from(older.root, "hex") : nodes.shift();
  if (!start) return false;
  let first: Node = start;
  let second: Node = start;
  for (const node of nodes) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      first = join(node, first);
      second = join(node, second);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else second = join(second, node);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && hex(first) === older.root && hex(second) === newer.root;
}
