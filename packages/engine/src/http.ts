/** What monitoring asks over HTTP: /metrics, /healthz (the process and its forwarder live), /readyz (it may become active). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { LbError } from "@tandem/model";

/** A yes or no with its reason, one line. */
export interface Probe {
  readonly ok: boolean;
  readonly why: string;
}

/** What is served, and where. */
export interface HttpOptions {
  /** Address to listen on. */
  host: string;
  /** 0..65535; 0 takes a free one. */
  port: number;
  metrics: { readonly contentType: string; scrape(): Promise<string> };
  health(): Probe | Promise<Probe>;
  ready(): Probe | Promise<Probe>;
  /** Told of errors while answering. */
  onBug(error: unknown): void;
}

/** A server that listens. */
export interface HttpServer {
  /** The port that it got. */
  readonly port: number;
  /** Stop listening and end open connections. */
  stop(): Promise<void>;
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** A request has so long to arrive; longer than any scraper needs, short enough to shed idle strangers. */
const REQUEST_TIMEOUT_MS = 5_000;
/** How often connections are looked at for that; Node's own 30 s would let strangers hold all of them so long. */
const CHECK_EVERY_MS = 1_000;
const MAX_CONNECTIONS = 64;
const TEXT = "text/plain; charset=utf-8";

/** Serve monitoring. Rejects with `LbError` (unavailable) if the address cannot be listened on. */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const patience = { requestTimeout: REQUEST_TIMEOUT_MS, connectionsCheckingInterval: CHECK_EVERY_MS };
  const server = createServer(patience, createAnswering(options));
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function createAnswering(options: HttpOptions) {
  const { metrics } = options;
  const pages: Record<string, () => Promise<Page>> = {
    "/metrics": shared(async () => ({
      status: 200,
      type: metrics.contentType,
      body: await metrics.scrape(),
    })),
    "/healthz": shared(async () => pageOf(await options.health())),
    "/readyz": shared(async () => pageOf(await options.ready())),
  };
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url?.split("?", 1)[0] ?? "";
    const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
    if (!page) return send(response, { status: 404, type: TEXT, body: "not found\n" });
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      return send(response, { status: 405, type: TEXT, body: "method not allowed\n" });
    }
    try {
      send(response, await page());
    } catch (error) {
      options.onBug(error);
      send(response, { status: 500, type: TEXT, body: "internal error\n" });
    }
  };
}

/** Whoever asks while an answer is being made gets that one: each costs the forwarder a look at every connection. */
function shared<T>(make: () => Promise<T>): () => Promise<T> {
  let making: Promise<T> | undefined;
  return () => {
    making ??= make().finally(() => {
      making = undefined;
    });
    return making;
  };
}

const pageOf = ({ ok, why }: Probe): Page => ({ status: ok ? 200 : 503, type: TEXT, body: `${why}\n` });

/** Node leaves the body out of an answer to HEAD by itself. */
function send(response: ServerResponse, { status, type, body }: Page): void {
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(body) }).end(body);
}

function listen(server: Server, { host, port }: HttpOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      const what = `the HTTP address "${host}", port ${port}`;
      reject(new LbError({ code: "unavailable", what, why: cause.message }, { cause }));
    });
    server.listen(port, host, resolve);
  });
}
