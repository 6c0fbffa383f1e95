/** The gRPC service as loaded from proto/tandem/v1/node.proto at run time. Nothing executable is generated; the types are, in proto/generated. */
import { join } from "node:path";
import { loadPackageDefinition } from "@grpc/grpc-js";
import { loadSync, type Options } from "@grpc/proto-loader";
import type { ProtoGrpcType } from "../../proto/generated/node.ts";
import type { NodeDefinition } from "../../proto/generated/tandem/v1/Node.ts";

/** Folder that the proto's own imports are relative to. */
export const PROTO_DIR = join(import.meta.dirname, "../../proto");

/** proto/generate.sh says the same to the generator. Numbers for 64 bits: every field is at most 2^53. */
const OPTIONS: Options = { longs: Number, enums: String, defaults: true, includeDirs: [PROTO_DIR] };

/** Most bytes of one message: a document of 100,000 destinations takes about 5 MB. */
export const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

/** A request whose bytes are not its message. Takes the place of the message, because a throwing decoder would answer INTERNAL. */
export class MalformedRequest {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

const loaded = loadPackageDefinition(loadSync("tandem/v1/node.proto", OPTIONS)) as unknown as ProtoGrpcType;

/** The service's methods: their paths and codecs. */
export const nodeDefinition: NodeDefinition = loaded.tandem.v1.Node.service;

/** The same for the server: a request that cannot be decoded arrives at its handler as `MalformedRequest`. */
export const carefulDefinition: NodeDefinition = careful(nodeDefinition);

/** A service whose handlers get a `MalformedRequest` for what cannot be decoded. */
export function careful<S extends object>(service: S): S {
  const methods = Object.entries(service).map(([name, method]) => [name, decodingCarefully(method)]);
  return Object.fromEntries(methods) as S;
}

function decodingCarefully<M extends { requestDeserialize(bytes: Buffer): unknown }>(method: M): M {
  const requestDeserialize = (bytes: Buffer): unknown => {
    try {
      return method.requestDeserialize(bytes);
    } catch (error) {
      return new MalformedRequest(error instanceof Error ? error.message : String(error));
    }
  };
  return { ...method, requestDeserialize };
}
