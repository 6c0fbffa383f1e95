import { LbError } from "@tandem/model";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decodeExplanation,
  decodeService,
  decodeStatus,
  encodeExplanation,
  encodeService,
  encodeStatus,
} from "./convert.ts";
import { decodeDocument, decodeSpec, encodeDocument, encodeSpec } from "./convert-document.ts";
import { nodeDefinition } from "./definition.ts";
import type { NodeStatus } from "./node-api.ts";
import { anyDocument } from "./testing/any-document.ts";
import {
  sampleDocument,
  sampleExplanation,
  sampleServices,
  sampleSpec,
  sampleStatus,
} from "./testing/sample-node.ts";

/** Through the very bytes that travel. */
const { GetStatus, ListServices, GetDocument, ApplyDocument, Explain } = nodeDefinition;
const overWire = {
  status: (s: NodeStatus) => GetStatus.responseDeserialize(GetStatus.responseSerialize(encodeStatus(s))),
  apply: (request: object) => ApplyDocument.requestDeserialize(ApplyDocument.requestSerialize(request)),
};

const { lagMs: _, ...withoutLag } = sampleStatus;
const statuses: { name: string; status: NodeStatus }[] = [
  { name: "with everything", status: sampleStatus },
  { name: "without lag", status: withoutLag },
  { name: "of a node alone", status: { ...withoutLag, peers: [], alarms: [], packets: {}, revision: 0 } },
  ...(["active", "standby", "fault", "standalone"] as const).map((role) => ({
    name: `with role ${role}`,
    status: { ...sampleStatus, role },
  })),
  ...(["off", "alone", "joining", "loading", "live", "repairing"] as const).map((sync) => ({
    name: `with sync ${sync}`,
    status: { ...sampleStatus, sync },
  })),
  ...(["off", "connected", "disconnected"] as const).map((nats) => ({
    name: `with NATS ${nats}`,
    status: { ...sampleStatus, nats },
  })),
];
for (const { name, status } of statuses) {
  test(`a status ${name} survives the wire`, () => {
    expect(decodeStatus(overWire.status(status))).toEqual(status);
  });
}

test("services survive the wire", () => {
  for (const [health, removed] of [
    ["up", false],
    ["down", true],
    ["unchecked", true],
  ] as const) {
    const services = sampleServices.map((s) => ({
      ...s,
      destinations: s.destinations.map((d) => ({ ...d, health, removed })),
    }));
    const bytes = ListServices.responseSerialize({ services: services.map(encodeService) });
    expect(ListServices.responseDeserialize(bytes).services.map(decodeService)).toEqual(services);
  }
});

test("a document survives the wire, with its ids and what it retired", () => {
  const bytes = GetDocument.responseSerialize(encodeDocument(sampleDocument));
  expect(decodeDocument(GetDocument.responseDeserialize(bytes))).toEqual(sampleDocument);
});

test("any document survives the wire", () => {
  fc.assert(
    fc.property(anyDocument, (document) => {
      const bytes = GetDocument.responseSerialize(encodeDocument(document));
      expect(decodeDocument(GetDocument.responseDeserialize(bytes))).toEqual(document);
    }),
  );
});

const explanations = [
  { name: "with everything", explanation: sampleExplanation },
  {
    name: "of nothing",
    explanation: {
      rewriting: [],
      verdict: { name: "pass", reason: "not_ours", says: "x" },
      ends: "",
      node: "d1",
    },
  },
  {
    name: "without a pick",
    explanation: { ...sampleExplanation, scheduler: { name: "wlc", candidates: [] } },
  },
];
for (const { name, explanation } of explanations) {
  test(`an explanation ${name} survives the wire`, () => {
    const bytes = Explain.responseSerialize(encodeExplanation(explanation));
    expect(decodeExplanation(Explain.responseDeserialize(bytes))).toEqual(explanation);
  });
}

test("a specification survives the wire", () => {
  expect(decodeSpec(overWire.apply({ ...encodeSpec(sampleSpec), author: "a" }))).toEqual(sampleSpec);
});

test("fields that a foreign client leaves out get the schema's defaults", () => {
  const request = {
    version: 1,
    services: [
      {
        protocol: "tcp",
        address: "2001:DB8:0::1",
        port: 80,
        check: { type: "http" },
        persistence: {},
        destinations: [{ address: "2001:db8::2" }],
      },
    ],
  };
  expect(decodeSpec(overWire.apply(request)).services).toEqual([
    {
      protocol: "tcp",
      address: "2001:db8::1",
      port: 80,
      scheduler: "wlc",
      schedulerFlags: [],
      onePacket: false,
      persistence: { timeout: 360 },
      method: "masquerade",
      sloppy: false,
      whenDown: "keep",
      whenRemoved: "keep",
      allow: [],
      deny: [],
      slowStart: 0,
      check: { type: "http", interval: 2, timeout: 1, rise: 2, fall: 3, path: "/", status: [200] },
      destinations: [
        { address: "2001:db8::2", weight: 1, upperThreshold: 0, lowerThreshold: 0, drain: false },
      ],
    },
  ]);
});

const service = { protocol: "tcp", address: "192.0.2.1", port: 80 };
const refused = [
  { name: "another version", request: { version: 2, services: [] }, path: "version" },
  {
    name: "a port out of range",
    request: { version: 1, services: [{ ...service, port: 70000 }] },
    path: "services[0].port",
  },
  {
    name: "an id, which only the cluster gives",
    request: { version: 1, services: [{ ...service, id: 7 }] },
    path: "services[0].id",
  },
  {
    name: "a check of no type",
    request: { version: 1, services: [{ ...service, check: {} }] },
    path: "services[0].check.type",
  },
  {
    name: "a state that its protocol does not have",
    request: { version: 1, settings: { timeouts: { udp: { established: 5 } } } },
    path: "settings.timeouts.udp.established",
  },
  {
    name: "a mark rule of no mark",
    request: { version: 1, marks: [{ protocol: "tcp" }] },
    path: "marks[0].mark",
  },
  {
    name: "a destination of the other family",
    request: { version: 1, services: [{ ...service, destinations: [{ address: "2001:db8::1" }] }] },
    path: "services[0].destinations[0].address",
  },
  { name: "an empty message", request: {}, path: "version" },
];
for (const { name, request, path } of refused) {
  test(`a document with ${name} is refused by its place`, () => {
    const failure = failureOf(() => decodeSpec(overWire.apply(request)));
    const message = expect.stringMatching(/wanted|did you mean/);
    expect(failure).toMatchObject({ code: "invalid_document", problems: [{ path, message }] });
  });
}

test("a word that this version does not know is told, not guessed", () => {
  const message = { ...overWire.status(sampleStatus), role: "ROLE_UNSPECIFIED" as const };
  expect(() => decodeStatus(message)).toThrow(
    "Cannot reach the daemon: it says ROLE_UNSPECIFIED, which this version of tandem does not know",
  );
});

function failureOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof LbError) return error.failure;
    throw error;
  }
  return undefined;
}
