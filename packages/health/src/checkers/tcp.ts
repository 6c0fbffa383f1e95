import { connect } from "node:net";
import { type Checker, type CheckOutcome, outcomeOfError } from "../checker.ts";

/** TCP: good when the connection is accepted. It is closed at once and carries no data. */
export function createTcpChecker(): Checker {
  return {
    check: (target, signal) =>
      new Promise((resolve) => {
        const socket = connect({ host: target.address, port: target.port });
        const settle = (outcome: CheckOutcome) => {
          signal.removeEventListener("abort", onAbort);
          socket.destroy();
          resolve(outcome);
        };
        const onAbort = () => settle({ result: "bad", why: String(signal.reason) });
        signal.addEventListener("abort", onAbort);
        if (signal.aborted) onAbort();
        socket.on("connect", () => settle({ result: "good", why: "connected" }));
        socket.on("error", (error) => settle(outcomeOfError(error)));
      }),
  };
}
