import type { FindingKind } from "#/domain/finding.ts";
import type { SystemKind } from "#/domain/record.ts";
import type { TwinRecord } from "../twin/firm-view.ts";
import type { DraftFinding } from "./draft-finding.ts";
import type { Scene } from "./scene.ts";

/** Finds one kind of condition. It says nothing while a system that it needs is silent or stale. */
export type Detector = {
  readonly kind: FindingKind;
  readonly needs: readonly SystemKind[];
} & (
  | {
      /** Looks at one project and what hangs on it, never at the whole firm. */
      readonly onProject: (scene: Scene, project: TwinRecord<"project">) => DraftFinding[];
    }
  | { readonly onFirm: (scene: Scene) => DraftFinding[] }
);

export const isLive = ({ fields }: TwinRecord<"project">): boolean =>
  fields.status === "proposed" || fields.status === "active" || fields.status === "on_hold";
export const isRunning = ({ fields }: TwinRecord<"project">): boolean =>
  fields.status === "active" || fields.status === "proposed";
