/**
 * The door for `tandem-ipvsadm`: a unix socket beside the API's, as protected as that one. A caller sends one line of JSON, gets one back, and hangs up.
 * docs/adr/0015 says why it is not gRPC.
 */
import type { Socket } from "node:net";
import {
  type Auditor,
  auditedCall,
  createUnixDoor,
  LOCAL_CALLER,
  listenUnix,
  type NodeApi,
} from "@tandem/engine";
import { z } from "zod";
import type { Printed } from "../../ipvsadm/run-ipvsadm.ts";

/** What would steer a terminal: histories are shown on them. */
const CONTROLS = /[\p{Cc}\u2028\u2029]/gu;
/** What a caller sends. Whoever may open the socket may change everything, and says for himself who he is. */
const Request = z.object({
  args: z.array(z.string()),
  input: z.string().default(""),
  user: z
    .string()
    .min(1)
    .max(256)
    .transform((name) => name.replace(CONTROLS, "?")),
});

/** 10,000 lines of `-R` are below 1 MB. */
const MAX_REQUEST_CHARACTERS = 16 * 1024 * 1024;
/** A caller that says nothing for so long is gone. */
const PATIENCE_MS = 10_000;

/** What the door needs. */
export interface IpvsadmSocketOptions {
  /** Absolute path; see `listenUnix`. */
  readonly socketPath: string;
  readonly api: Pick<NodeApi, "ipvsadm">;
  readonly audit: Auditor;
  /** Told of errors that are bugs. */
  readonly onBug: (error: unknown) => void;
}

/** Open the door. @throws LbError as `listenUnix` */
export async function openIpvsadmSocket(options: IpvsadmSocketOptions): Promise<{ stop(): Promise<void> }> {
  const door = createUnixDoor((socket) => serve(socket, options));
  const listener = await listenUnix(options.socketPath, door.bind);
  return {
    async stop() {
      await listener.stop();
      await door.close(0);
    },
  };
}

function serve(socket: Socket, options: IpvsadmSocketOptions): void {
  const chunks: string[] = [];
  let size = 0;
  socket.setEncoding("utf8");
  socket.setTimeout(PATIENCE_MS, () => socket.destroy());
  socket.on("error", () => {}); // whoever hangs up early wants no answer
  socket.on("data", (chunk: string) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_REQUEST_CHARACTERS) socket.destroy();
    else if (chunk.endsWith("\n")) {
      socket.setTimeout(0).pause();
      void answer(chunks.join(""), options).then((line) => socket.end(`${line}\n`));
    }
  });
}

/** The answer to a line, as a line. Never rejects. */
async function answer(line: string, { api, audit, onBug }: IpvsadmSocketOptions): Promise<string> {
  try {
    const { data } = Request.safeParse(JSON.parse(line));
    if (!data) return JSON.stringify(MALFORMED);
    const { args, input, user } = data;
    const request = { args, input, author: user, role: LOCAL_CALLER.role };
    const call = auditedCall("RunIpvsadm", { args, author: user }, { caller: LOCAL_CALLER, changes: false });
    return JSON.stringify(await audit.around(call, () => api.ipvsadm(request)));
  } catch (error) {
    if (error instanceof SyntaxError) return JSON.stringify(MALFORMED);
    onBug(error);
    return JSON.stringify({ ...MALFORMED, errors: "The daemon failed; its log says how\n" });
  }
}

const MALFORMED: Printed = {
  exitCode: 2,
  output: "",
  errors: "This is no request that the daemon understands: is tandem-ipvsadm of the same version?\n",
};
