// @ts-check
/**
 * `tandem-ipvsadm`: takes a command line to the daemon and prints what comes back. Scripts call it thousands of times, so it is plain JavaScript and loads
 * next to nothing: docs/adr/0015 has the figures.
 */
const { connect } = require("node:net");
const { userInfo } = require("node:os");
const { dirname, join, resolve } = require("node:path");

const { env } = process;
const args = process.argv.slice(2);
const socketPath = join(dirname(resolve(env.TANDEM_SOCKET || "/run/tandem/api.sock")), "ipvsadm.sock");

/** Commands that do more than look. */
const CHANGES = /^(-[ACDERZade]|--(add|edit|delete|clear|restore|zero|set|start-daemon|stop-daemon))/;
/** A change may wait for the cluster's store, which may be choosing a leader; 10,000 lines take a second or two. */
const PATIENCE_MS = 60_000;
/** As the tool ends where there is no IPVS. */
const NOT_THERE = 2;

/**
 * @typedef {{ exitCode: number, output: string, errors: string }} Printed
 */

/** Exit code of a listing that could not be written. */
const NOT_WRITTEN = 1;

/** What keeps us from the daemon, by the system's error. @type {Readonly<Record<string, string>>} */
const REASONS = {
  EACCES:
    "Permission denied (you must be root)\nAre you sure that IP Virtual Server is built in the kernel or as module?",
  ENOENT: `Protocol not available\nAre you sure that the daemon runs (\`tandem run\`)? Nothing is there at "${socketPath}"`,
  ECONNREFUSED: `Protocol not available\nAre you sure that the daemon runs (\`tandem run\`)? Nobody listens at "${socketPath}"`,
};

void main();

async function main() {
  print(await ask({ args, input: readsInput() ? await readInput() : "", user: userName() }));
}

/** Only `-R` reads. */
function readsInput() {
  return /^(--restore$|-R)/.test(commandWord());
}

/** The command is the first option. */
function commandWord() {
  return args.find((word) => word.startsWith("-")) ?? "";
}

async function readInput() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/**
 * @param {object} request
 * @returns {Promise<Printed>}
 */
function ask(request) {
  return new Promise((answered) => {
    /** @type {string[]} */
    const chunks = [];
    const socket = connect(socketPath).setEncoding("utf8");
    socket.setTimeout(PATIENCE_MS, () => answered(lost("does not answer")));
    socket.on("error", (/** @type {NodeJS.ErrnoException} */ error) =>
      answered(socket.pending ? unreached(error) : lost("hung up")),
    );
    socket.on("data", (chunk) => chunks.push(String(chunk)));
    socket.on("end", () => answered(readAnswer(chunks.join(""))));
    socket.write(`${JSON.stringify(request)}\n`);
  });
}

/**
 * @param {string} line
 * @returns {Printed}
 */
function readAnswer(line) {
  if (line.endsWith("\n")) return JSON.parse(line);
  return lost("hung up before it had answered");
}

/**
 * What was sent may have been read: only the daemon knows, or its document.
 * @param {string} how
 * @returns {Printed}
 */
function lost(how) {
  const advice = CHANGES.test(commandWord())
    ? "; the change may have been carried out: `ipvsadm -Sn` shows it"
    : "";
  return { exitCode: NOT_THERE, output: "", errors: `The daemon ${how}${advice}\n` };
}

/**
 * @param {NodeJS.ErrnoException} error
 * @returns {Printed}
 */
function unreached({ code = "", message }) {
  return { exitCode: NOT_THERE, output: "", errors: `Can't initialize ipvs: ${REASONS[code] ?? message}\n` };
}

/** @param {Printed} printed */
function print({ exitCode, output, errors }) {
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (/** @type {NodeJS.ErrnoException} */ { code, message }) => {
      if (code === "EPIPE") return; // a reader that has seen enough is no error, a full disk under -S is
      if (stream === process.stdout) process.stderr.write(`Cannot write the output: ${message}\n`);
      process.exit(NOT_WRITTEN);
    });
  if (output !== "") process.stdout.write(output);
  if (errors !== "") process.stderr.write(errors);
  process.exitCode = exitCode;
}

/** Who the document's history is told of. A user id need not have a name. */
function userName() {
  try {
    return env.SUDO_USER || userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
}
