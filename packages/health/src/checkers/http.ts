import { type IncomingMessage, request } from "node:http";
import type { CheckSpec } from "@tandem/model";
import { type Checker, type CheckOutcome, outcomeOfError } from "../checker.ts";

/** Bytes of body that are read before the answer counts as whole: health pages are small, and a stream has no end. */
const MAX_BODY_BYTES = 256 * 1024;
/** Bytes of header that are accepted: Node's own default, fixed here so that no start option changes it. */
const MAX_HEADER_BYTES = 16 * 1024;

/** HTTP/1.1 GET: good when the status is one of those wanted and the body arrives. Redirects are not followed. */
export function createHttpChecker(spec: CheckSpec & { type: "http" }): Checker {
  return {
    check: (target, signal) =>
      new Promise((resolve) => {
        const ask = request({
          host: target.address,
          port: target.port,
          path: spec.path,
          headers: {
            "user-agent": "tandem-health",
            connection: "close",
            ...(spec.host && { host: spec.host }),
          },
          agent: false,
          maxHeaderSize: MAX_HEADER_BYTES,
        });
        const settle = (outcome: CheckOutcome) => {
          signal.removeEventListener("abort", onAbort);
          ask.destroy();
          resolve(outcome);
        };
        const onAbort = () => settle({ result: "bad", why: String(signal.reason) });
        signal.addEventListener("abort", onAbort);
        if (signal.aborted) onAbort();
        ask.on("error", (error) => settle(outcomeOfError(error)));
        ask.on("response", (response) => {
          response.on("error", (error) => settle(outcomeOfError(error)));
          readToEnd(response, () => settle(judge(response.statusCode, spec.status)));
        });
        ask.on("upgrade", (response, socket) => {
          socket.destroy();
          settle(judge(response.statusCode, spec.status));
        });
        ask.end();
      }),
  };
}

function judge(status: number | undefined, wanted: readonly number[]): CheckOutcome {
  if (status !== undefined && wanted.includes(status)) return { result: "good", why: `status ${status}` };
  return { result: "bad", why: `status ${status}, wanted ${wanted.join(" or ")}` };
}

/** Read and forget the body; `done` runs at its end or when enough of it was seen. */
function readToEnd(response: IncomingMessage, done: () => void): void {
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes >= MAX_BODY_BYTES) done();
  });
  response.on("end", done);
}
