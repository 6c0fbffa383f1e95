/** docs/wire/frame.md says what the code does. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createConnectionRecord, decodeConnection, RecordFlag } from "@tandem/model";
import { expect, test } from "vitest";
import { header, records, seal } from "../testing/sample-frame.ts";
import { callSubject, peerSubject, streamSubject } from "../transport/subjects.ts";
import { END_CODES } from "./call-message.ts";
import { type CallKind, channelOf, decodeHeader, KIND_CODES, type Kind } from "./header.ts";
import { encodeBody } from "./message.ts";
import { openFrame, sealFrame } from "./seal.ts";

const doc = readFileSync(join(import.meta.dirname, "../../../../docs/wire/frame.md"), "utf8");
const example = Uint8Array.fromHex(/```hex\n([^`]+)```/.exec(doc)![1]!.replaceAll(/\s/g, ""));

test("the worked example is the frame that is sealed, and opens to what is written about it", () => {
  expect(sealFrame(seal, header, { records }).toHex()).toBe(example.toHex());
  expect(decodeHeader(example)).toEqual(header);
  expect(openFrame(seal, header, example)).toMatchObject({ body: { records: Buffer.from(records) } });
  const record = createConnectionRecord();
  expect(decodeConnection(records, 0, record)).toBe(records.length);
  expect(record).toMatchObject({ protocol: 6, flags: RecordFlag.assured, clientPort: 40112, ageTicks: 5 });
  expect(record).toMatchObject({ serviceId: 1, destinationId: 300 });
});

test("the table of kinds lists every kind with its number and channel", () => {
  const rows = [...doc.matchAll(/^\| (\w+) \| (\d+) \| (\d) \w+ \|/gm)].map((m) => m.slice(1, 4).join(" "));
  const kinds = Object.entries(KIND_CODES) as [Kind, number][];
  expect(rows).toEqual(kinds.map(([kind, code]) => `${kind} ${code} ${channelOf(kind)}`));
});

test("the table of subjects names them as they are", () => {
  for (const subject of [streamSubject, peerSubject, callSubject]) {
    expect(doc).toContain(`\`${subject("<cluster>", "<node>")}\``);
  }
});

test("docs/wire/call.md draws the body of every kind of calls, at its true length", () => {
  const call = readFileSync(join(import.meta.dirname, "../../../../docs/wire/call.md"), "utf8");
  const drawn = [...call.matchAll(/^ (call\w+) .*?(\d+) bytes/gm)].map(([, kind, size]) => [
    kind,
    Number(size),
  ]);
  const id = "00".repeat(16);
  const name = { call: id, challenge: id };
  const part = { number: 0, isMessageEnd: true, isLast: false, bytes: new Uint8Array(0) };
  const sizes: { [K in CallKind]: number } = {
    callHail: encodeBody("callHail", { call: id, timeoutMs: 0 }).length,
    callWelcome: encodeBody("callWelcome", name).length,
    callPart: encodeBody("callPart", { ...name, ...part }).length,
    callCredit: encodeBody("callCredit", { ...name, next: 0, window: 0 }).length,
    callEnd: encodeBody("callEnd", { ...name, reason: "busy" }).length,
  };
  expect(Object.fromEntries(drawn)).toEqual(sizes);
  for (const [reason, code] of Object.entries(END_CODES)) expect(call).toContain(`| ${code} | ${reason} |`);
});

test("the body begins after the node's name, as drawn", () => {
  const frame = sealFrame(seal, { ...header, node: "abc" }, { records });
  expect(frame.length).toBe(44 + 3 + records.length + 16);
});
