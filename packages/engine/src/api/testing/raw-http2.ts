/** A call without a gRPC client: headers and bytes as a test wants them. */
import { connect, constants, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from "node:http2";
import { createConnection } from "node:net";

/** What came back. */
export interface RawAnswer {
  /** `grpc-status`; undefined: the call ended without one. */
  readonly status: number | undefined;
}

/** A message as gRPC frames it: a byte for its compression, its length, itself. */
export function framed(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Sends `body` to a method, and ends the call. Never rejects. */
export function callRaw(
  socketPath: string,
  method: string,
  body: Uint8Array,
  headers: object = {},
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const session = connect("http://localhost", { createConnection: () => createConnection(socketPath) });
    let trailers: IncomingHttpHeaders & IncomingHttpStatusHeader = {};
    const finish = () => {
      session.destroy();
      const status = trailers["grpc-status"];
      resolve({
        status: status === undefined ? undefined : Number(status),
      });
    };
    session.on("error", finish);
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: "POST",
      [constants.HTTP2_HEADER_PATH]: `/tandem.v1.Node/${method}`,
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    const take = (got: IncomingHttpHeaders) => {
      trailers = { ...trailers, ...got };
    };
    stream.on("response", take).on("trailers", take).on("error", finish).on("close", finish).resume();
    stream.end(body);
  });
}
