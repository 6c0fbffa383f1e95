/** What hosts were called while a recording was made: a listing with names, laid beside the same one without. */

/** Ends of services and real servers, in order: `10.0.0.1:80`, `[vip6.example.test]:http`, or what was left of one that is too long. */
const endsOf = (listing: string): string[] =>
  [...listing.matchAll(/^(?:(?:TCP|UDP|SCTP) +| {2}-> (?!RemoteAddress))(\S+)/gm)].map((match) => match[1]!);

/** A name that is longer than its column is cut, and has no port then. */
const hostIn = (end: string): string => end.replace(/:[^:\]]*$/, "").replace(/^\[(.*)\]$/, "$1");
const isNumeric = (end: string): boolean => /^[\d.]+$|:.*:/.test(hostIn(end));
const isNamed = (end: string): boolean => !isNumeric(end) && hostIn(end) !== "localhost";

/** Whether a listing has names of hosts that not every host knows. */
export const hasNames = (listing: string): boolean =>
  /^ {2}-> RemoteAddress:Port/m.test(listing) && endsOf(listing).some(isNamed);

/** What may stand behind the part of a name that was shown. */
const REST = "name.example.test";

/** Names by address, of a listing with and of one without. Where they are not of one table, none. */
export function namesIn(named: string, numeric: string): ReadonlyMap<string, string> {
  const [shown, known] = [endsOf(named), endsOf(numeric)];
  if (shown.length !== known.length) return new Map();
  return new Map(
    shown.flatMap((end, i) => {
      const host = hostIn(end);
      return isNamed(end) ? [[hostIn(known[i]!), end === host ? host + REST : host] as const] : [];
    }),
  );
}
