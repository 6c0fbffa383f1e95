/** The gRPC health checking protocol, `grpc.health.v1.Health`: whether this node would serve, for grpc-health-probe, load balancers and their like. */
import {
  type Server,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { service as definition } from "grpc-health-check";
import type { Probe } from "../http.ts";
import { careful } from "./definition.ts";

/** What can be asked about: the server as a whole, and its one service. Both are as the node is. */
const SERVICES = ["", "tandem.v1.Node"];
/** How often it is looked whether that changed. */
const EVERY_MS = 1000;

type ServingStatus = "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";
interface Request {
  readonly service: string;
}
interface Response {
  readonly status: ServingStatus;
}
type Watch = ServerWritableStream<Request, Response>;

/** What servers answer about the node's health. */
export interface HealthService {
  addTo(server: Server): void;
  stop(): void;
}

/** Health as `probe` sees it, once a second. `NOT_SERVING` until it has looked, and when it fails. */
export function createHealthService(probe: () => Promise<Probe>, everyMs = EVERY_MS): HealthService {
  const watches = new Set<Watch>();
  let now: ServingStatus = "NOT_SERVING";
  let isStopped = false;

  async function look(): Promise<void> {
    const { ok } = await probe().catch(() => ({ ok: false }));
    if (isStopped) return;
    timer = setTimeout(look, everyMs);
    const found = ok ? "SERVING" : "NOT_SERVING";
    if (found === now) return;
    now = found;
    for (const watch of watches) watch.write({ status: now });
  }
  let timer: NodeJS.Timeout | undefined;
  void look();

  const handlers = {
    check({ request: { service } }: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>): void {
      const details = `there is no service "${String(service).slice(0, 100)}"`;
      if (SERVICES.includes(service)) done(null, { status: now });
      else done({ code: status.NOT_FOUND, details: details.toWellFormed() });
    },
    list(_: unknown, done: sendUnaryData<unknown>): void {
      done(null, { statuses: Object.fromEntries(SERVICES.map((name) => [name, { status: now }])) });
    },
    watch(call: Watch): void {
      const isKnown = SERVICES.includes(call.request.service);
      call.write({ status: isKnown ? now : "SERVICE_UNKNOWN" });
      if (!isKnown) return; // the protocol wants the stream kept: a service may come; here none does
      watches.add(call);
      call.once("cancelled" as "close", () => watches.delete(call));
    },
  };
  return {
    addTo: (server) => server.addService(careful(definition), handlers),
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
