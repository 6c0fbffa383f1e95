/** Something the operator of the lab can act on. Grammar: `Cannot do what: current, wanted wanted`. */
export class LabError extends Error {
  override readonly name = "LabError";
}
