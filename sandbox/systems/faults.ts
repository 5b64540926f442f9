/** The firm's systems, each an address of its own. */
export const faceNames = ["psa", "crm", "erp", "hris", "itsm", "messenger"] as const;
export type FaceName = (typeof faceNames)[number];

/** Something that goes wrong, the next `times` times that a call to that face matches. */
export type Fault = {
  readonly face: FaceName;
  /**
   * refused: the system says no for a reason of its own, and does nothing. lost-response: the call takes
   * effect and the connection breaks before the answer.
   */
  readonly kind: "429" | "503" | "slow" | "refused" | "lost-response";
  readonly times: number;
  /** Part of `POST /invoices/SI-1042/issue`; everything when left out. */
  readonly match?: string;
  /** What a 429 asks for; 1 when left out. */
  readonly retryAfterSeconds?: number;
  /** How long a slow answer takes; 2000 when left out. */
  readonly delayMs?: number;
};

export type Faults = {
  readonly add: (fault: Fault) => void;
  readonly clear: () => void;
  readonly pending: () => Fault[];
  /** The fault that this call meets, if any; it is used up by that. */
  readonly take: (face: FaceName, call: string) => Fault | null;
};

export function createFaults(): Faults {
  let waiting: Fault[] = [];
  return {
    add: (fault) => void waiting.push(fault),
    clear: () => {
      waiting = [];
    },
    pending: () => [...waiting],
    take(face, call) {
      const hit = waiting.find((f) => f.face === face && (!f.match || call.includes(f.match)));
      if (!hit) return null;
      waiting = waiting.flatMap((fault) => {
        if (fault !== hit) return [fault];
        return fault.times > 1 ? [{ ...fault, times: fault.times - 1 }] : [];
      });
      return hit;
    },
  };
}
