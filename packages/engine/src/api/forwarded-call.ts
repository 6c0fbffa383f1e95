/**
 * A call that travels to another node, and its answers, as bytes (docs/wire/call.md).
 *
 * ```
 *  0        4            4+n                     0      1
 *  ┌────────┬────────────┬──────────────────┐    ┌──────┬───────────────────────────────────┐
 *  │ n      │ head, JSON │ message          │    │ kind │ 0: message · 1: failure, JSON     │
 *  └────────┴────────────┴──────────────────┘    └──────┴───────────────────────────────────┘
 * ```
 */
import { LbError, type LbFailure } from "@tandem/model";
import { API_ROLES, type Caller } from "./caller.ts";
import { parseFailure } from "./failure-status.ts";

/** What is called, by whom. */
export interface ForwardedCall {
  /** Name of a method of `tandem.v1.Node`; not looked up. */
  readonly method: string;
  readonly caller: Caller;
  /** The request, encoded. */
  readonly message: Uint8Array;
}

const LENGTH_BYTES = 4;
const KIND = { message: 0, failure: 1 } as const;
const utf8 = { encoder: new TextEncoder(), decoder: new TextDecoder() };

/** Write a call. */
export function encodeCall({ message, ...head }: ForwardedCall): Uint8Array {
  const json = utf8.encoder.encode(JSON.stringify(head));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(json.length);
  return Buffer.concat([length, json, message]);
}

/** Read a call. Undefined if it is none. Never throws. */
export function decodeCall(bytes: Uint8Array): ForwardedCall | undefined {
  if (bytes.length < LENGTH_BYTES) return undefined;
  const end = LENGTH_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (end > bytes.length) return undefined;
  const head = parse(bytes.subarray(LENGTH_BYTES, end));
  const { method, caller } = (head ?? {}) as { method?: unknown; caller?: unknown };
  if (typeof method !== "string" || !isCaller(caller)) return undefined;
  return { method, caller, message: bytes.subarray(end) };
}

/** Write an answer. */
export const encodeAnswer = (message: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.of(KIND.message), message]);

/** Write the failure that is the last answer. */
export const encodeFailure = (failure: LbFailure): Uint8Array =>
  Buffer.concat([Buffer.of(KIND.failure), utf8.encoder.encode(JSON.stringify(failure))]);

/**
 * Read an answer of `node` with its method's decoder.
 *
 * @throws LbError the very failure that the other node met; unavailable for bytes that are no answer
 */
export function decodeAnswer<T>(bytes: Uint8Array, node: string, read: (message: Buffer) => T): T {
  const rest = Buffer.from(bytes.subarray(1));
  if (bytes[0] === KIND.message) {
    try {
      return read(rest);
    } catch (cause) {
      throw new LbError(unreadable(node), { cause });
    }
  }
  const failure = bytes[0] === KIND.failure ? parseFailure(rest.toString()) : undefined;
  throw new LbError(failure ?? unreadable(node));
}

const unreadable = (node: string): LbFailure => ({
  code: "unavailable",
  what: `node "${node}"`,
  why: "it answers in a way that this version does not know",
});

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decoder.decode(bytes));
  } catch {
    return undefined;
  }
}

function isCaller(value: unknown): value is Caller {
  const { name, role, from, command } = (value ?? {}) as { [F in keyof Caller]?: unknown };
  const areTexts = [name, command].every((text) => text === undefined || typeof text === "string");
  return areTexts && typeof from === "string" && API_ROLES.some((each) => each === role);
}
