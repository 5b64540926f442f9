/** Trouble on order. `times` is how often it happens before it is used up (default 1). */
export type Fault = { times?: number } & (
  | { kind: "drop_response"; method: string }
  | { kind: "rate_limit"; method: string; retryAfterSeconds?: number }
  | { kind: "server_error"; method: string; status?: number }
  | { kind: "api_error"; method: string; error: string }
  | { kind: "slow_answer"; method: string; ms: number }
  | { kind: "duplicate_delivery"; delivery?: DeliveryKind; asRetry?: boolean }
  | { kind: "delay_delivery"; ms: number; delivery?: DeliveryKind }
  | { kind: "lose_delivery"; delivery?: DeliveryKind }
  | { kind: "skewed_timestamp"; seconds: number }
  | { kind: "wrong_secret" }
  | { kind: "socket_disconnect" }
  | { kind: "stale_click" }
  | { kind: "expired_trigger" }
  | { kind: "token_revoked" }
);

export type DeliveryKind = "events_api" | "interactive" | "slash_commands";
type FaultOf<K extends Fault["kind"]> = Extract<Fault, { kind: K }>;

export type Faults = {
  inject: (fault: Fault) => void;
  clear: () => void;
  /** The next fault of this kind for this method or delivery kind; each call uses it up once. */
  take: <K extends Fault["kind"]>(kind: K, about?: string) => FaultOf<K> | undefined;
};

export function createFaults(): Faults {
  let armed: { fault: Fault; left: number }[] = [];
  return {
    inject(fault) {
      armed.push({ fault, left: fault.times ?? 1 });
    },
    clear() {
      armed = [];
    },
    take<K extends Fault["kind"]>(kind: K, about?: string) {
      const hit = armed.find(({ fault }) => fault.kind === kind && concerns(fault, about));
      if (!hit) return undefined;
      hit.left -= 1;
      if (hit.left <= 0) armed = armed.filter((entry) => entry !== hit);
      return hit.fault as FaultOf<K>;
    },
  };
}

function concerns(fault: Fault, about: string | undefined): boolean {
  if ("method" in fault) return fault.method === "*" || fault.method === about;
  if ("delivery" in fault && fault.delivery) return fault.delivery === about;
  return true;
}
