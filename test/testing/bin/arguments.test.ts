import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { parseArguments } from "../../../src/testing/bin/arguments.js"

describe("the command's options", () => {
  const reads = (argv: ReadonlyArray<string>, expected: object) =>
    it(`are read: ${argv.join(" ")}`, () => {
      const plain = Either.getOrThrow(parseArguments([]))
      assert.deepStrictEqual(Either.getOrThrow(parseArguments(argv)), { ...plain, ...expected })
    })
  reads(["--seed=a=b"], { seed: "a=b" })
  reads(["--seed", "--port"], { seed: "--port" })
  reads(["--port", "65535", "--gateway-port=0"], { port: 65_535, gatewayPort: 0 })
  reads(["--audit-cap", "0"], { auditCap: 0 })
  reads(["--port", "1", "--port", "2"], { port: 2 })
  reads(["--windows=observed", "--audit", "plainClickHouse"], { windows: "observed", audit: "plainClickHouse" })
  reads(["--now=real"], { now: "real" })

  it("have the documented defaults", () => {
    assert.containsSubset(Either.getOrThrow(parseArguments([])), {
      port: 4010,
      gatewayPort: undefined,
      host: "127.0.0.1",
      windows: "meant",
      audit: "meant",
      auditCap: undefined
    })
  })

  const refuses = (argv: ReadonlyArray<string>, message: string) =>
    it(`are refused: ${argv.join(" ")}`, () => assert.deepStrictEqual(parseArguments(argv), Either.left(message)))
  for (const name of ["constructor", "__proto__", "toString"]) {
    refuses([name, "1"], `${name}: no such option; --help lists them`)
  }
  for (const port of ["65536", "-1", "1e3", " 1", "0x10", ""]) {
    refuses(["--port", port], `--port: a whole number up to 65535 is expected, not ${port}`)
  }
  for (const name of ["--host", "--world", "--faults", "--actor", "--seed"]) {
    refuses([`${name}=`], `${name}: a value is expected`)
  }

  it("give way to help, wherever it stands", () => {
    for (const help of ["--help", "-h"]) {
      assert.match(Either.getOrThrow(parseArguments(["--port", "1", help, "--pork"])).text ?? "", /--port N/)
    }
  })
})
