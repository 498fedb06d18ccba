import * as v8 from "node:v8"
import * as vm from "node:vm"

v8.setFlagsFromString("--expose-gc")

/** Collects all garbage, in a process that was not started for it too. */
export const collectGarbage: () => void = vm.runInNewContext("gc")
