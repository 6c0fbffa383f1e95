/** The state of a node's calls, and the events and effects at its border. */
import type { EndReason } from "../wire/call-message.ts";
import type { Seal } from "../wire/seal.ts";
import { createIncoming, type Incoming } from "./incoming.ts";
import { CALL_LIMITS, type CallLimits } from "./limits.ts";
import { createOutgoing, type Outgoing } from "./outgoing.ts";

/** What can happen. `key` names one of our ends: what `made` and `requested` said. */
export type CallEvent =
  /** Call a node. `call` is 128 random bits, hexadecimal; 0 ms: without end. The request's bytes must not change afterwards. */
  | { type: "made"; call: string; node: string; request: Uint8Array; timeoutMs: number }
  | { type: "received"; frame: Uint8Array }
  /** One answer to a call that came in; the bytes must not change afterwards. */
  | { type: "answered"; key: string; bytes: Uint8Array }
  /** There are no more answers. */
  | { type: "finished"; key: string }
  /** Somebody has taken an answer. */
  | { type: "taken"; key: string }
  /** Nobody waits for answers any more, or none can be given. */
  | { type: "given_up"; key: string; reason: EndReason }
  | { type: "tick" };

/** Why a call ended before its time, as the side sees it that is told. */
export type CallFailure = EndReason | "silent" | "full";

/** What there is to do. */
export type CallEffect =
  | { type: "publish"; subject: string; frame: Uint8Array }
  /** A call has come in, once. */
  | { type: "requested"; key: string; peer: string; request: Uint8Array }
  /** An answer to a call of ours, in order. */
  | { type: "message"; key: string; bytes: Uint8Array }
  /** Another answer may be given. */
  | { type: "room"; key: string }
  /** A call is over: after its last answer, or with a failure. */
  | { type: "ended"; key: string; failure: CallFailure | undefined };

/** Why a frame changed nothing. */
const CALL_REFUSALS = [
  "malformed", // no frame, or a body that is not of its kind, or a kind that is replication's
  "version", // a frame version that this one does not speak
  "unknown_key", // sealed with a key id that is not configured
  "forged", // the tag does not match
  "own_name", // another node uses our name
  "unknown_call", // of a call that is over, or was never made: late, played again, or for somebody else
  "duplicate", // a part that was there already
  "too_many", // a call too many
] as const;
export type CallRefusal = (typeof CALL_REFUSALS)[number];

/** Our end of a call. */
export interface CallEnd {
  readonly key: string;
  /** The caller's random number; the callee's, once it is known. */
  readonly call: string;
  challenge: string | undefined;
  readonly isOurs: boolean;
  readonly peer: string;
  /** Of the peer's frames in this call. */
  peerEpoch: string | undefined;
  readonly outgoing: Outgoing;
  readonly incoming: Incoming;
  /** Milliseconds that the call may take; 0: without end. */
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  heardMs: number;
}

/** Everything that is known of calls. Changed by the step function's parts only. */
export interface CallState {
  readonly cluster: string;
  readonly node: string;
  readonly epoch: string;
  readonly seal: Seal;
  readonly limits: CallLimits;
  sequence: number;
  /** By key. */
  readonly ends: Map<string, CallEnd>;
  readonly refused: Record<CallRefusal, number>;
}

/** One step under way. */
export interface CallTurn {
  readonly state: CallState;
  readonly nowMs: number;
  /** Gives so many unpredictable bytes. */
  readonly random: (sizeBytes: number) => Uint8Array;
  readonly effects: CallEffect[];
}

/** What a node starts with. */
export interface CallOptions extends Pick<CallState, "cluster" | "node" | "epoch" | "seal"> {
  readonly limits?: Partial<CallLimits>;
}

/** No calls. `epoch`: 32 random hexadecimal digits, new at each start, and no other part's: it keys every frame that is sent. */
export function createCallState(options: CallOptions): CallState {
  const { cluster, node, epoch, seal } = options;
  const refused = Object.fromEntries(CALL_REFUSALS.map((reason) => [reason, 0]));
  return {
    cluster,
    node,
    epoch,
    seal,
    limits: { ...CALL_LIMITS, ...options.limits },
    sequence: 0,
    ends: new Map(),
    refused: refused as CallState["refused"],
  };
}

/** Of a call that we make. */
export const madeKey = (call: string): string => `made ${call}`;
/** Of a call that a peer makes. */
export const servedKey = (peer: string, call: string): string => `served ${peer} ${call}`;

/** A new end of a call, without anything said. */
export function addEnd(
  { state, nowMs }: CallTurn,
  of: Pick<CallEnd, "key" | "call" | "peer" | "isOurs" | "timeoutMs">,
): CallEnd {
  const end: CallEnd = {
    ...of,
    challenge: undefined,
    peerEpoch: undefined,
    outgoing: createOutgoing(state.limits.window),
    incoming: createIncoming(),
    deadlineMs: of.timeoutMs === 0 ? Number.POSITIVE_INFINITY : nowMs + of.timeoutMs,
    heardMs: nowMs,
  };
  state.ends.set(end.key, end);
  return end;
}
