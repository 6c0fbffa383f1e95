import { createConnection, createServer } from "node:net";
import { connect } from "node:tls";
import type { RemoteNode } from "@tandem/engine/client";
import { expect, onTestFinished, test, vi } from "vitest";
import { connectTo } from "./client.ts";
import { connectServer } from "./server-client.ts";
import { overSinceYesterday, testAuthority, writeTestPair } from "./testing/certificates.ts";
import { healthyStatus } from "./testing/fake-status.ts";
import { runTandem } from "./testing/run-tandem.ts";
import { startTlsDaemon, type TlsDaemon } from "./testing/tls-daemon.ts";

/** Calls a daemon with a certificate of its authority. */
async function call(
  daemon: TlsDaemon,
  pair: { certificate: string; key: string },
  host = "127.0.0.1",
): Promise<RemoteNode> {
  const node = await connectServer(`${host}:${daemon.port}`, await daemon.proofOf("client", pair));
  onTestFinished(() => node.close());
  return node;
}

for (const host of ["127.0.0.1", "localhost"]) {
  test(`a daemon is asked over TLS by ${host}`, async () => {
    const daemon = await startTlsDaemon();
    const node = await call(daemon, await daemon.authority.client("alice", "view"), host);
    expect((await node.status()).node).toBe(healthyStatus.node);
    expect(await Array.fromAsync(node.connections({ limit: 3 }))).toHaveLength(3);
  });
}

test("tandem takes a daemon on the network by options and by the environment; a socket that is typed goes first", async () => {
  const daemon = await startTlsDaemon();
  const { ca, cert, key } = await daemon.proofOf("alice", await daemon.authority.client("alice", "view"));
  const server = `127.0.0.1:${daemon.port}`;
  const typed = ["--server", server, "--ca", ca, "--cert", cert, "--key", key, "status"];
  expect((await runTandem("/none", typed)).out).toContain(healthyStatus.node);
  const env = { TANDEM_SERVER: server, TANDEM_CA: ca, TANDEM_CERT: cert, TANDEM_KEY: key };
  expect((await runTandem("/none", ["status"], { env })).err).toContain('Cannot reach the daemon at "/none"');
  const node = await connectTo({ socket: "/none", server, ca, cert, key });
  onTestFinished(() => node.close());
  expect((await node.status()).node).toBe(healthyStatus.node);
});

const roles: [role: "view" | "operate" | "admin", may: Record<string, boolean>][] = [
  ["view", { status: true, drain: false, rollBack: false }],
  ["operate", { status: true, drain: true, rollBack: false }],
  ["admin", { status: true, drain: true, rollBack: true }],
];
for (const [role, may] of roles) {
  test(`a client whose certificate says "${role}" may do that and no more`, async () => {
    const daemon = await startTlsDaemon();
    const node = await call(daemon, await daemon.authority.client("alice", role));
    const calls: Record<string, () => Promise<unknown>> = {
      status: () => node.status(),
      drain: () => node.drain({ destination: "10.0.0.1", undo: false, author: "x" }),
      rollBack: () => node.rollBack({ revision: 42, author: "x" }),
    };
    for (const [name, act] of Object.entries(calls)) {
      const outcome = await act().then(
        () => "done",
        (error) => error.failure.code,
      );
      expect([name, outcome]).toEqual([name, may[name] ? "done" : "forbidden"]);
    }
  });
}

test("the name of a certificate is the author of what it changes, whatever the request says", async () => {
  const authors: string[] = [];
  const drain = async ({ author }: { author: string }) => {
    authors.push(author);
    return { revision: 1, destinations: [] };
  };
  const daemon = await startTlsDaemon({ drain });
  const node = await call(daemon, await daemon.authority.client("alice", "operate"));
  await node.drain({ destination: "10.0.0.1", undo: false, author: "the director herself" });
  expect(authors).toEqual(["alice"]);
});

test("a certificate of the right CA without a role may call nothing", async () => {
  const daemon = await startTlsDaemon();
  const odd = await daemon.authority.issue("alice", { kind: "client", role: "root" as "admin" });
  const node = await call(daemon, odd);
  await expect(node.status()).rejects.toMatchObject({
    message:
      'Cannot call this node: "alice" has a certificate with the role "root", wanted one URI tandem://role/view|operate|admin in it',
  });
});

/** Everything that can be wrong before a call is made, and what an operator reads. */
const refusals: [what: string, says: string, act: (daemon: TlsDaemon) => Promise<unknown>][] = [
  [
    "a client of another CA",
    "it hung up; your certificate may be over, or of a CA that it does not trust",
    async (daemon) => call(daemon, await (await testAuthority()).client("alice", "admin")),
  ],
  [
    "a certificate that is over",
    "it hung up; your certificate may be over",
    async (daemon) =>
      call(daemon, await daemon.authority.issue("a", { kind: "client", role: "admin" }, overSinceYesterday)),
  ],
  [
    "a director's certificate instead of a client's",
    "your certificate (--cert) is a director's, wanted a client's: `tandem certs --client NAME=ROLE`",
    async (daemon) => call(daemon, await daemon.authority.director()),
  ],
  [
    "another's key",
    "the key that --key names is not that of the certificate",
    async (daemon) => {
      const [one, two] = [
        await daemon.authority.client("a", "view"),
        await daemon.authority.client("a", "view"),
      ];
      return call(daemon, { certificate: one.certificate, key: two.key });
    },
  ],
  [
    "a daemon of another CA",
    "its certificate is not of the CA that --ca names",
    async (daemon) => {
      const proof = await daemon.proofOf("a", await daemon.authority.client("a", "view"));
      const { cert: ca } = await writeTestPair(daemon.folder, "other", (await testAuthority()).pair);
      return connectServer(`127.0.0.1:${daemon.port}`, { ...proof, ca });
    },
  ],
  [
    "a daemon of another name",
    "does not match certificate's altnames",
    async (daemon) => {
      daemon.offer(await daemon.authority.issue("x", { kind: "director", hosts: ["lb1.example.com"] }));
      await vi.waitFor(() => expect(daemon.told).toHaveLength(2));
      return call(daemon, await daemon.authority.client("a", "view"));
    },
  ],
  [
    "a server that speaks no TLS",
    "it does not speak TLS",
    async (daemon) => {
      const plain = createServer((socket) => socket.on("error", () => {}).end("220 hello\r\n")).listen(
        0,
        "127.0.0.1",
      );
      onTestFinished(() => void plain.close());
      const { port } = await new Promise<{ port: number }>((r) =>
        plain.once("listening", () => r(plain.address() as never)),
      );
      return call({ ...daemon, port }, await daemon.authority.client("a", "view"));
    },
  ],
];
for (const [what, says, act] of refusals) {
  test(`${what} is told in words`, async () => {
    const daemon = await startTlsDaemon();
    await expect(act(daemon)).rejects.toThrow(says);
  });
}

test("a name that cannot be looked up is told in words, whoever refuses", async () => {
  const daemon = await startTlsDaemon();
  const proof = await daemon.proofOf("a", await daemon.authority.client("a", "view"));
  await expect(connectServer("nohost.invalid:9111", proof)).rejects.toThrow(
    /^Cannot reach the daemon at "nohost.invalid:9111": (there is no host of that name|its name cannot be looked up: no name server answers)$/,
  );
});

const misuses: [what: string, says: string, server: string, proof: object][] = [
  ["a server without a port", '--server is "lb1", wanted host:port', "lb1", {}],
  ["a server without a CA", "--ca is missing, wanted a PEM file, beside --server", "lb1:9111", {}],
  ["a CA that is not there", 'Cannot find file "/none/ca"', "lb1:9111", { ca: "/none/ca" }],
];
for (const [what, says, server, proof] of misuses) {
  test(`${what} is wrong usage`, () => expect(connectServer(server, proof)).rejects.toThrow(says));
}

test("TLS 1.1 is not spoken", async () => {
  const daemon = await startTlsDaemon();
  const { certificate: cert, key } = await daemon.authority.client("a", "view");
  const old = { maxVersion: "TLSv1.1", minVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" } as const;
  const socket = connect({
    port: daemon.port,
    host: "127.0.0.1",
    ca: daemon.authority.pair.certificate,
    cert,
    key,
    ...old,
  });
  const outcome = await new Promise((resolve) => {
    socket
      .once("secureConnect", () => resolve("spoken"))
      .once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  socket.destroy();
  expect(outcome).toBe("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION");
});

test("a renewed certificate is taken up without a restart, and calls that are open go on", async () => {
  const daemon = await startTlsDaemon();
  const alice = await daemon.authority.client("alice", "view");
  const before = await call(daemon, alice);
  await before.status();
  daemon.offer(
    await daemon.authority.issue("lb1", { kind: "director", hosts: ["renewed.example.com", "127.0.0.1"] }),
  );
  await vi.waitFor(() => expect(daemon.told).toEqual(["taken up", "taken up"]));
  expect(await namesOf(daemon)).toContain("renewed.example.com");
  expect((await before.status()).node).toBe(healthyStatus.node);
});

/** Alternative names of the certificate that a daemon shows. */
function namesOf({ port, authority }: TlsDaemon): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      port,
      host: "127.0.0.1",
      ca: authority.pair.certificate,
      ALPNProtocols: ["h2"],
    });
    socket.once("error", reject).once("secureConnect", () => {
      resolve(socket.getPeerCertificate().subjectaltname ?? "");
      socket.destroy();
    });
  });
}

test("a certificate that cannot be used is told of, and the old one stays", async () => {
  const daemon = await startTlsDaemon();
  daemon.offer({ key: (await daemon.authority.client("x", "view")).key });
  await vi.waitFor(() => expect(daemon.told.at(-1)).toContain("Cannot serve the API over TLS"));
  const node = await call(daemon, await daemon.authority.client("alice", "view"));
  expect((await node.status()).node).toBe(healthyStatus.node);
});

test("a certificate that comes back after one that cannot be used is told of", async () => {
  const daemon = await startTlsDaemon();
  const good = await daemon.authority.director();
  daemon.offer({ ...good });
  await vi.waitFor(() => expect(daemon.told).toEqual(["taken up", "taken up"]));
  daemon.offer({ certificate: "half a file" });
  await vi.waitFor(() => expect(daemon.told.at(-1)).toContain("Cannot serve the API over TLS"));
  daemon.offer({ ...good });
  await vi.waitFor(() => expect(daemon.told.at(-1)).toBe("taken up"));
});

test("clients of a CA that is no longer trusted are sent away", async () => {
  const daemon = await startTlsDaemon();
  const node = await call(daemon, await daemon.authority.client("alice", "view"));
  await node.status();
  daemon.offer({ clientCa: (await testAuthority()).pair.certificate });
  await vi.waitFor(() => expect(daemon.told).toHaveLength(2));
  await vi.waitFor(() => expect(node.status()).rejects.toThrow("Cannot reach the daemon"));
});

/** What strangers send to an open port. */
const garbage: [what: string, bytes: string][] = [
  ["nothing", ""],
  ["HTTP", "GET / HTTP/1.1\r\n\r\n"],
  ["HTTP/2 without TLS", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ["the beginning of a handshake", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"],
  ["noise", "\xff".repeat(5000)],
];
for (const [what, bytes] of garbage) {
  test(`a stranger who sends ${what} to the port disturbs nobody`, async () => {
    const daemon = await startTlsDaemon();
    const strangers = Array.from({ length: 20 }, () =>
      createConnection(daemon.port, "127.0.0.1").on("error", () => {}),
    );
    for (const stranger of strangers) stranger.write(bytes, "latin1");
    const node = await call(daemon, await daemon.authority.client("alice", "view"));
    expect((await node.status()).node).toBe(healthyStatus.node);
    for (const stranger of strangers) stranger.destroy();
    expect((await node.status()).node).toBe(healthyStatus.node);
  });
}

test("strangers who connect and say nothing keep no client out, and who has come in stays", async () => {
  const daemon = await startTlsDaemon();
  const alice = await daemon.authority.client("alice", "view");
  const before = await call(daemon, alice);
  expect((await before.status()).node).toBe(healthyStatus.node);
  const strangers = Array.from({ length: 400 }, () => createConnection(daemon.port, "127.0.0.1"));
  onTestFinished(() => {
    for (const stranger of strangers) stranger.destroy();
  });
  await Promise.all(
    strangers.map((stranger) => new Promise((done) => stranger.once("connect", done).on("error", done))),
  );
  const fromMs = performance.now();
  expect((await (await call(daemon, alice)).status()).node).toBe(healthyStatus.node);
  expect(performance.now() - fromMs).toBeLessThan(4000); // a handshake that says nothing lasts 5 s
  expect((await before.status()).node).toBe(healthyStatus.node);
});
