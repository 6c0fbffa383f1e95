import { status } from "@grpc/grpc-js";
import type protobuf from "protobufjs";
import descriptor from "protobufjs/ext/descriptor/index.js";
import { expect, test } from "vitest";
import { METHODS } from "./methods.ts";
import { filled } from "./testing/filled-message.ts";
import { reflect } from "./testing/reflecting-client.ts";
import { sampleEvent, sampleServices, sampleStatus } from "./testing/sample-node.ts";
import { serveSample } from "./testing/served.ts";

for (const version of ["v1", "v1alpha"] as const) {
  test(`reflection ${version} lists the services and describes every method of them`, async () => {
    const { services, root } = await reflect((await serveSample()).target, version);
    expect(services).toEqual(["tandem.v1.Node", "grpc.health.v1.Health"]);
    expect(Object.keys(root.lookupService("tandem.v1.Node").methods).sort()).toEqual(
      Object.keys(METHODS).sort(),
    );
    expect(Object.keys(root.lookupService("grpc.health.v1.Health").methods)).toEqual(
      expect.arrayContaining(["Check", "Watch"]),
    );
  });
}

/** A map on the wire is a list of entries, and protobuf.js leaves one that it was described so. */
const entries = (map: object) => Object.entries(map).map(([key, value]) => ({ key, value }));

test("a client that knows nothing but reflection calls every method", async () => {
  const { services, root, call } = await reflect((await serveSample()).target, "v1");
  const answers: Record<string, object[]> = {};
  for (const method of root.lookupService("tandem.v1.Node").methodsArray) {
    const request = filled((method.resolve() as protobuf.Method).resolvedRequestType!);
    answers[method.name] = await call(services[0]!, method.name, request);
  }
  expect(Object.keys(answers).sort()).toEqual(Object.keys(METHODS).sort());
  expect(answers.GetStatus).toMatchObject([
    { node: sampleStatus.node, role: "ROLE_ACTIVE", packets: entries(sampleStatus.packets) },
  ]);
  expect(answers.ListServices).toMatchObject([{ services: [{ mark: sampleServices[0]!.mark }, { id: 3 }] }]);
  expect(answers.WatchEvents).toMatchObject([
    { token: sampleEvent.token, details: entries(sampleEvent.details) },
  ]);
  expect(answers.RunIpvsadm).toMatchObject([{ exit_code: 2, output: "x" }]);
});

test("a client that knows nothing but reflection is refused as any other", async () => {
  const { call } = await reflect((await serveSample()).target, "v1");
  await expect(call("tandem.v1.Node", "DrainDestination", {})).rejects.toMatchObject({
    code: status.INVALID_ARGUMENT,
  });
});

interface Described {
  readonly name: string;
  readonly messageType: readonly {
    readonly field: readonly {
      readonly name: string;
      readonly typeName: string;
      readonly proto3Optional: boolean;
    }[];
    readonly nestedType: readonly {
      readonly name: string;
      readonly options?: { readonly mapEntry: boolean };
    }[];
    readonly oneofDecl: readonly { readonly name: string }[];
  }[];
}

test("descriptors are as protoc makes them: entries of maps, full names, optional fields", async () => {
  const { files } = await reflect((await serveSample()).target, "v1");
  const described = files.map(
    (bytes) => descriptor.FileDescriptorProto.decode(bytes) as unknown as Described,
  );
  expect(described.map((file) => file.name)).toEqual(["tandem/v1/node.proto", "grpc/health/v1/health.proto"]);
  const messages = described.flatMap((file) => file.messageType);
  const fields = messages.flatMap((message) => message.field);
  expect(fields.map((f) => f.typeName).filter((name) => name && !name.startsWith("."))).toEqual([]);
  const entries = messages.flatMap((m) => m.nestedType).filter((nested) => nested.options?.mapEntry);
  expect(entries.map((e) => e.name)).toEqual(
    expect.arrayContaining(["PacketsEntry", "RetiredEntry", "TcpEntry"]),
  );
  expect(entries.filter((e) => !e.name.endsWith("Entry"))).toEqual([]);
  const synthetic = messages.flatMap((m) => m.oneofDecl).filter((oneof) => oneof.name.startsWith("_"));
  expect(fields.filter((f) => f.proto3Optional)).toHaveLength(synthetic.length);
  expect(synthetic.length).toBeGreaterThan(30);
});
