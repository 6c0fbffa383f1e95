/** A command line of ipvsadm, from its words to what it prints. The node is a port. */
import type { ApiRole, IpvsadmRequest } from "@tandem/engine";
import { type DocumentSpec, documentChanges, LbError, type ServiceSpec, serviceKey } from "@tandem/model";
import { type CarriedOut, carryOut } from "./carry-out.ts";
import type { IpvsadmRefusal } from "./command.ts";
import { type Interfaces, isEdit } from "./edit.ts";
import { type AskedNames, createNameCollector, type NameBook } from "./name-book.ts";
import { type ReadLine, readLines } from "./read-lines.ts";
import { isRefusal, kernelRefusal } from "./refusal.ts";
import { type Shown, writeShows } from "./show.ts";

/** What command lines need of their node. */
export interface IpvsadmNode extends Shown {
  document(): DocumentSpec;
  /** Make `edit` of the newest document the next one; it may be called more than once, and what it throws is thrown. Fails with `LbError`: forbidden, if it is more than `by` may do. */
  change(edit: (current: DocumentSpec) => DocumentSpec, by: Author): Promise<void>;
  /** Let the counters of a service start anew, or of all. Fails with `LbError`. */
  zero(service: string | undefined, author: string): Promise<void>;
  /** What names stand for, as far as that is found out in a bounded time. */
  lookUp(names: AskedNames): Promise<NameBook>;
  interfaces(): Interfaces;
  /** Told why a change failed, or that it is not allowed; what the tool itself refuses is no news. */
  noteFailure(error: LbError): void;
}

/** Who runs a command line, and what he may do. */
export interface Author {
  readonly author: string;
  readonly role: ApiRole;
}

/** What a command line leaves on the terminal. */
export interface Printed {
  exitCode: number;
  output: string;
  errors: string;
}

/** Run a command line. Never throws what is not a bug. */
export async function runIpvsadm(request: IpvsadmRequest, node: IpvsadmNode): Promise<Printed> {
  let changes = false;
  try {
    const lines = await read(request, node);
    if (isRefusal(lines)) return refused(lines);
    changes = lines.some(isChange);
    if (changes && request.role === "view") throw mayOnlyLook(request);
    const done = await perform(lines, request, node);
    if (isRefusal(done)) return refused(done);
    const missing: string[] = [];
    const output = await writeShows(done.shows, node, (sentence) => missing.push(sentence));
    const errors = missing.map((sentence) => `${sentence}\n`).join("");
    return { exitCode: missing.length === 0 ? 0 : INCOMPLETE, output, errors };
  } catch (error) {
    if (!(error instanceof LbError)) throw error;
    if (changes) node.noteFailure(error);
    return refused(kernelRefusal(inWords(error)));
  }
}

/** Not all directors answered, beyond ipvsadm. */
const INCOMPLETE = 1;

/** Problems of documents have places there, which nobody who types lines has seen. */
function inWords({ message, failure }: LbError): string {
  if (failure.code === "forbidden") return `${NOT_ROOT}\n${message}`;
  if (failure.code !== "invalid_document") return message;
  return failure.problems.map((problem) => problem.message).join("\n");
}

const mayOnlyLook = ({ author, role }: Author): LbError =>
  new LbError({
    code: "forbidden",
    doing: "change anything",
    who: `"${author}" has the role "${role}"`,
    want: 'the role "operate" to weigh and to zero, "admin" for more',
  });

const NOT_ROOT = "Permission denied (you must be root)";

const isChange = ({ command }: ReadLine): boolean => isEdit(command) || command.name === "zero";

const refused = ({ message, exit }: IpvsadmRefusal): Printed => ({
  exitCode: exit,
  output: "",
  errors: `${message}\n`,
});

/** Read twice where there are names: once to see which, once with what they stand for. */
async function read({ args, input }: IpvsadmRequest, node: IpvsadmNode) {
  const collector = createNameCollector();
  const lines = readLines(args, input, collector);
  const { hosts, ports } = collector.asked;
  return hosts.size + ports.size === 0 ? lines : readLines(args, input, await node.lookUp(collector.asked));
}

async function perform(
  lines: readonly ReadLine[],
  by: Author,
  node: IpvsadmNode,
): Promise<CarriedOut | IpvsadmRefusal> {
  const done = lines.some(({ command }) => isEdit(command))
    ? await change(lines, by, node)
    : carryOut(lines, node.document(), NO_INTERFACES);
  if (!isRefusal(done))
    for (const key of done.zeroed) await node.zero(key === "all" ? undefined : key, by.author);
  return done;
}

const NO_INTERFACES: Interfaces = new Map();

async function change(
  lines: readonly ReadLine[],
  by: Author,
  node: IpvsadmNode,
): Promise<CarriedOut | IpvsadmRefusal> {
  const isAboutDaemons = lines.some(({ command }) => command.name === "start-daemon");
  const interfaces = isAboutDaemons ? node.interfaces() : NO_INTERFACES;
  let done: CarriedOut | undefined;
  try {
    await node.change((current) => {
      const tried = carryOut(lines, current, interfaces);
      if (isRefusal(tried)) throw new Withdrawn(tried);
      done = tried;
      return isSame(current, tried.document) ? current : tried.document;
    }, by);
  } catch (error) {
    if (error instanceof Withdrawn) return error.refusal;
    throw error;
  }
  return done!;
}

/**
 * Lines say all there is to say of what they are about. Where a document left it to a default, that is no change: scripts run the same lines again and
 * again, and each would be a revision. Nor is another order of services: the kernel has none. That of real servers counts, ties go by it.
 */
function isSame(before: DocumentSpec, after: DocumentSpec): boolean {
  if (before.services.length !== after.services.length) return false;
  const places = new Map(before.services.map((s, i) => [serviceKey(s), i]));
  const placeOf = (s: ServiceSpec) => places.get(serviceKey(s)) ?? -1;
  const services = after.services.toSorted((a, b) => placeOf(a) - placeOf(b));
  return documentChanges(before, { ...after, services }).length === 0;
}

/** An edit that gives up: takes the tool's refusal through the keeper of the document. */
class Withdrawn extends Error {
  readonly refusal: IpvsadmRefusal;
  constructor(refusal: IpvsadmRefusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}
