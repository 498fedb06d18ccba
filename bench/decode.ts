// Decoding alone: JSON.parse against JSON.parse and decode, in this process.
import { Schema } from "effect"
import * as Lists from "../dist/schemas/internal/lists.js"
import { compileDecoder } from "../dist/schemas/internal/decoder.js"
import { ApiAuditLogPage } from "../dist/schemas/Page.js"
import { parseLossless } from "../dist/services/internal/losslessJson.js"
import { answers } from "./answers.js"
import { rounds } from "./rounds.js"
const sync = (name: string, f: () => unknown) => ({
  name,
  run: async (times: number) => {
    for (let i = 0; i < times; i++) f()
  }
})
for (const [name, text, schema] of [
  ["audit", answers.auditPage, ApiAuditLogPage],
  ["keys", answers.keys, Lists.ApiKeyList]
] as const) {
  const decode = compileDecoder(schema as never)
  const slow = Schema.decodeUnknownEither(schema as never)
  const m = await rounds(
    [
      sync("parse", () => JSON.parse(text)),
      sync("parse lossless", () => parseLossless(text)),
      sync("parse+decode", () => decode(JSON.parse(text))),
      sync("lossless+decode", () => decode(parseLossless(text))),
      sync("schema", () => slow(JSON.parse(text)))
    ],
    { rounds: 15, times: name === "audit" ? 10 : 60, atOnce: 1 }
  )
  for (const o of m)
    console.log(name, o.name.padEnd(20), o.micros.toFixed(0), o.ratio.toFixed(2), "cpu", o.cpuRatio.toFixed(2))
}
