import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
} from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { keyName } from "#/domain/checkpoint.ts";
import { CountersignError } from "#/domain/errors.ts";

/*
 * The signing key is a file that the database cannot reach, so whoever owns the database cannot
 * sign. Public keys are kept for good beside the checkpoints: old ones verify old checkpoints.
 */

export type CheckpointKey = {
  readonly name: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
};

const publicFolder = (folder: string): string => join(folder, "checkpoints", "keys");

/**
 * The signing key of this data folder, made at the first start. Its public half is written out.
 * Throws CONFIG_INVALID when it is no ed25519 key or others may read it.
 */
export function openCheckpointKey(folder: string, configured: string | undefined): CheckpointKey {
  const path = keyPath(folder, configured);
  const key = read(path) ?? create(path);
  publish(folder, key);
  return key;
}

/** A new key instead of the present one, from now on. The old public half stays. */
export function rotateCheckpointKey(folder: string, configured: string | undefined): CheckpointKey {
  const path = keyPath(folder, configured);
  const before = read(path);
  if (before) publish(folder, before);
  const key = create(path);
  publish(folder, key);
  return key;
}

const keyPath = (folder: string, configured: string | undefined): string =>
  configured ?? join(folder, "checkpoint-key.pem");

/** Every public key that ever signed here. */
export function publicKeysOf(folder: string): KeyObject[] {
  const keys = publicFolder(folder);
  mkdirSync(keys, { recursive: true });
  return readdirSync(keys)
    .filter((file) => file.endsWith(".pem"))
    .sort()
    .map((file) => createPublicKey(readFileSync(join(keys, file), "utf8")));
}

function read(path: string): CheckpointKey | null {
  let text: string;
  try {
    // The check and the reading are of the same moment only on a folder that others cannot write.
    if ((statSync(path).mode & 0o077) !== 0)
      throw invalid(`others can read ${path}; run: chmod 600 ${path}`);
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw cause;
  }
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(text);
  } catch (cause) {
    throw invalid(`${path} is not a private key in PEM`, cause);
  }
  if (privateKey.asymmetricKeyType !== "ed25519") throw invalid(`${path} is not an ed25519 key`);
  return named(privateKey);
}

const invalid = (problem: string, cause?: unknown): CountersignError =>
  new CountersignError("CONFIG_INVALID", { problems: `  ✖ ${problem}` }, { cause });

const named = (privateKey: KeyObject): CheckpointKey => {
  const publicKey = createPublicKey(privateKey);
  return { name: keyName(publicKey), privateKey, publicKey };
};

function create(path: string): CheckpointKey {
  mkdirSync(dirname(path), { recursive: true });
  const { privateKey } = generateKeyPairSync("ed25519");
  // Whole or not at all, and never readable in between.
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
  return named(privateKey);
}

function publish(folder: string, { name, publicKey }: CheckpointKey): void {
  mkdirSync(publicFolder(folder), { recursive: true });
  writeFileSync(
    join(publicFolder(folder), `${name}.pem`),
    publicKey.export({ type: "spki", format: "pem" }),
  );
}
