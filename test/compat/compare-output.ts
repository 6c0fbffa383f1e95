/** What reading commands of the tool printed, beside what they would print of ours. */
import type { DocumentSpec } from "@tandem/model";
import type { IpvsadmCommand } from "../../packages/cli/src/ipvsadm/command.ts";
import { editDocument, isEdit } from "../../packages/cli/src/ipvsadm/edit.ts";
import { isRefusal, parseIpvsadm } from "../../packages/cli/src/ipvsadm/parse.ts";
import { compareTable } from "./compare-table.ts";
import { type Director, NO_SERVICES } from "./director.ts";
import { readListedEntry } from "./entries.ts";
import type { Place } from "./ledger.ts";
import { listServices, readListing } from "./listing.ts";
import type { Scene } from "./scene.ts";

/** Compare what a command printed when it was recorded with what it would print of ours. False: it differs. */
export function compareOutput(stdout: string, command: IpvsadmCommand, at: Place, scene: Scene): boolean {
  const { director, ledger } = scene;
  const place: Place = { ...at, what: "listing" };
  if (command.name === "save") return ledger.compare({ ...place, ...savedBeside(stdout, director) });
  if (command.name !== "list") return true;
  if (command.what === "timeout")
    return ledger.compare({ ...place, wanted: [stdout.trim()], got: [timeoutLine(director)] });
  if (command.what === "daemon") return ledger.compare({ ...place, wanted: [stdout.trim()], got: [""] });
  if (command.what === "connections") {
    const theirs = stdout
      .split("\n")
      .map(readListedEntry)
      .filter((e) => e !== undefined);
    return compareTable(theirs, place, scene);
  }
  const wanted = readListing(stdout, command.view).toSorted();
  return ledger.compare({
    ...place,
    wanted,
    got: listServices(director, command.view, command.service).toSorted(),
  });
}

function timeoutLine({ spec }: Director): string {
  const { tcp, udp } = spec.settings.timeouts;
  return `Timeout (tcp tcpfin udp): ${tcp?.established ?? 900} ${tcp?.finWait ?? 120} ${udp?.lasting ?? 300}`;
}

/** The saved lines, carried out on an empty document, beside ours. Thresholds are not saved, and the order is the tool's. */
function savedBeside(stdout: string, director: Director) {
  const lines = stdout.split("\n").filter((line) => line.trim() !== "");
  const saved = lines.reduce((document, line) => {
    const command = parseIpvsadm(line.trim().split(/\s+/));
    if (isRefusal(command) || !isEdit(command)) return document;
    const edited = editDocument(document, command);
    return isRefusal(edited) ? document : edited.document;
  }, NO_SERVICES);
  return { wanted: saveLines(saved), got: saveLines(director.spec) };
}

function saveLines({ services }: DocumentSpec): string[] {
  return services
    .flatMap(({ destinations, ...service }) => [
      JSON.stringify(service),
      ...destinations.map((d) => {
        const { upperThreshold: _u, lowerThreshold: _l, ...saved } = d;
        return `${service.protocol} ${service.address} ${service.port} ${service.mark} ${JSON.stringify(saved)}`;
      }),
    ])
    .toSorted();
}
