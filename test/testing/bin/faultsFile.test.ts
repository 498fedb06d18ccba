import { assert, describe, it } from "@effect/vitest"
import { Fault } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import { decodeFaults } from "../../../src/testing/bin/faultsFile.js"

const everything = { operation: undefined, method: undefined, path: undefined, host: undefined }

describe("a faults file", () => {
  const reads = (entry: object, expected: object) =>
    it.effect(`has ${JSON.stringify(entry)}`, () =>
      Effect.map(decodeFaults([entry]), ([read]) => assert.deepStrictEqual({ ...read }, { ...expected }))
    )
  const once = (fault: Fault.Fault) => ({ fault, matcher: everything, times: 1 })
  reads({ fault: "html", status: 599 }, once(Fault.html(599)))
  reads({ fault: "html" }, once(Fault.html()))
  reads({ fault: "redirect", location: "/x", status: 301 }, once(Fault.redirect("/x", 301)))
  reads({ fault: "html", status: 200 }, once(Fault.html(200)))
  reads({ fault: "redirect", location: "/x", status: 300 }, once(Fault.redirect("/x", 300)))
  reads({ fault: "status", status: 200 }, once(Fault.status(200)))
  reads({ fault: "delay", millis: 0 }, once(Fault.delay(0)))
  const { cutBody, loseAfter, loseBefore, refuseConnection, stallBody } = Fault
  for (const [name, fault] of Object.entries({ cutBody, loseAfter, loseBefore, refuseConnection, stallBody }))
    reads({ fault: name }, once(fault))
  reads({ fault: "delay", millis: 5 }, once(Fault.delay(5)))
  reads(
    { fault: "status", status: 418, message: "tea", headers: { a: "b" }, acts: true },
    once(Fault.status(418, { message: "tea", headers: { a: "b" }, acts: true }))
  )
  const matcher = { operation: "checkAuthz", method: "POST", path: "/v1/authz/check", host: "gateway" } as const
  reads({ fault: "loseBefore", ...matcher, times: "every" }, { fault: Fault.loseBefore, matcher, times: Infinity })

  const refuses = (entry: object, field: string) =>
    it.effect(`has no ${JSON.stringify(entry)}`, () =>
      Effect.map(Effect.flip(decodeFaults([{ fault: "loseAfter" }, entry])), ({ message }) =>
        assert.include(message, `faults: 1.${field} `)
      )
    )
  refuses({ fault: "loseAfter", times: 0 }, "times")
  refuses({ fault: "loseAfter", times: 1.5 }, "times")
  refuses({ fault: "redirect", location: "/x", status: 299 }, "status")
  refuses({ fault: "redirect", location: "/x", status: 400 }, "status")
  refuses({ fault: "status", status: 199 }, "status")
  refuses({ fault: "status", status: 600 }, "status")
  refuses({ fault: "html", status: 600 }, "status")
  refuses({ fault: "delay", millis: -1 }, "millis")
  refuses({ fault: "loseAfter", host: "elsewhere" }, "host")
  refuses({ fault: "loseAfter", colour: "red" }, "colour")
  for (const name of ["x y", "", "x:", "é", "x\n"])
    refuses({ fault: "status", status: 503, headers: { a: "b", [name]: "c" } }, `headers.${name}`)
  for (const value of ["a\nb", "a\rb", "é", "→", "\u0000", "\u007f"]) {
    refuses({ fault: "status", status: 503, headers: { a: value } }, "headers.a")
    refuses({ fault: "redirect", location: `https://elsewhere.example/${value}` }, "location")
  }
  const headers = { "x-a_b.c!~": " !~\t", Location: "" }
  reads({ fault: "status", status: 503, headers }, once(Fault.status(503, { headers })))
})
