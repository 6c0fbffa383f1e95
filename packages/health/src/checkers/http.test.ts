import type { IncomingMessage } from "node:http";
import { CheckSpec } from "@tandem/model";
import { expect, test } from "vitest";
import { testChecker } from "../checker.contract.ts";
import { closedEndpoint, listenHttp, listenTcp } from "../testing/servers.ts";
import { createHttpChecker } from "./http.ts";

const checkerOf = (fields: object = {}) =>
  createHttpChecker(CheckSpec.parse({ type: "http", ...fields }) as CheckSpec & { type: "http" });
const never = new AbortController().signal;

testChecker("http", async () => ({
  checker: checkerOf(),
  healthy: await listenHttp((_, response) => response.end("ok")),
  refusing: await closedEndpoint(),
  silent: await listenTcp(),
}));

const verdicts: [status: number, wanted: number[], result: string, why: string][] = [
  [200, [200], "good", "status 200"],
  [204, [200, 204], "good", "status 204"],
  [503, [200, 204], "bad", "status 503, wanted 200 or 204"],
  [302, [200], "bad", "status 302, wanted 200"],
];
for (const [status, wanted, result, why] of verdicts) {
  test(`http checker calls status ${status} ${result} where ${wanted} is wanted`, async () => {
    const target = await listenHttp((_, response) => response.writeHead(status, { location: "/" }).end());
    expect(await checkerOf({ status: wanted }).check(target, never)).toEqual({ result, why });
  });
}

test("http checker asks for the path and host that are wanted", async () => {
  let seen: IncomingMessage | undefined;
  const target = await listenHttp((request, response) => {
    seen = request;
    response.end();
  });
  await checkerOf({ path: "/health?deep=1", host: "www.example.com" }).check(target, never);
  expect([seen?.method, seen?.url, seen?.headers.host]).toEqual(["GET", "/health?deep=1", "www.example.com"]);
  await checkerOf().check(target, never);
  expect(seen?.headers.host).toBe(`127.0.0.1:${target.port}`);
});

test("http checker stops reading a body that has no end", async () => {
  const target = await listenHttp((_, response) => {
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(16_384)));
    };
    response.on("drain", more);
    more();
  });
  expect(await checkerOf().check(target, never)).toEqual({ result: "good", why: "status 200" });
});

const raw: [what: string, answer: string, why: RegExp][] = [
  ["a body cut short", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", /aborted|reset/],
  ["something else than HTTP", "SSH-2.0-OpenSSH_9.2\r\n", /Parse Error/],
  ["headers without end", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, /Header overflow/],
  ["nothing", "", /hang up|reset/],
  [
    "a switch of protocols",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    /./,
  ],
];
for (const [what, answer, why] of raw) {
  test(`http checker calls ${what} bad`, async () => {
    const target = await listenTcp((socket) => socket.once("data", () => socket.end(answer)));
    const outcome = await checkerOf().check(target, AbortSignal.timeout(5000));
    expect(outcome.result).toBe("bad");
    expect(outcome.why).toMatch(why);
  });
}
