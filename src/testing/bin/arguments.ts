/** The command's options. */
import * as Either from "effect/Either"
import { version } from "../../services/internal/version.js"
import * as Moment from "../emulator/Moment.js"

export interface Arguments {
  readonly port: number
  /** The gateway's own; `undefined`: both are on `port`. */
  readonly gatewayPort: number | undefined
  readonly host: string
  readonly world: string | undefined
  /** Where the clock starts; `undefined`: where the world was recorded, else the real time. */
  readonly now: Moment.Moment | "real" | undefined
  readonly faults: string | undefined
  readonly actor: string | undefined
  readonly windows: "meant" | "observed"
  readonly audit: "meant" | "plainClickHouse"
  readonly auditCap: number | undefined
  readonly seed: string | undefined
  /** What is printed, and then nothing is served. */
  readonly text: string | undefined
}

const usage = `effect-wacht-emulator: the Wacht API for tests, platform and gateway

  --port N          the port to listen on (4010; 0 takes a free one)
  --gateway-port N  a port for the gateway alone; left out, both are on one, and an unknown path without a credential
                    counts as the gateway's
  --host ADDRESS    the address to bind (127.0.0.1)
  --world FILE      a world.json instead of the built-in world; its audit.rows_file is read beside it
  --now TIME        where the clock starts with the first request, RFC 3339, or "real"; by default the world's
                    recorded_from, else the real time
  --faults FILE     faults from the start: a JSON array, see docs/emulator.md
  --actor NAME      whose credential is printed: a name in the world's actors
  --windows MODE    how rate limits count: meant (sliding windows) or observed (with the server's quirks)
  --audit MODE      meant, or plainClickHouse (the audit routes' 500s of an unmodified database)
  --audit-cap N     how many audit rows are kept (100000)
  --seed TEXT       ids, secrets and keys that repeat from run to run, instead of random ones
  --help            this text
  --version         the version of the package
`

type Result<A> = Either.Either<A, string>

const wholeNumber =
  (most: number) =>
  (option: string, text: string): Result<number> => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    return value <= most
      ? Either.right(value)
      : Either.left(`${option}: a whole number up to ${most} is expected, not ${text}`)
  }
const anyText = (option: string, text: string): Result<string> =>
  text === "" ? Either.left(`${option}: a value is expected`) : Either.right(text)
const oneOf =
  <const A extends string>(...values: ReadonlyArray<A>) =>
  (option: string, text: string): Result<A> => {
    const found = values.find((value) => value === text)
    return found === undefined
      ? Either.left(`${option}: ${values.join(" or ")} is expected, not ${text}`)
      : Either.right(found)
  }
const time = (option: string, text: string): Result<Moment.Moment | "real"> => {
  const moment = text === "real" ? text : Moment.parse(text)
  return moment === undefined
    ? Either.left(`${option}: an RFC 3339 time with an offset, or "real", is expected, not ${text}`)
    : Either.right(moment)
}

const readers: Readonly<Record<string, (option: string, text: string) => Result<Partial<Arguments>>>> = {
  "--port": (option, text) => Either.map(wholeNumber(65_535)(option, text), (port) => ({ port })),
  "--gateway-port": (option, text) => Either.map(wholeNumber(65_535)(option, text), (gatewayPort) => ({ gatewayPort })),
  "--host": (option, text) => Either.map(anyText(option, text), (host) => ({ host })),
  "--world": (option, text) => Either.map(anyText(option, text), (world) => ({ world })),
  "--now": (option, text) => Either.map(time(option, text), (now) => ({ now })),
  "--faults": (option, text) => Either.map(anyText(option, text), (faults) => ({ faults })),
  "--actor": (option, text) => Either.map(anyText(option, text), (actor) => ({ actor })),
  "--windows": (option, text) => Either.map(oneOf("meant", "observed")(option, text), (windows) => ({ windows })),
  "--audit": (option, text) => Either.map(oneOf("meant", "plainClickHouse")(option, text), (audit) => ({ audit })),
  "--audit-cap": (option, text) =>
    Either.map(wholeNumber(Number.MAX_SAFE_INTEGER)(option, text), (auditCap) => ({ auditCap })),
  "--seed": (option, text) => Either.map(anyText(option, text), (seed) => ({ seed }))
}

const defaults: Arguments = {
  port: 4010,
  gatewayPort: undefined,
  host: "127.0.0.1",
  world: undefined,
  now: undefined,
  faults: undefined,
  actor: undefined,
  windows: "meant",
  audit: "meant",
  auditCap: undefined,
  seed: undefined,
  text: undefined
}

/** Reads `--name value` and `--name=value`; the first complaint, naming the option, otherwise. */
export const parseArguments = (argv: ReadonlyArray<string>): Result<Arguments> => {
  let parsed = defaults
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? ""
    if (argument === "--help" || argument === "-h") return Either.right({ ...defaults, text: usage })
    if (argument === "--version") return Either.right({ ...defaults, text: `${version}\n` })
    const at = argument.indexOf("=")
    const option = at < 0 ? argument : argument.slice(0, at)
    const reader = Object.hasOwn(readers, option) ? readers[option] : undefined
    if (reader === undefined) return Either.left(`${argument}: no such option; --help lists them`)
    const value = at < 0 ? argv[++index] : argument.slice(at + 1)
    if (value === undefined) return Either.left(`${option}: a value is expected`)
    const read = reader(option, value)
    if (Either.isLeft(read)) return Either.left(read.left)
    parsed = { ...parsed, ...read.right }
  }
  return Either.right(parsed)
}
