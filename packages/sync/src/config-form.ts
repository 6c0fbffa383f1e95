/**
 * The configuration in its stored form.
 *
 * ```text
 *  head   tandem-config-1 <signature of the next line>\n{"revision":7,"parent":"…","hash":"…","parts":["…"],"author":"…","timeMs":…,…}
 *  body   the document as JSON, cut into parts of at most 256 KiB, each known by its SHA-256
 *  text   what an operator applied last, as he wrote it, cut in the same way; not everywhere
 * ```
 * The signature is over the line as it was written, so nobody has to agree on a canonical form.
 */
import { type Document, DocumentSchema } from "@tandem/model";
import { type ConfigSigner, hashOf } from "./config-sign.ts";
import {
  type ConfigHead,
  type ConfigReading,
  MAX_TEXT_BYTES,
  type StoredDocument,
  type TextReference,
} from "./config-store.ts";

const FORM = "tandem-config-1";
/** A quarter of the 1 MiB that NATS takes in one message by default. */
export const PART_BYTES = 256 * 1024;

/** A document as it is stored. */
export interface PackedDocument {
  readonly stored: StoredDocument;
  /** Bytes of each part, by hash. */
  readonly parts: ReadonlyMap<string, Uint8Array>;
}

/** What a document does not say about itself. */
export interface Circumstances
  extends Pick<ConfigHead, "parent" | "author" | "timeMs" | "reason" | "summary"> {
  /** As in `StoredDocument`. */
  readonly text?: string;
}

/** Cut a document into parts and describe it. A text beyond `MAX_TEXT_BYTES` is left out. */
export function packDocument(document: Document, about: Circumstances): PackedDocument {
  const { parent, text, ...more } = about;
  const body = JSON.stringify(document);
  const cutBody = cut(body);
  const cutText = text === undefined || Buffer.byteLength(text) > MAX_TEXT_BYTES ? undefined : cut(text);
  const head = {
    revision: document.revision,
    parent,
    ...cutBody.ref,
    ...more,
    ...(cutText && { text: cutText.ref }),
  };
  const stored = { head, body, document, ...(cutText && { text: text! }) };
  return { stored, parts: partsOfStored(stored) };
}

/** Bytes of each part of what is stored, by hash. */
export function partsOfStored({ body, text }: StoredDocument): ReadonlyMap<string, Uint8Array> {
  return new Map([...cut(body).pieces, ...(text === undefined ? [] : cut(text).pieces)]);
}

function cut(text: string): { ref: TextReference; pieces: Map<string, Uint8Array> } {
  const bytes = new TextEncoder().encode(text);
  const pieces: [string, Uint8Array][] = [];
  for (let at = 0; at < bytes.length; at += PART_BYTES) {
    const piece = bytes.subarray(at, at + PART_BYTES);
    pieces.push([hashOf(piece), piece]);
  }
  const parts = pieces.map(([hash]) => hash);
  return { ref: { hash: hashOf(bytes), parts }, pieces: new Map(pieces) };
}

/** Write a head and sign it. */
export function formatHead(head: ConfigHead, signer: ConfigSigner): string {
  const line = JSON.stringify(head);
  return `${FORM} ${signer.sign(line)}\n${line}`;
}

type Refused = Extract<ConfigReading, { kind: "refused" }>;
export type HeadReading = { readonly kind: "head"; readonly head: ConfigHead } | Refused;

/** Read a head and check who wrote it. Never throws. */
export function parseHead(text: string, signer: ConfigSigner): HeadReading {
  const match = /^(\S+) (\S+)\n(.*)$/.exec(text);
  const [, form, signature, line] = match ?? [];
  if (form !== FORM) return refused("malformed", `it does not start with "${FORM}"`);
  if (!signer.verify(line!, signature!)) return refused("forged", "it is not signed with this cluster's key");
  return { kind: "head", head: JSON.parse(line!) as ConfigHead }; // whoever has the key wrote it with formatHead
}

/** Put a document together from its parts and check it against its head. Never throws. */
export function unpackDocument(head: ConfigHead, parts: readonly Uint8Array[]): ConfigReading {
  const bytes = Buffer.concat(parts);
  if (hashOf(bytes) !== head.hash) return refused("incomplete", "its parts are damaged");
  const body = bytes.toString();
  const parsed = parseBody(body);
  if (!parsed) return refused("malformed", `this version cannot read revision ${head.revision}`);
  return { kind: "document", stored: { head, body, document: parsed } };
}

/** Put an operator's text together; a damaged one is none. Never throws. */
export function unpackText({ hash }: TextReference, parts: readonly Uint8Array[]): string | undefined {
  const bytes = Buffer.concat(parts);
  return hashOf(bytes) === hash ? bytes.toString() : undefined;
}

/** A reading that is none. */
export function refused(refusal: Refused["refusal"], why: string): Refused {
  return { kind: "refused", refusal, why };
}

function parseBody(body: string): Document | undefined {
  try {
    return DocumentSchema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
