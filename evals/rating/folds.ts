import { createHash } from "node:crypto";

export const folds = 5;

/** Which fold a project is in: by its name alone, so that a row never moves when others come or go. */
export const foldOf = (project: string): number =>
  createHash("sha256").update(project).digest().readUInt32BE() % folds;
