/** gRPC server reflection, v1 and v1alpha: a client that knows nothing of Tandem learns its services and messages from the server. */
import type { Server, ServerDuplexStream, UntypedServiceImplementation } from "@grpc/grpc-js";
import { loadSync, type PackageDefinition, type ServiceDefinition } from "@grpc/proto-loader";
import { ReflectionService } from "@grpc/reflection";
import { protoPath as HEALTH_PROTO } from "grpc-health-check";
import { careful, PROTO_DIR } from "./definition.ts";
import { soundDescriptor } from "./sound-descriptor.ts";

/** What is reflected: where it is, and the name that it goes by. */
const FILES = [
  { path: "tandem/v1/node.proto", name: "tandem/v1/node.proto" },
  { path: HEALTH_PROTO, name: "grpc/health/v1/health.proto" },
];

/** Let a server describe `tandem.v1.Node` and `grpc.health.v1.Health`. */
export function addReflection(server: Server): void {
  described ??= describe();
  for (const { service, handlers } of described) server.addService(service, atReadersPace(handlers));
}

interface Described {
  readonly service: ServiceDefinition;
  readonly handlers: UntypedServiceImplementation;
}

/** Known once somebody has asked: reading the protos takes longer than all else that a server begins with. */
let described: readonly Described[] | undefined;

function describe(): readonly Described[] {
  const files = FILES.map(({ path, name }) => soundDescriptor(descriptorIn(path), name));
  const added: Described[] = [];
  const collecting = {
    addService: (service: ServiceDefinition, handlers: UntypedServiceImplementation) =>
      added.push({ service: careful(service), handlers }),
  };
  new ReflectionService(packageOf(files)).addToServer(collecting as unknown as Server);
  return added;
}

/** The descriptor of the one file at `path`, encoded as protobuf.js does it. */
function descriptorIn(path: string): Buffer {
  const definition = loadSync(path, { keepCase: true, includeDirs: [PROTO_DIR] });
  for (const part of Object.values(definition))
    if ("fileDescriptorProtos" in part && Array.isArray(part.fileDescriptorProtos))
      return part.fileDescriptorProtos[0]!;
  throw new Error(`invariant: "${path}" describes no message`);
}

/** A package as the reflection service takes one: it looks at nothing but the descriptors. */
const packageOf = (fileDescriptorProtos: Buffer[]): PackageDefinition =>
  ({ files: { fileDescriptorProtos } }) as unknown as PackageDefinition;

/** The service answers as fast as it is asked: whoever asks without reading would fill the memory. */
function atReadersPace(handlers: UntypedServiceImplementation): UntypedServiceImplementation {
  const answer = handlers.ServerReflectionInfo as (stream: ServerDuplexStream<unknown, unknown>) => void;
  return {
    ServerReflectionInfo(stream: ServerDuplexStream<unknown, unknown>) {
      const write = stream.write.bind(stream);
      stream.write = (message: unknown) => {
        const hasRoom = write(message);
        if (!hasRoom) {
          stream.pause();
          stream.once("drain", () => stream.resume());
        }
        return hasRoom;
      };
      answer(stream);
    },
  };
}
