import { createReadStream } from "node:fs";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";
import { CountersignError } from "#/domain/errors.ts";

/** Unpacked bytes at most, where nobody says otherwise; a small gzip can hold anything. */
const usualLimit = 17_179_869_184;

/** The bytes of a file in pieces. Throws INVALID_ARGUMENTS when it cannot be read. */
export async function* fileBytes(path: string): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: 262_144 });
  try {
    for await (const piece of file) yield piece as Uint8Array;
  } catch (error) {
    throw unreadable(error);
  } finally {
    file.destroy();
  }
}

/**
 * The text of a log in pieces: gunzipped where it is gzipped, decoded as it declares. Throws
 * INVALID_ARGUMENTS when it is damaged, larger than the limit, or in an encoding we do not know.
 */
export async function* logText(
  bytes: AsyncIterable<Uint8Array>,
  limit = usualLimit,
): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  let size = 0;
  try {
    for await (const piece of unpacked(bytes)) {
      size += piece.length;
      if (size > limit)
        throw new CountersignError("INVALID_ARGUMENTS", {
          problems: `the log is larger than ${limit} bytes unpacked`,
        });
      decoder ??= decoderFor(piece);
      yield decoder.decode(piece, { stream: true });
    }
    yield decoder?.decode() ?? "";
  } catch (error) {
    throw error instanceof CountersignError ? error : unreadable(error);
  }
}

const unreadable = (cause: unknown): CountersignError =>
  new CountersignError(
    "INVALID_ARGUMENTS",
    { problems: `the log cannot be read (${codeOf(cause)})` },
    { cause },
  );

/** Gzip is told by its first two bytes. */
async function* unpacked(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = bytes[Symbol.asyncIterator]();
  let start = Buffer.alloc(0);
  while (start.length < 2) {
    const next = await iterator.next();
    if (next.done) break;
    start = Buffer.concat([start, next.value]);
  }
  const all = async function* () {
    yield start;
    for (;;) {
      const next = await iterator.next();
      if (next.done) return;
      yield next.value;
    }
  };
  if (start[0] !== 0x1f || start[1] !== 0x8b) yield* all();
  else yield* gunzip(all());
}

async function* gunzip(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gzip = createGunzip();
  const feeding = feedInto(gzip, bytes);
  try {
    for await (const piece of gzip) yield piece as Uint8Array;
    await feeding;
  } finally {
    gzip.destroy();
    await feeding.catch(() => undefined);
  }
}

async function feedInto(
  gzip: ReturnType<typeof createGunzip>,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  try {
    for await (const piece of bytes) {
      if (gzip.destroyed) return;
      if (!gzip.write(piece)) await drained(gzip);
    }
    gzip.end();
  } catch (error) {
    gzip.destroy(error instanceof Error ? error : new Error("the source of the log failed"));
  }
}

const drained = (gzip: ReturnType<typeof createGunzip>): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      gzip.off("drain", done).off("close", done);
      resolve();
    };
    gzip.once("drain", done).once("close", done);
  });

function decoderFor(piece: Uint8Array): TextDecoder {
  const head = Buffer.from(piece.subarray(0, 200)).toString("latin1");
  if (head.startsWith("\u00ff\u00fe")) return new TextDecoder("utf-16le");
  if (head.startsWith("\u00fe\u00ff")) return new TextDecoder("utf-16be");
  const declared = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(head)?.[1];
  try {
    return new TextDecoder(declared ?? "utf-8");
  } catch (error) {
    throw new CountersignError(
      "INVALID_ARGUMENTS",
      { problems: "the log declares a text encoding that we do not know" },
      { cause: error },
    );
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && /^[A-Z_0-9]+$/.test(String(error.code))
    ? String(error.code)
    : "it is damaged";
