import { createHash, type KeyObject, sign, verify } from "node:crypto";

/*
 * A checkpoint says, signed: the audit of this tenant had this many lines, with this root. It is
 * a C2SP signed note (tlog-checkpoint), so other tools can read it:
 *
 *   origin \n size \n base64 root \n head hex \n at instant \n [reconciled kept reason \n]
 *   \n — origin base64(key id || ed25519 signature) \n
 */

export type Checkpoint = {
  readonly tenant: string;
  /** How many lines. */
  readonly size: number;
  /** RFC 6962 root over their hashes, in hex. */
  readonly root: string;
  /** Hash of the newest of them, in hex. */
  readonly head: string;
  readonly at: string;
  /** A person accepted that earlier checkpoints above `kept` lines belong to a history that is gone. */
  readonly reconciled: { readonly kept: number; readonly reason: string } | null;
};

const originPrefix = "countersign/audit/";
const originOf = (tenant: string): string => `${originPrefix}${tenant}`;

function textOf(point: Checkpoint): string {
  const { size, root, head, at, reconciled } = point;
  return [
    originOf(point.tenant),
    String(size),
    Buffer.from(root, "hex").toString("base64"),
    `head ${head}`,
    `at ${at}`,
    ...(reconciled
      ? [`reconciled ${reconciled.kept} ${Buffer.from(reconciled.reason).toString("base64url")}`]
      : []),
    "",
  ].join("\n");
}

const pattern = new RegExp(
  [
    `^${originPrefix}([a-z0-9-]{1,63})`,
    "(0|[1-9][0-9]{0,15})",
    "([A-Za-z0-9+/]{43}=)",
    "head ([0-9a-f]{64})",
    "at ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}Z)",
    "(?:reconciled (0|[1-9][0-9]{0,15}) ([A-Za-z0-9_-]+)\n)?$",
  ].join("\n"),
);

function parseText(text: string): Checkpoint | null {
  const found = pattern.exec(text);
  if (!found) return null;
  const [, tenant = "", size = "", root = "", head = "", at = "", kept, reason] = found;
  return {
    tenant,
    size: Number(size),
    root: Buffer.from(root, "base64").toString("hex"),
    head,
    at,
    reconciled:
      kept === undefined || reason === undefined
        ? null
        : { kept: Number(kept), reason: Buffer.from(reason, "base64url").toString("utf8") },
  };
}

// The ed25519 prefix of a SubjectPublicKeyInfo is fixed; the key is its last 32 bytes.
const rawKey = (key: KeyObject): Buffer =>
  key.export({ type: "spki", format: "der" }).subarray(-32);

/** Sixteen hex digits by which a public key is told from others, whatever it signs. */
export const keyName = (publicKey: KeyObject): string =>
  createHash("sha256").update(rawKey(publicKey)).digest("hex").slice(0, 16);

const ed25519Mark = Buffer.of(1);
const keyId = (name: string, publicKey: KeyObject): Buffer =>
  createHash("sha256")
    .update(`${name}\n`)
    .update(ed25519Mark)
    .update(rawKey(publicKey))
    .digest()
    .subarray(0, 4);

/** The signed note. Both keys must be ed25519. */
export function signCheckpoint(
  point: Checkpoint,
  { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject },
): string {
  const text = textOf(point);
  const name = originOf(point.tenant);
  const signature = sign(null, Buffer.from(text), privateKey);
  const line = Buffer.concat([keyId(name, publicKey), signature]).toString("base64");
  return `${text}\n— ${name} ${line}\n`;
}

const signatureLine = /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/;

/** The checkpoint of a note, or why it is not to be believed. */
export function openCheckpoint(
  note: string,
  keys: readonly KeyObject[],
):
  | { readonly point: Checkpoint }
  | { readonly problem: string; readonly point: Checkpoint | null } {
  const end = note.indexOf("\n\n");
  const point = end < 0 ? null : parseText(note.slice(0, end + 1));
  if (!point) return { problem: "is not a checkpoint", point: null };
  const text = Buffer.from(note.slice(0, end + 1));
  const name = originOf(point.tenant);
  let known = false;
  for (const line of note.slice(end + 2).split("\n")) {
    const [, signer, encoded] = signatureLine.exec(line) ?? [];
    if (signer !== name || encoded === undefined) continue;
    const bytes = Buffer.from(encoded, "base64");
    const key = keys.find((each) => keyId(name, each).equals(bytes.subarray(0, 4)));
    if (!key) continue;
    known = true;
    if (verify(null, text, key, bytes.subarray(4))) return { point };
  }
  return {
    problem: known
      ? "has a signature that does not fit it"
      : "is signed by a key that was not given",
    point,
  };
}

/** In the order written: which checkpoints still bind, and which a later reconciliation set aside. */
export function bindingCheckpoints(points: readonly Checkpoint[]): {
  binding: Checkpoint[];
  setAside: Checkpoint[];
} {
  let binding: Checkpoint[] = [];
  const setAside: Checkpoint[] = [];
  for (const point of points) {
    const { reconciled } = point;
    if (reconciled) {
      setAside.push(...binding.filter(({ size }) => size > reconciled.kept));
      binding = binding.filter(({ size }) => size <= reconciled.kept);
    }
    binding.push(point);
  }
  return { binding, setAside };
}
