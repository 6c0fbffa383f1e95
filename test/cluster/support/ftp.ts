/** Debian's FTP server and client in the lab: vsftpd with files for anybody, and lftp. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type CommandResult, type LabNode, type OwnLab, until } from "../../lab/index.ts";

const START_DEADLINE_MS = 5000;

/** Start a server on port 21 of one address of a node; it ends with the lab. `files`: content by name, for anybody to read. */
export async function serveFtp(
  lab: OwnLab,
  node: LabNode,
  address: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const root = join(lab.dir, `${node.name}.ftp`);
  for (const [name, content] of Object.entries(files)) writeIn(root, name, content);
  const is6 = address.includes(":");
  const settings = {
    listen: is6 ? "NO" : "YES",
    listen_ipv6: is6 ? "YES" : "NO",
    [is6 ? "listen_address6" : "listen_address"]: address,
    background: "NO",
    anonymous_enable: "YES",
    no_anon_password: "YES",
    anon_root: root,
    connect_from_port_20: "YES",
    secure_chroot_dir: emptyIn(lab.dir),
    seccomp_sandbox: "NO", // it knows no newer system calls
  };
  const config = join(lab.dir, `${node.name}.vsftpd.conf`);
  writeFileSync(
    config,
    Object.entries(settings)
      .map((entry) => `${entry.join("=")}\n`)
      .join(""),
  );
  await node.spawn("ftp", ["vsftpd", config]);
  const isListening = async () => (await node.exec(["ss", "-Hltn", "sport = 21"])).stdout.includes(":21");
  await until(isListening, { deadlineMs: START_DEADLINE_MS, what: `vsftpd listens on ${node.name}` });
}

function writeIn(root: string, name: string, content: string): void {
  const file = join(root, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

function emptyIn(directory: string): string {
  const empty = join(directory, "empty");
  mkdirSync(empty, { recursive: true, mode: 0o555 });
  return empty;
}

/** How the client asks for data connections: it opens them, or waits for the server's. */
export type FtpMode = "passive" | "active";

/** What lftp is to read, and how. */
export interface FtpReading {
  readonly host: string;
  readonly file: string;
  readonly mode: FtpMode;
  /** lftp's commands after that. */
  readonly afterwards?: readonly string[];
}

/** Read a file over FTP; what it prints is the file. A failure is an answer, too. IPv6 addresses ask by EPSV and EPRT. */
export function readFtp(node: LabNode, reading: FtpReading): Promise<CommandResult> {
  const { host, file, mode, afterwards = [] } = reading;
  const settings = [
    `set ftp:passive-mode ${mode === "passive"}`,
    "set net:max-retries 1",
    "set net:timeout 3",
    "set ftp:ssl-allow false",
  ];
  const url = `ftp://${host.includes(":") ? `[${host}]` : host}/${file}`;
  return node.exec(["lftp", "-c", [...settings, `cat ${url}`, ...afterwards].join("\n")], {
    allowFailure: true,
  });
}
