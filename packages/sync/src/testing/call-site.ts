/** Nodes that call each other in virtual time, over a bus with faults. */
import {
  type CallEvent,
  type CallFailure,
  type CallState,
  createCallState,
  madeKey,
} from "../call/call-state.ts";
import type { CallLimits } from "../call/limits.ts";
import { callStep } from "../call/step.ts";
import { createMemoryBus } from "../transport/memory.ts";
import { callSubject } from "../transport/subjects.ts";
import { createChance } from "./chance.ts";
import { plainSeal } from "./plain-seal.ts";
import { createVirtualTime } from "./virtual-time.ts";
import { createWire } from "./wire.ts";

/** A call as its maker sees it. */
export interface SimulatedCall {
  readonly key: string;
  readonly answers: Uint8Array[];
  isOver: boolean;
  failure: CallFailure | undefined;
}

/** A node, and what it was asked. */
export interface CallingNode {
  readonly state: CallState;
  /** Requests that were carried out, in order. */
  readonly requests: { key: string; peer: string; request: Uint8Array }[];
  /** Calls of others that were over before their last answer. */
  readonly aborted: string[];
  /** Every frame that it sent. */
  readonly sent: { subject: string; frame: Uint8Array }[];
  handle(event: CallEvent): void;
  call(node: string, request: Uint8Array, timeoutMs?: number): SimulatedCall;
}

/** How a site behaves. */
export interface CallSiteOptions {
  readonly seed: number;
  readonly nodes: readonly string[];
  readonly limits?: Partial<CallLimits>;
  /** What a node answers to a request; undefined: nothing, ever. */
  readonly answer: (request: Uint8Array) => readonly Uint8Array[] | undefined;
  /** Answers are left untaken. */
  readonly isLazy?: boolean;
}

/** The cluster's name. */
export const SITE = "sim";

/** Start the nodes at virtual time 0. Their ticks come on time. */
export function createCallSite(options: CallSiteOptions) {
  const time = createVirtualTime();
  const chance = createChance(options.seed);
  const wire = createWire(time, chance);
  const bus = createMemoryBus(wire.carry);
  const createNode = (name: string): CallingNode => {
    const transport = bus.connect(name);
    const epoch = chance.bytes(16).toHex();
    const { limits = {} } = options;
    const state = createCallState({ cluster: SITE, node: name, epoch, seal: plainSeal, limits });
    const calls = new Map<string, SimulatedCall>();
    const waiting = new Map<string, Uint8Array[]>();
    const node: Omit<CallingNode, "handle" | "call"> = { state, requests: [], aborted: [], sent: [] };
    const handle = (event: CallEvent): void => {
      for (const effect of callStep(state, event, time.nowMs(), (n) => chance.bytes(n))) {
        if (effect.type === "publish") {
          node.sent.push(effect);
          transport.publish(effect.subject, effect.frame);
        } else if (effect.type === "message") take(effect);
        else if (effect.type === "requested") begin(effect);
        else if (effect.type === "room") goOn(effect.key);
        else end(effect);
      }
    };
    const take = ({ key, bytes }: { key: string; bytes: Uint8Array }): void => {
      calls.get(key)!.answers.push(bytes);
      if (!options.isLazy) handle({ type: "taken", key });
    };
    const begin = (effect: { key: string; peer: string; request: Uint8Array }): void => {
      const { key, peer, request } = effect;
      node.requests.push({ key, peer, request });
      const answers = options.answer(request);
      if (answers === undefined) return;
      waiting.set(key, [...answers]);
      goOn(key);
    };
    const goOn = (key: string): void => {
      const answers = waiting.get(key);
      const bytes = answers?.shift();
      if (bytes) handle({ type: "answered", key, bytes });
      else if (answers) {
        waiting.delete(key);
        handle({ type: "finished", key });
      }
    };
    const end = ({ key, failure }: { key: string; failure: CallFailure | undefined }): void => {
      const call = calls.get(key);
      if (call) Object.assign(call, { isOver: true, failure });
      else if (failure !== undefined) node.aborted.push(key);
    };
    transport.subscribe(callSubject(SITE, name), (frame) => handle({ type: "received", frame }));
    const tick = (): void => {
      handle({ type: "tick" });
      time.after(state.limits.tickMs, tick);
    };
    tick();
    return {
      ...node,
      handle,
      call(to, request, timeoutMs = 0) {
        const id = chance.bytes(16).toHex();
        const call: SimulatedCall = { key: madeKey(id), answers: [], isOver: false, failure: undefined };
        calls.set(call.key, call);
        handle({ type: "made", call: id, node: to, request, timeoutMs });
        return call;
      },
    };
  };
  const nodes = Object.fromEntries(options.nodes.map((name) => [name, createNode(name)]));
  return { time, chance, wire, bus, node: (name: string) => nodes[name]! };
}
