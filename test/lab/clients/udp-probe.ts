import type { Socket } from "node:dgram";
import type { Generator } from "./generator.ts";
import { createOutageWindow } from "./outage-window.ts";
import { createSendSchedule } from "./send-schedule.ts";
import type { StallClock } from "./stall-clock.ts";
import { PROBE_INTERVAL_MS, type StepSummary, type Target } from "./traffic-options.ts";
import { openUdp } from "./udp-flows.ts";

/** A numbered datagram every 5 ms on one flow; its longest silence is the outage. */
export function createUdpProbe(target: Target, clock: StallClock): Generator<Pick<StepSummary, "outageMs">> {
  let socket: Socket;
  let sendDue: ReturnType<typeof createSendSchedule>;
  let window: ReturnType<typeof createOutageWindow>;
  let sent = 0;

  function receive(bytes: Buffer): void {
    const number = Number(bytes.toString("latin1").split(" ")[1]); // `<server> <number>`
    window.answer(number, clock.nowMs(), clock.hasStalledSince);
  }

  return {
    async start() {
      socket = await openUdp(target);
      socket.on("message", receive);
      const startMs = clock.nowMs();
      window = createOutageWindow(PROBE_INTERVAL_MS, startMs);
      sendDue = createSendSchedule(1, PROBE_INTERVAL_MS, startMs);
    },
    tick: (nowMs) => sendDue(nowMs, () => socket.send(String(++sent))),
    read: (nowMs) => ({ outageMs: window.read(nowMs) }),
    count: () => window.count(),
    reset: () => window.reset(),
  };
}
