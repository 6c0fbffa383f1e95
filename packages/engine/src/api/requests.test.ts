import { expect, test } from "vitest";
import { LOCAL_CALLER } from "./caller.ts";
import { encodeDocument } from "./convert-document.ts";
import { nodeDefinition } from "./definition.ts";
import { readApplyTerms, readBackup, readCapture, readDrain, readFilter, readQuestion } from "./requests.ts";
import { sampleDocument } from "./testing/sample-node.ts";

const { RestoreDocument } = nodeDefinition;

const filters = [
  { ask: {}, want: {} },
  { ask: { limit: 1 }, want: { limit: 1 } },
  { ask: { client: "2001:DB8::0:1" }, want: { client: "2001:db8::1" } },
  { ask: { destination: "10.0.0.1" }, want: { destination: "10.0.0.1" } },
  { ask: { client: "[2001:DB8::1]:80" }, want: { client: "[2001:db8::1]:80" } },
  { ask: { service: "tcp 192.0.2.1:80" }, want: { service: "tcp 192.0.2.1:80" } },
  { ask: { service: "tcp 192.0.2.1:0" }, want: { service: "tcp 192.0.2.1:0" } },
  { ask: { service: "mark 7 ipv6" }, want: { service: "mark 7 ipv6" } },
  { ask: { service: "mark/7/ipv6" }, want: { service: "mark 7 ipv6" } },
  { ask: { service: "mark/4294967295" }, want: { service: "mark 4294967295 ipv4" } },
  { ask: { service: "udp/[2001:DB8::1]:53" }, want: { service: "udp [2001:db8::1]:53" } },
];
for (const { ask, want } of filters) {
  test(`a filter of ${JSON.stringify(ask)} is read in canonical form`, () => {
    expect(readFilter({ states: [], ...ask })).toEqual(want);
  });
}

const badFilters = [
  { ask: { limit: 0 }, says: "Cannot list connections: limit is 0, wanted 1 or more" },
  {
    ask: { client: "10.0.0" },
    says: 'Cannot list connections: client is "10.0.0", wanted address or address:port',
  },
  { ask: { client: "" }, says: 'client is "", wanted address or address:port' },
  { ask: { destination: "h1" }, says: 'destination is "h1", wanted address or address:port' },
  ...[
    "tcp",
    "tcp 192.0.2.1",
    "192.0.2.1:80",
    "mark 0 ipv4",
    "mark 4294967296",
    "mark 7 ipv5",
    "mark x",
    "tcp 192.0.2.1:65536",
    "tcp 2001:db8::1:80",
  ].map((service) => ({ ask: { service }, says: `service is "${service}", wanted a service such as` })),
];
for (const { ask, says } of badFilters) {
  test(`a filter of ${JSON.stringify(ask)} is refused`, () => {
    expect(() => readFilter({ states: [], ...ask })).toThrow(says);
  });
}

const drain = { destination: "10.0.0.1", undo: false, author: "a" };
test("a drain names an address, or an address and port", () => {
  expect(readDrain(drain, LOCAL_CALLER)).toEqual(drain);
  expect(readDrain({ ...drain, destination: "[2001:DB8::1]:80" }, LOCAL_CALLER).destination).toBe(
    "[2001:db8::1]:80",
  );
});

const badDrains = [
  {
    ask: { ...drain, destination: "web1" },
    says: 'Cannot drain: destination is "web1", wanted address or address:port',
  },
  { ask: { ...drain, author: "" }, says: 'Cannot drain: author is "", wanted 1 to 256 characters' },
  { ask: { ...drain, author: "x".repeat(257) }, says: "wanted 1 to 256 characters" },
  { ask: { ...drain, author: "ops\u001b[2J" }, says: "wanted 1 to 256 characters that can be printed" },
  { ask: { ...drain, service: "x" }, says: 'service is "x"' },
];
for (const { ask, says } of badDrains) {
  test(`a drain is refused: ${says}`, () => {
    expect(() => readDrain(ask, LOCAL_CALLER)).toThrow(says);
  });
}

const question = { protocol: "tcp", client: "198.51.100.7", virtual: "192.0.2.1:80", mark: 0 };
test("a question names a packet", () => {
  expect(readQuestion(question)).toEqual(question);
  const all = {
    ...question,
    client: "[2001:DB8::1]:0",
    virtual: "[2001:db8::2]:80",
    mark: 7,
    interface: "eth0",
  };
  expect(readQuestion(all)).toEqual({ ...all, client: "[2001:db8::1]:0" });
});

const badQuestions = [
  {
    ask: { ...question, protocol: "icmp" },
    says: 'Cannot explain: protocol is "icmp", wanted "tcp", "udp" or "sctp"',
  },
  { ask: { ...question, client: "h1" }, says: 'client is "h1", wanted address or address:port' },
  { ask: { ...question, virtual: "192.0.2.1" }, says: 'virtual is "192.0.2.1", wanted address:port' },
  { ask: { ...question, virtual: "192.0.2.1:0" }, says: 'virtual is "192.0.2.1:0", wanted address:port' },
];
for (const { ask, says } of badQuestions) {
  test(`a question is refused: ${says}`, () => {
    expect(() => readQuestion(ask)).toThrow(says);
  });
}

const capture = { reasons: [], all: false };
test("a capture shows what is asked for, in canonical form", () => {
  expect(readCapture(capture)).toEqual(capture);
  const rest = { reasons: ["scheduled", "fragment_held"], all: true, limit: 1, durationMs: 86_400_000 };
  const typed = { service: "udp/[2001:DB8::1]:53", client: "2001:DB8::0:7", destination: "[FD00::1]:53" };
  expect(readCapture({ ...rest, ...typed })).toEqual({
    ...rest,
    service: "udp [2001:db8::1]:53",
    client: "2001:db8::7",
    destination: "[fd00::1]:53",
  });
});

const badCaptures = [
  { ask: { service: "web" }, says: 'Cannot capture packets: service is "web", wanted a service such as' },
  { ask: { client: "h1" }, says: 'client is "h1", wanted address or address:port' },
  { ask: { limit: 0 }, says: "limit is 0, wanted 1 or more" },
  { ask: { durationMs: 0 }, says: "duration is 0, wanted 1 to 86400000 ms" },
  { ask: { durationMs: 86_400_001 }, says: "duration is 86400001, wanted 1 to 86400000 ms" },
  { ask: { reasons: ["scheduled", "lost"] }, says: 'reason is "lost", wanted one of other_host, not_ip, ' },
  { ask: { reasons: ["new_flow"] }, says: 'reason is "new_flow", wanted one of ' }, // why it went to the core
];
for (const { ask, says } of badCaptures) {
  test(`a capture is refused: ${says}`, () => {
    expect(() => readCapture({ ...capture, ...ask })).toThrow(says);
  });
}

const apply = { version: 1, services: [], author: "a" };
test("a change expects a revision or none", () => {
  expect(readApplyTerms(apply, LOCAL_CALLER)).toEqual({ author: "a" });
  expect(readApplyTerms({ ...apply, expectedRevision: 0 }, LOCAL_CALLER)).toEqual({
    author: "a",
    expectedRevision: 0,
  });
  expect(() => readApplyTerms({ ...apply, expectedRevision: 2 ** 60 }, LOCAL_CALLER)).toThrow(
    "wanted 0 to 2^53",
  );
});

test("a change has a reason that is not too long, and the text that it was written as", () => {
  const more = { reason: "sale", text: "# mine" };
  expect(readApplyTerms({ ...apply, ...more }, LOCAL_CALLER)).toEqual({ author: "a", ...more });
  expect(readApplyTerms({ ...apply, reason: "" }, LOCAL_CALLER)).toEqual({ author: "a" });
  expect(() => readApplyTerms({ ...apply, reason: "x".repeat(257) }, LOCAL_CALLER)).toThrow(
    "wanted at most 256 characters",
  );
});

test("a backup is a whole document, ids included", () => {
  const terms = { author: "a", reason: "" };
  const wire = (document: object) =>
    RestoreDocument.requestDeserialize(RestoreDocument.requestSerialize({ ...terms, document }));
  expect(readBackup(wire(encodeDocument(sampleDocument)))).toEqual(sampleDocument);
  expect(() => readBackup({ document: null, ...terms })).toThrow(
    "Cannot restore: document is missing, wanted a document",
  );
  const spoilt = encodeDocument({ ...sampleDocument, services: sampleDocument.services.toReversed() });
  expect(() => readBackup(wire({ ...spoilt, nextId: 0 }))).toThrow("backup: nextId:");
  const twice = { ...sampleDocument, services: [...sampleDocument.services, ...sampleDocument.services] };
  expect(() => readBackup(wire(encodeDocument(twice)))).toThrow("stands here twice");
});
