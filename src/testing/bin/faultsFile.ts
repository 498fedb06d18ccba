/** Faults as a JSON file: `[{ "fault": "loseAfter", "operation": "rotateApiKey", "times": 1 }]`. */
import * as Effect from "effect/Effect"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { type OperationName, operationNames } from "../emulator/operationNames.js"
import { EmulatorConfigError } from "../emulator/seed.js"
import * as Fault from "../Fault.js"

const Operation = Schema.String.pipe(
  Schema.filter((name): name is OperationName => operationNames.some((known) => known === name), {
    description: "the name of an operation"
  })
)

/** What a server can write: it would answer an empty 500 in the place of anything else. */
const HeaderName = Schema.String.pipe(
  Schema.filter((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name), { description: "the name of a header" })
)
const HeaderValue = Schema.String.pipe(
  Schema.filter((value) => /^[\t\x20-\x7e]*$/.test(value), { description: "a line of visible ASCII" })
)

const Entry = Schema.extend(
  // One each of those without settings: only then does a refusal of another kind name them too.
  Schema.Union(
    Schema.Struct({
      fault: Schema.Literal("status"),
      status: Schema.Int.pipe(Schema.between(200, 599)),
      message: Schema.optional(Schema.String),
      headers: Schema.optional(Schema.Record({ key: HeaderName, value: HeaderValue })),
      acts: Schema.optional(Schema.Boolean)
    }),
    Schema.Struct({
      fault: Schema.Literal("html"),
      status: Schema.optional(Schema.Int.pipe(Schema.between(200, 599)))
    }),
    Schema.Struct({
      fault: Schema.Literal("redirect"),
      location: HeaderValue,
      status: Schema.optional(Schema.Int.pipe(Schema.between(300, 399)))
    }),
    Schema.Struct({ fault: Schema.Literal("delay"), millis: Schema.NonNegative }),
    Schema.Struct({ fault: Schema.Literal("refuseConnection") }),
    Schema.Struct({ fault: Schema.Literal("loseBefore") }),
    Schema.Struct({ fault: Schema.Literal("loseAfter") }),
    Schema.Struct({ fault: Schema.Literal("stallBody") }),
    Schema.Struct({ fault: Schema.Literal("cutBody") })
  ),
  Schema.Struct({
    operation: Schema.optional(Operation),
    method: Schema.optional(Schema.String),
    path: Schema.optional(Schema.String),
    host: Schema.optional(Schema.Literal("platform", "gateway")),
    times: Schema.optionalWith(Schema.Union(Schema.Int.pipe(Schema.positive()), Schema.Literal("every")), {
      default: () => 1
    })
  })
)
type Entry = typeof Entry.Type

export interface FaultEntry {
  readonly fault: Fault.Fault
  readonly matcher: Fault.Matcher
  readonly times: number
}

const toFault = (entry: Entry): Fault.Fault => {
  switch (entry.fault) {
    case "status":
      return Fault.status(entry.status, entry)
    case "html":
      return Fault.html(entry.status)
    case "redirect":
      return Fault.redirect(entry.location, entry.status)
    case "delay":
      return Fault.delay(entry.millis)
    case "refuseConnection":
      return Fault.refuseConnection
    case "loseBefore":
      return Fault.loseBefore
    case "loseAfter":
      return Fault.loseAfter
    case "stallBody":
      return Fault.stallBody
    case "cutBody":
      return Fault.cutBody
  }
}

export const decodeFaults = (json: unknown): Effect.Effect<ReadonlyArray<FaultEntry>, EmulatorConfigError> =>
  Schema.decodeUnknown(Schema.Array(Entry.annotations({ identifier: "fault" })), { onExcessProperty: "error" })(
    json
  ).pipe(
    Effect.mapError((error) => {
      const [issue] = ParseResult.ArrayFormatter.formatErrorSync(error)
      const field = issue?.path.length ? `${issue.path.map(String).join(".")} ` : ""
      return new EmulatorConfigError({ message: `faults: ${field}${issue?.message ?? "cannot be read"}` })
    }),
    Effect.map((entries) =>
      entries.map((entry) => ({
        fault: toFault(entry),
        matcher: { operation: entry.operation, method: entry.method, path: entry.path, host: entry.host },
        times: entry.times === "every" ? Number.POSITIVE_INFINITY : entry.times
      }))
    )
  )
