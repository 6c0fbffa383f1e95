import { request } from "node:http";
import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type HttpOptions, type HttpServer, startHttp } from "./http.ts";

let server: HttpServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const bugs: unknown[] = [];
const options: HttpOptions = {
  host: "127.0.0.1",
  port: 0,
  metrics: { contentType: "text/plain; version=0.0.4", scrape: async () => "tandem_engine_up 1\n" },
  health: () => ({ ok: true, why: "ok" }),
  ready: async () => ({ ok: false, why: "not synced: loading" }),
  onBug: (error) => void bugs.push(error),
};

interface Answer {
  status: number;
  body: string;
  headers: NodeJS.Dict<string | string[]>;
}

async function ask(method: string, path: string, overrides: Partial<HttpOptions> = {}): Promise<Answer> {
  server ??= await startHttp({ ...options, ...overrides });
  const { port } = server;
  return new Promise((resolve, reject) => {
    request({ port, method, path, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      response.on("end", () => resolve({ status: response.statusCode!, body, headers: response.headers }));
    })
      .on("error", reject)
      .end();
  });
}

const cases = [
  { method: "GET", path: "/metrics", status: 200, body: "tandem_engine_up 1\n" },
  { method: "HEAD", path: "/metrics", status: 200, body: "" },
  { method: "GET", path: "/metrics?name=x", status: 200, body: "tandem_engine_up 1\n" },
  { method: "GET", path: "/healthz", status: 200, body: "ok\n" },
  { method: "GET", path: "/readyz", status: 503, body: "not synced: loading\n" },
  { method: "GET", path: "/", status: 404, body: "not found\n" },
  { method: "GET", path: "/constructor", status: 404, body: "not found\n" },
  { method: "POST", path: "/nothing", status: 404, body: "not found\n" },
  { method: "POST", path: "/metrics", status: 405, body: "method not allowed\n" },
];
for (const c of cases) {
  test(`${c.method} ${c.path} is answered ${c.status}`, async () => {
    expect(await ask(c.method, c.path)).toMatchObject({ status: c.status, body: c.body });
  });
}

test("a refused method is told which are allowed", async () => {
  expect((await ask("DELETE", "/healthz")).headers).toMatchObject({ allow: "GET, HEAD" });
});

test("the type of the metrics is the registry's", async () => {
  expect((await ask("GET", "/metrics")).headers["content-type"]).toBe("text/plain; version=0.0.4");
});

test("an error while answering is reported, and the next request is answered", async () => {
  const bug = new Error("broken");
  const metrics = { ...options.metrics, scrape: () => Promise.reject(bug) };
  expect(await ask("GET", "/metrics", { metrics })).toMatchObject({ status: 500, body: "internal error\n" });
  expect(bugs).toEqual([bug]);
  expect(await ask("GET", "/healthz")).toMatchObject({ status: 200 });
});

test("a port in use is refused in words", async () => {
  await ask("GET", "/healthz");
  const port = server!.port;
  await expect(startHttp({ ...options, port })).rejects.toThrow(
    `Cannot reach the HTTP address "127.0.0.1", port ${port}: listen EADDRINUSE`,
  );
});

test("requests that come while an answer is being made share it", async () => {
  let scrapes = 0;
  const text = Promise.withResolvers<string>();
  const scrape = () => {
    scrapes++;
    return text.promise;
  };
  server = await startHttp({ ...options, metrics: { ...options.metrics, scrape } });
  const socket = connect(server.port, "127.0.0.1");
  socket.setEncoding("utf8").write("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n".repeat(100));
  await expect.poll(() => scrapes).toBe(1);
  expect((await ask("GET", "/healthz")).status).toBe(200); // the hundred have been read by then
  text.resolve("tandem_engine_up 1\n");
  let answers = "";
  for await (const chunk of socket) if ((answers += chunk).split("HTTP/1.1 200").length > 100) break;
  expect(scrapes).toBe(1);
  expect((await ask("GET", "/metrics")).status).toBe(200);
  expect(scrapes).toBe(2);
});
