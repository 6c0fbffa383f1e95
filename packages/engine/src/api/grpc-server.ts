/** A gRPC server with all that Tandem serves on it, before it listens anywhere. */
import {
  logVerbosity,
  Server,
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServerOptions,
  setLogVerbosity,
} from "@grpc/grpc-js";
import { carefulDefinition, MAX_MESSAGE_BYTES } from "./definition.ts";
import { toStatus } from "./failure-status.ts";
import { createHandlers, type HandlerOptions } from "./handlers.ts";
import type { HealthService } from "./health-service.ts";
import { addReflection } from "./reflection.ts";

// what is wrong with a caller's metadata would be told on the standard error, line by line
setLogVerbosity(logVerbosity.NONE);

/** Calls that are still open at the stop get so long to end. */
export const GRACE_MS = 1000;

const LIMITS: ServerOptions = {
  "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  // per connection: no client of ours has ten calls open, and an answer that nobody reads is held for each
  "grpc.max_concurrent_streams": 32,
};

/** What is served. */
export interface GrpcServerOptions extends HandlerOptions {
  readonly health: HealthService;
}

/** A server for callers whom `callerOf` knows; those whom it refuses can call nothing, reflection and health neither. */
export function createGrpcServer(options: GrpcServerOptions, limits: ServerOptions = {}): Server {
  const server = new Server({ ...LIMITS, ...limits, interceptors: [refusing(options.callerOf)] });
  server.addService(carefulDefinition, createHandlers(options));
  options.health.addTo(server);
  addReflection(server);
  return server;
}

function refusing(callerOf: HandlerOptions["callerOf"]): ServerInterceptor {
  return (_method, call) => {
    try {
      callerOf(call);
    } catch (error) {
      call.sendStatus(toStatus(error));
    }
    return new ServerInterceptingCall(call);
  };
}

/** Let open calls end, at most for a second. */
export async function shutDown(server: Server): Promise<void> {
  const ended = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  const impatience = setTimeout(() => server.forceShutdown(), GRACE_MS);
  await ended;
  clearTimeout(impatience);
}
