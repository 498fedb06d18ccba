import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { entryPoints, execute, pack, type Packed, root } from "./packed.js"

let packed: Packed
beforeAll(async () => {
  packed = await pack()
}, 180_000)
afterAll(() => packed?.remove())

/** effect's own declarations check from 5.7 on; before, only without a look into libraries. */
const compilers = [
  { folder: "typescript-5.4", version: "5.4.5", skipLibCheck: true },
  { folder: "typescript-5.7", version: "5.7.3", skipLibCheck: false },
  { folder: "typescript", version: "5.9.3", skipLibCheck: false },
  { folder: "typescript-7", version: "7.0.2", skipLibCheck: false }
]

const consumer = (names: ReadonlyArray<string>): string => {
  const imports = names.map((name, index) => `import * as entry${index} from "${name}"`)
  return `${imports.join("\n")}
import { ApiKeys, Gateway, OAuth, Policy, Wacht, WachtError } from "effect-wacht"
import type { ApiKeyWithSecret } from "effect-wacht/schemas"
import type { NotFoundError, ValidationError } from "effect-wacht/errors"
import { Emulator } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import type * as ConfigError from "effect/ConfigError"
import type * as HttpClient from "@effect/platform/HttpClient"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
type IsAny<A> = 0 extends 1 & A ? true : false
const holds = <T extends true>(value: T): T => value
const fails = <T extends false>(value: T): T => value

export const entries = [${names.map((_, index) => `entry${index}`).join(", ")}]

// Nothing of the surface is lost to a declaration that cannot be found.
fails<IsAny<ApiKeys.Service["createApiKey"]>>(false)
fails<IsAny<OAuth.Service["createOAuthApp"]>>(false)
fails<IsAny<Gateway.Service["checkAuthz"]>>(false)
fails<IsAny<Emulator.Service["state"]>>(false)
fails<IsAny<Effect.Effect.Success<Emulator.Service["state"]>>>(false)
fails<IsAny<Policy.RetryOptions>>(false)
fails<IsAny<ApiKeyWithSecret["id"]>>(false)

export const rotate = Effect.gen(function* () {
  const keys = yield* ApiKeys.ApiKeys
  const key: ApiKeyWithSecret = yield* keys.createApiKey("reports", { name: "nightly" })
  return yield* keys.rotateApiKey("reports", key.id).pipe(Policy.attemptTimeout("5 seconds"))
})
type Failure = Effect.Effect.Error<typeof rotate>
holds<Equals<Failure, NotFoundError | ValidationError | WachtError.UnsafeCallError>>(true)
holds<Equals<Effect.Effect.Context<typeof rotate>, ApiKeys.ApiKeys>>(true)

export const live = Wacht.layer({ apiKey: Redacted.make("key") })
holds<
  Equals<typeof live, Layer.Layer<Wacht.Services, ConfigError.ConfigError, HttpClient.HttpClient>>
>(true)

export const tested: Effect.Effect<ApiKeyWithSecret, Failure | Emulator.EmulatorConfigError> = Effect.provide(
  rotate,
  Emulator.layerWacht()
)

// @ts-expect-error a key's id is no plain text
export const unbranded = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.rotateApiKey("reports", "1"))
`
}

/** What a library exports without naming its types, as the README's programs do: each has to be found by some name. */
const library = `
import { ApiKeys, Gateway, OAuth, Policy, Schemas, WachtClient } from "effect-wacht"
import { AuditPosition } from "effect-wacht/schemas"
import { Emulator, Fault, Rules } from "effect-wacht/testing"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

export const find = (slug: string) => Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.getApiAuthApp(slug))
export const create = Effect.flatMap(ApiKeys.ApiKeys, (keys) => keys.createApiKey("reports", { name: "nightly" }))
export const keep = Effect.flatMap(OAuth.OAuth, (oauth) => Policy.retryTransient()(oauth.listOAuthClients("app")))
export const check = (token: string) =>
  Effect.flatMap(Gateway.Gateway, (gateway) =>
    gateway.checkAuthz({ principal: { type: "api_key", value: Redacted.make(token) }, resource: "/", method: "GET" })
  )
export const rows = ApiKeys.streamApiAuditLogs("reports")
export const reconciled = ApiKeys.createApiKeyReconciled("reports", { name: "nightly" })
export const app = OAuth.createOAuthAppReconciled({ slug: "a", name: "A" })
export const free = Effect.flatMap(WachtClient.WachtClient, (client) =>
  client.request({ method: "GET", path: "/health", response: Schema.Void, safety: "safe" })
)
type ById = WachtClient.RequestOptions<"/sessions/{id}", string, string, "safe">
export const traced = (options: ById) => ({ ...options, query: { trace: true } })
export const asked = (options: WachtClient.RequestOptions<"/sessions", string, string, "safe">) => [options, options.query] as const
export const anyTraced = <Path extends \`/\${string}\`, A, I>(options: WachtClient.RequestOptions<Path, A, I, "safe">) => ({
  ...options,
  query: { trace: true }
})
export const Stored = Schema.Struct({ client: Schemas.OAuthClient, schemes: Schema.Array(Schemas.RateLimitScheme) })
export const Key = Schemas.ApiKey
export const fields = Schemas.ApiKey.fields
export const unit = (rule: Schemas.RateLimitRule) => rule.unit
export const lost = Fault.loseAfter
export const requests = Effect.flatMap(Rules.Rules, (rules) => rules.requests)
export const newestFirst = Order.reverse(AuditPosition.Order)
export const state = Effect.flatMap(Emulator.Emulator, (emulator) => emulator.state)
export const auditRows = Effect.map(state, ({ auditRows }) => auditRows)
export const apps = Effect.map(state, ({ oauthApps }) => oauthApps.get("a"))
export const settings = Effect.map(state, ({ options }) => options)
export const members = Effect.map(state, ({ organizationMemberships }) => organizationMemberships)
export const hosts = Effect.map(
  Effect.flatMap(Emulator.Emulator, (emulator) => emulator.requests),
  (seen) => seen.map(({ host }) => host)
)
export const world = (snapshot: Emulator.Snapshot) => snapshot.world
export const operation = Rules.operation
export const budgetOf = (options: Policy.RetryOptions) => options.budget
export const execute = Effect.map(WachtClient.WachtClient, (client) => client.execute)
`

/** The same of libraries that use one module each: what a declaration needs has to have a name there. */
const libraries: Readonly<Record<string, string>> = {
  "emulator.mts": `
import { Emulator } from "effect-wacht/testing"
import * as Effect from "effect/Effect"

export const steering = Effect.map(Emulator.Emulator, ({ failEvery, failNext, restore }) => ({ failEvery, failNext, restore }))
export const { clearFaults, requests, snapshot, state } = Effect.serviceConstants(Emulator.Emulator)
`,
  "fault.mts": `
import { Fault } from "effect-wacht/testing"

export const faults = { ...Fault }
export const ofGateway = (matcher: Fault.Matcher) => ({ ...matcher, host: "gateway" })
export const condition = (matcher: Fault.Matcher) => matcher.when
`,
  "rules.mts": `
import { Rules } from "effect-wacht/testing"
import * as Effect from "effect/Effect"

export const rules = { ...Rules }
export const created = Rules.operation("createApiKey")
export const seen = Effect.flatMap(Rules.Rules, ({ requests }) => requests)
`,
  "fixtures.mts": `
import { Fixtures } from "effect-wacht/testing"

export const fixtures = { ...Fixtures }
`
}

const options = {
  target: "ES2022",
  module: "NodeNext",
  lib: ["ES2022", "DOM"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  types: []
}

describe("the declarations of the package", () => {
  for (const { folder, skipLibCheck, version } of compilers) {
    it(`check, and can be named by a library's own, under TypeScript ${version}${skipLibCheck ? ", libraries skipped" : ""}`, async () => {
      const manifest = JSON.parse(readFileSync(join(root, "node_modules", folder, "package.json"), "utf8"))
      assert.strictEqual(manifest.version, version)
      writeFileSync(join(packed.project, "consumer.mts"), consumer(entryPoints(packed.manifest)))
      const sources = { "library.mts": library, ...libraries }
      for (const [name, source] of Object.entries(sources)) writeFileSync(join(packed.project, name), source)
      const config = join(packed.project, `tsconfig-${version}.json`)
      const outDir = `out-${version}`
      const emit = { declaration: true, emitDeclarationOnly: true, rootDir: ".", outDir }
      const compilerOptions = { ...options, ...emit, skipLibCheck }
      writeFileSync(config, JSON.stringify({ compilerOptions, files: ["consumer.mts", ...Object.keys(sources)] }))
      const compiler = join(root, "node_modules", folder, "bin/tsc")
      const { stdout } = await execute(process.execPath, [compiler, "-p", config]).catch((cause) => cause)
      assert.strictEqual(stdout, "")
      const emitted = (name: string) => readFileSync(join(packed.project, outDir, name), "utf8")
      assert.include(emitted("library.d.mts"), "export declare const rows")
      // by its name, not field by field
      assert.match(emitted("rules.d.mts"), /created: Rules\.Matcher<\S+\.ApiKeyWithSecret>/)
    }, 240_000)
  }

  it("are found at the root by a resolver that reads no exports", async () => {
    const source = `import { ApiKeys } from "effect-wacht"\nexport const name: "createApiKey" & keyof ApiKeys.Service = "createApiKey"\n`
    writeFileSync(join(packed.project, "node10.ts"), source)
    const config = join(packed.project, "tsconfig-node10.json")
    const compilerOptions = {
      ...options,
      noEmit: true,
      module: "ES2022",
      moduleResolution: "node10",
      skipLibCheck: true
    }
    writeFileSync(config, JSON.stringify({ compilerOptions, files: ["node10.ts"] }))
    const compiler = join(root, "node_modules/typescript/bin/tsc")
    const { stdout } = await execute(process.execPath, [compiler, "-p", config]).catch((cause) => cause)
    assert.strictEqual(stdout, "")
  }, 240_000)

  it("are checked by this project with its own compiler", async () => {
    const { stdout } = await execute(join(root, "node_modules/.bin/tsc"), ["--version"])
    assert.strictEqual(stdout.trim(), "Version 5.9.3")
  })
})
