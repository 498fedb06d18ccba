import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import * as Apps from "./cases/apps.js"
import * as Clients from "./cases/clients.js"
import { recordedWorld, refusal, send } from "./harness.js"

interface Listed {
  readonly status: number
  readonly message: string
}
interface ListedRoute {
  readonly id: string
  readonly path: string
  readonly errors: ReadonlyArray<Listed>
}
const contract: { readonly routes: ReadonlyArray<ListedRoute> } = JSON.parse(
  readFileSync(new URL("../../../contract/contract.json", import.meta.url), "utf8")
)

const cases = { ...Apps.cases, ...Clients.cases }

for (const [operation, list] of Object.entries(cases)) {
  describe(operation, () => {
    it.effect("refuses what the contract says it refuses", () =>
      Effect.gen(function* () {
        for (const { first = [], message, send: request, status } of list) {
          const world = yield* recordedWorld()
          for (const earlier of first) {
            const made = yield* send(world, ...earlier)
            assert.isBelow(made.status, 300, JSON.stringify(made.body))
          }
          const answer = yield* send(world, ...request)
          const [method, path, input] = request
          const label = `${method} ${path} ${JSON.stringify(input ?? {}).slice(0, 300)}`
          assert.deepStrictEqual(refusal(answer), [status, message], label)
          assert.deepStrictEqual(answer.body, { errors: [{ message, code: status }] }, label)
        }
      })
    )
  })
}

describe("the tables of refusals", () => {
  /** Authentication comes before the routes, which are tested here on their own. */
  const isAboutTheRoute = ({ status }: Listed) => status !== 401 && status !== 429
  /** Not to be had from one request after the other. */
  const unreachable = (route: string, { message, status }: Listed) =>
    (route === "rotateOAuthAppSigningKey" && status === 409) ||
    (route === "listOAuthApps" && message === "Something went wrong")

  it("hold every error that the contract lists under /oauth", () => {
    const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    const pattern = (text: string) =>
      new RegExp(
        `^(?:${text
          .split(" | ")
          .map((one) => literal(one).replace(/\\\{\w+\\\}/g, ".*"))
          .join("|")})$`,
        "s"
      )
    const missing: Array<string> = []
    for (const route of contract.routes.filter(({ path }) => path.startsWith("/oauth"))) {
      for (const error of route.errors.filter(isAboutTheRoute)) {
        // a text that the contract itself breaks off with dots
        const wanted = pattern(error.message.replace("Cloudflare API errors: ...", "Cloudflare API errors: {text}"))
        const found = cases[route.id]?.some((one) => one.status === error.status && wanted.test(one.message))
        if (found !== true && !unreachable(route.id, error))
          missing.push(`${route.id} ${error.status} ${error.message}`)
      }
    }
    assert.deepStrictEqual(missing, [])
  })
})
