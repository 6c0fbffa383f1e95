/** A capture that goes into a file. */
import type { CaptureFilter } from "@tandem/engine/client";
import { EXIT, type ExitCode, type World } from "../command.ts";
import { formatDecision } from "./decision.ts";
import { followPackets } from "./follow-packets.ts";
import { createPcapngWriter } from "./pcapng.ts";

/** Write packets as pcapng, as they come, to `path` or, if that is `-`, to the standard output, until they end or nobody reads them any more. */
export async function writePackets(path: string, world: World, filter: CaptureFilter): Promise<ExitCode> {
  const place = path === "-" ? "the standard output" : path;
  const writer = createPcapngWriter("tandem");
  let file: PacketFile | undefined;
  try {
    for await (const batch of followPackets(world, filter, `written to ${place}`)) {
      const begin = file ? [] : [writer.begin()]; // the node has taken the filter: now the file may be begun
      file ??= await openFile(path, world);
      const packets = batch.packets.map((packet) => ({ ...packet, comment: formatDecision(packet) }));
      if (!(await file.write(Buffer.concat([...begin, writer.packets(packets, batch.lost)])))) break;
    }
  } finally {
    await file?.close();
  }
  return EXIT.ok;
}

/** Where packets are written. */
interface PacketFile {
  /** Until they are written; false: nobody reads them any more. */
  write(bytes: Uint8Array): Promise<boolean>;
  close(): Promise<void>;
}

async function openFile(path: string, { out, createFile }: World): Promise<PacketFile> {
  if (path !== "-") {
    const file = await createFile(path);
    return { ...file, write: (bytes) => file.write(bytes).then(() => true) };
  }
  return {
    write(bytes) {
      out.write(bytes);
      return out.drain();
    },
    close: async () => {},
  };
}
