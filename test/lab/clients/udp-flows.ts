import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import { createFlowCheck, type FlowCheck } from "./flow-check.ts";
import { type Generator, NO_SAMPLES } from "./generator.ts";
import { createSendSchedule } from "./send-schedule.ts";
import type { StallClock } from "./stall-clock.ts";
import {
  FLOW_TIMEOUT_MS,
  SEND_INTERVAL_MS,
  type StepSummary,
  type Target,
  type TrafficOptions,
} from "./traffic-options.ts";

/** UDP echo flows that each send a numbered datagram every 250 ms. */
export function createUdpFlows(
  options: TrafficOptions["udp"],
  clock: StallClock,
): Generator<Pick<StepSummary, "udp">> {
  const flows: { socket: Socket; check: FlowCheck }[] = [];
  let sendDue: ReturnType<typeof createSendSchedule>;
  let replies = 0;

  async function open(flow: number): Promise<void> {
    const socket = await openUdp(options.targets[flow % options.targets.length]!);
    const check = createFlowCheck(flow, clock.nowMs(), FLOW_TIMEOUT_MS);
    socket.on("message", (bytes) => {
      replies++;
      check.receive(bytes.toString("latin1"), clock.nowMs());
    });
    flows[flow] = { socket, check };
  }

  const sendOne = (flow: number) => {
    const { socket, check } = flows[flow]!;
    socket.send(check.send());
  };

  return {
    async start() {
      await Promise.all(Array.from({ length: options.flows }, (_, flow) => open(flow)));
      sendDue = createSendSchedule(options.flows, SEND_INTERVAL_MS, clock.nowMs());
    },
    tick: (nowMs) => sendDue(nowMs, sendOne),
    read(nowMs) {
      const seen = flows.map(({ check }) => check.read(nowMs));
      const having = (what: "moved" | "lost" | "wrong") => seen.filter((flow) => flow[what]).length;
      const counts = { moved: having("moved"), lost: having("lost"), wrong: having("wrong") };
      return { udp: { flows: flows.length, ...counts, replies } };
    },
    count: () => NO_SAMPLES,
    reset() {
      replies = 0;
      for (const { check } of flows) check.reset();
    },
  };
}

/** A UDP socket that talks to one target only. Errors (an unreachable port) count as silence. */
export async function openUdp(target: Target): Promise<Socket> {
  const socket = createSocket(isIPv6(target.host) ? "udp6" : "udp4");
  socket.on("error", () => {});
  socket.connect(target.port, target.host);
  await once(socket, "connect");
  return socket;
}
