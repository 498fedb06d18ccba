/** The OAuth routes over a world, without the layers around them: a request goes straight to its handler. */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import * as Answer from "../../../../src/testing/emulator/Answer.js"
import { Failure } from "../../../../src/testing/emulator/Failure.js"
import * as Moment from "../../../../src/testing/emulator/Moment.js"
import * as Routing from "../../../../src/testing/emulator/Route.js"
import { routes } from "../../../../src/testing/emulator/oauth/routes.js"
import { fromFile } from "../../../../src/testing/emulator/seed.js"
import type { Deployment, Options, World } from "../../../../src/testing/emulator/World.js"
import { defaultOptions, stamp } from "../../../../src/testing/emulator/World.js"

const file: unknown = JSON.parse(readFileSync(new URL("../../../contract/world.json", import.meta.url), "utf8"))

/** The world of the recordings. Its deployments are named by those who act in them: `owner`, `prod`, `noplan`, `deleted`. */
export const recordedWorld = (options: Partial<Options> = {}) => fromFile(file, { ...defaultOptions, ...options })

export interface Sent {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

export interface Input {
  readonly json?: unknown
  readonly form?: ReadonlyArray<FormPart>
  readonly body?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  readonly actor?: string
}

export interface FormPart {
  readonly name: string
  readonly value: string
  readonly type?: string
}

const formBody = (parts: ReadonlyArray<FormPart>): string =>
  parts
    .map(({ name, type, value }) => {
      const disposition = `Content-Disposition: form-data; name="${name}"${type === undefined ? "" : '; filename="f"'}`
      return `--b\r\n${disposition}\r\n${type === undefined ? "" : `Content-Type: ${type}\r\n`}\r\n${value}\r\n`
    })
    .join("") + "--b--\r\n"

/** A form of plain text parts. */
export const form = (fields: Readonly<Record<string, string>>): ReadonlyArray<FormPart> =>
  Object.entries(fields).map(([name, value]) => ({ name, value }))

const find = Routing.router(routes)

const deploymentOf = (world: World, actor: string): Deployment => {
  for (const key of world.backendKeys.values()) {
    const deployment = key.actor === actor ? world.deployments.get(key.deploymentId) : undefined
    if (deployment !== undefined) return deployment
  }
  throw new Error(`no actor ${actor}`)
}

const bytesOf = ({ body, form: parts, json }: Input): Uint8Array => {
  if (body instanceof Uint8Array) return body
  const text = body ?? (parts === undefined ? undefined : formBody(parts))
  return new TextEncoder().encode(text ?? (json === undefined ? "" : JSON.stringify(json)))
}

const headersOf = ({ form: parts, headers, json }: Input): Readonly<Record<string, string>> => {
  if (parts !== undefined) return { "content-type": "multipart/form-data; boundary=b", ...headers }
  return json === undefined ? { ...headers } : { "content-type": "application/json", ...headers }
}

const answer = (world: World, method: string, path: string, input: Input) =>
  Effect.gen(function* () {
    const match = find(method, path)
    if (match instanceof Failure) return Answer.fromFailure(match)
    const params = Routing.params(match.raw)
    if (params instanceof Failure) return Answer.fromFailure(params)
    const moment = stamp(world, yield* Moment.now)
    const call = {
      method,
      path,
      query: "",
      headers: headersOf(input),
      body: bytesOf(input),
      clientAddress: "127.0.0.1",
      world,
      moment,
      now: moment,
      deployment: deploymentOf(world, input.actor ?? "owner"),
      params
    }
    return yield* Effect.match(match.route.handle(call), { onFailure: Answer.fromFailure, onSuccess: (ok) => ok })
  })

/** Sends one request; `body` comes back parsed. */
export const send = (world: World, method: string, path: string, input: Input = {}): Effect.Effect<Sent> =>
  Effect.map(answer(world, method, path, input), ({ body, headers, status }) => ({
    status,
    headers,
    body: body === "" ? undefined : JSON.parse(body)
  }))

/** The status and the words of a refusal; the words are undefined where there is none. */
export const refusal = ({ body, status }: Sent): readonly [status: number, message: string | undefined] => [
  status,
  (body as { readonly errors?: ReadonlyArray<{ readonly message: string }> } | undefined)?.errors?.[0]?.message
]

/** The members of an answer that has to be a success. */
export interface Shown {
  readonly [name: string]: unknown
}
export const shown = (answer: { readonly status: number; readonly body: unknown }): Shown => {
  assert.strictEqual(answer.status, 200, JSON.stringify(answer.body))
  return answer.body as Shown
}

/** What a list of the seeded app holds, by the last word of its path or another one. */
export const list = (world: World, of: string, path = `/oauth/apps/seeded/${of}`) =>
  Effect.map(send(world, "GET", path), (answer) => shown(answer)[of.split("/").at(-1) ?? ""] as ReadonlyArray<Shown>)
