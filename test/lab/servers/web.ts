import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { ListenOptions } from "node:net";

/** Serve the server's name on every path, but for `/health`: 200, or 503 while unhealthy. Resolves when it listens. */
export async function listenWeb(at: ListenOptions, name: string, isHealthy: () => boolean): Promise<void> {
  const answer: RequestListener = (request, response) => {
    response.statusCode = request.url === "/health" && !isHealthy() ? 503 : 200;
    response.setHeader("content-type", "text/plain");
    response.end(`${name}\n`);
  };
  await once(createServer({ noDelay: true }, answer).listen({ ...at, backlog: 1024 }), "listening");
}
