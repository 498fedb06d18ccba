/**
 * The request of an operation: all of it is checked before any of it is sent.
 */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import type { InputIssue } from "../../errors/ClientError.js"
import type { Kernel } from "./kernel.js"
import type { Host, Input, Method, Operation } from "./operation.js"
import { fillPath } from "./path.js"
import { queryString } from "./query.js"
import { version } from "./version.js"

/** Makes the request of a call, or says everything that is wrong with its input. */
export type Prepare = <Path extends string, Query, Body, A, E>(
  operation: Operation<Path, Query, Body, A, E>,
  input: Input<Path, Query, Body>
) => Effect.Effect<HttpClientRequest.HttpClientRequest, ReadonlyArray<InputIssue>>

const noQuery = Either.right({})

/** For the hosts and the key of a kernel. */
export const makePrepare = (kernel: Kernel): Prepare => {
  const common = {
    accept: "application/json",
    "accept-encoding": "identity",
    "user-agent": `effect-wacht/${version}`
  }
  const headers: Readonly<Record<Host, Readonly<Record<string, string>>>> = {
    platform: { ...common, authorization: `Bearer ${Redacted.value(kernel.apiKey)}` },
    // The credential that the gateway judges stands in the body; it takes no other.
    gateway: common
  }

  /** By host and method, with all headers that are the same for every request. */
  const templates = new Map<string, HttpClientRequest.HttpClientRequest>()
  const template = (host: Host, method: Method): HttpClientRequest.HttpClientRequest => {
    const name = `${method} ${host}`
    const known = templates.get(name)
    if (known !== undefined) return known
    const made = HttpClientRequest.make(method)("", { headers: headers[host] })
    templates.set(name, made)
    return made
  }

  return (operation, input) => {
    const path = fillPath(operation.path, input.path ?? {}, operation.ids)
    const query =
      operation.query === undefined || input.query === undefined ? noQuery : operation.query.encode(input.query)
    const issues = [...(Either.isLeft(path) ? path.left : []), ...(Either.isLeft(query) ? query.left : [])]
    const request =
      Either.isLeft(path) || Either.isLeft(query)
        ? Either.left(issues)
        : Either.right(
            HttpClientRequest.setUrl(
              template(operation.host, operation.method),
              kernel.baseUrls[operation.host] + path.right + queryString(query.right)
            )
          )
    if (operation.body === undefined || input.body === undefined) return request
    return Effect.matchEffect(operation.body.encode(input.body), {
      onFailure: (more) => Effect.fail([...issues, ...more]),
      onSuccess: (body) => Either.map(request, HttpClientRequest.setBody(body))
    })
  }
}
