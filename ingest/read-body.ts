import type { IncomingMessage } from "node:http";

export type BodyResult =
  | { readonly kind: "body"; readonly bytes: Buffer }
  | { readonly kind: "too-large" }
  | { readonly kind: "too-slow" }
  | { readonly kind: "aborted" };

/**
 * The raw request body, at most `limitBytes`, within `timeoutMs` altogether.
 * Never rejects and never buffers more than the limit.
 */
export function readBody(
  req: IncomingMessage,
  { limitBytes, timeoutMs }: { limitBytes: number; timeoutMs: number },
): Promise<BodyResult> {
  if (Number(req.headers["content-length"] ?? 0) > limitBytes)
    return Promise.resolve({ kind: "too-large" });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (result: BodyResult) => {
      clearTimeout(timer);
      req.off("data", onData).off("end", onEnd).off("close", onAbort);
      resolve(result);
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limitBytes) settle({ kind: "too-large" });
      else chunks.push(chunk);
    };
    const onEnd = () => settle({ kind: "body", bytes: Buffer.concat(chunks, size) });
    const onAbort = () => settle({ kind: "aborted" });
    const timer = setTimeout(() => settle({ kind: "too-slow" }), timeoutMs);
    // The error listener stays: an aborted request also emits an error, which must find somebody.
    req.on("data", onData).on("end", onEnd).on("close", onAbort).on("error", onAbort);
  });
}
