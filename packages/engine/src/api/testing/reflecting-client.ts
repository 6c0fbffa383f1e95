/**
 * A client that knows nothing but the reflection protocol, of which it writes down here the few fields that it needs. It learns services and messages from
 * the server and builds its requests from what it learned: as grpcurl does.
 */
import { Client, type ClientReadableStream, credentials } from "@grpc/grpc-js";
import protobuf from "protobufjs";
import "protobufjs/ext/descriptor/index.js";
import { onTestFinished } from "vitest";

/** A server, as it describes itself. */
export interface ReflectedServer {
  readonly services: readonly string[];
  /** Every message and service, to be looked up by its full name. */
  readonly root: protobuf.Root;
  readonly files: readonly Uint8Array[];
  /** Call a method with a message of its request's type. Resolves with its answers; rejects with gRPC's error. */
  call(service: string, method: string, request: object): Promise<object[]>;
}

const PROTOCOL = protobuf.parse(`syntax = "proto3";
  message Request { oneof message_request { string file_containing_symbol = 4; string list_services = 7; } }
  message Response { Files file_descriptor_response = 4; Services list_services_response = 6; Failure error_response = 7; }
  message Files { repeated bytes file_descriptor_proto = 1; }
  message Services { repeated Service service = 1; }
  message Service { string name = 1; }
  message Failure { int32 error_code = 1; string error_message = 2; }`).root;
const Request = PROTOCOL.lookupType("Request");
const Response = PROTOCOL.lookupType("Response");

interface Answer {
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: Uint8Array[] };
  readonly listServicesResponse?: { readonly service: { readonly name: string }[] };
  readonly errorResponse?: { readonly errorCode: number; readonly errorMessage: string };
}

/** Added by `protobufjs/ext/descriptor`, which does not tell its types. */
interface RootOfDescriptors {
  fromDescriptor(descriptorSet: Uint8Array): protobuf.Root;
}

/** Ask the server at `target` what it is. `version` is that of the reflection protocol. */
export async function reflect(target: string, version: "v1" | "v1alpha"): Promise<ReflectedServer> {
  const client = new Client(target, credentials.createInsecure());
  onTestFinished(() => client.close());
  const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
  const { listServicesResponse } = await ask(client, path, { listServices: "*" });
  const services = listServicesResponse!.service.map(({ name }) => name);
  const told = await Promise.all(
    services.map((fileContainingSymbol) => ask(client, path, { fileContainingSymbol })),
  );
  const files = told.flatMap(({ fileDescriptorResponse }) => fileDescriptorResponse!.fileDescriptorProto);
  const root = (protobuf.Root as unknown as RootOfDescriptors)
    .fromDescriptor(descriptorSet(files))
    .resolveAll() as protobuf.Root;
  return {
    services,
    root,
    files,
    call: (service, method, request) => callBy(client, root.lookupService(service), method, request),
  };
}

/** `google.protobuf.FileDescriptorSet`: field 1, length-delimited, once for each file. */
function descriptorSet(files: readonly Uint8Array[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const file of files) writer.uint32((1 << 3) | 2).bytes(file);
  return writer.finish();
}

async function ask(client: Client, path: string, question: object): Promise<Answer> {
  const write = (message: object) => Buffer.from(Request.encode(Request.fromObject(message)).finish());
  const read = (bytes: Buffer) => Response.decode(bytes) as Answer;
  const stream = client.makeBidiStreamRequest(path, write, read);
  stream.write(question);
  stream.end();
  const [answer] = await all(stream as unknown as ClientReadableStream<Answer>);
  return answer!;
}

function callBy(client: Client, service: protobuf.Service, name: string, request: object): Promise<object[]> {
  const method = service.methods[name]!.resolve() as protobuf.Method;
  const [In, Out] = [method.resolvedRequestType!, method.resolvedResponseType!];
  const path = `/${service.fullName.slice(1)}/${name}`;
  const write = (message: object) => Buffer.from(In.encode(In.fromObject(message)).finish());
  const read = (bytes: Buffer) =>
    Out.toObject(Out.decode(bytes), { defaults: true, enums: String, longs: Number });
  return all(client.makeServerStreamRequest(path, write, read, request)); // one answer is a short stream
}

async function all<T>(stream: ClientReadableStream<T>): Promise<T[]> {
  const answers: T[] = [];
  for await (const answer of stream) answers.push(answer as T);
  return answers;
}
