import { randomBytes } from "node:crypto";

const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** `P-7K3M2QXD`: forty random bits in Crockford's letters, easy to read aloud. */
export const randomId = (prefix: "B" | "P" | "X" | "D" | "S"): string =>
  `${prefix}-${[...randomBytes(8)].map((byte) => letters[byte % 32]).join("")}`;
