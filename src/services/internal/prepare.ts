/**
 * The request of an operation: all of it is checked before any of it is sent.
 */
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import type { InputIssue } from "../../errors/ClientError.js"
import type { Kernel } from "./kernel.js"
import type { Host, Input, Operation } from "./operation.js"
import { fillPath } from "./path.js"
import { queryString } from "./query.js"
import type { EncodeBody } from "./requestBody.js"
import { version } from "./version.js"

/** Makes the request of a call but for its body, or says everything that is wrong with the rest of its input. */
export type Prepare = <Path extends string, Query, Body, A, E>(
  operation: Operation<Path, Query, Body, A, E>,
  input: Input<Path, Query, Body>
) => Prepared

type Prepared = Either.Either<HttpClientRequest.HttpClientRequest, ReadonlyArray<InputIssue>>

/** Adds a body; what is wrong with it is said together with what was wrong before. */
export const addBody = <Body>(
  prepared: Prepared,
  encode: EncodeBody<Body>,
  body: Body | undefined
): Effect.Effect<HttpClientRequest.HttpClientRequest, ReadonlyArray<InputIssue>> =>
  Effect.matchEffect(encode(body), {
    onFailure: (issues) => Effect.fail([...(Either.isLeft(prepared) ? prepared.left : []), ...issues]),
    onSuccess: (body) => Either.map(prepared, HttpClientRequest.setBody(body))
  })

const noQuery = Either.right({})

/** For the hosts and the key of a kernel. */
export const makePrepare = (kernel: Kernel): Prepare => {
  const common = {
    accept: "application/json",
    "accept-encoding": "identity",
    "user-agent": `effect-wacht/${version}`
  }
  /** With all headers that are the same for every request. */
  const templates: Readonly<Record<Host, HttpClientRequest.HttpClientRequest>> = {
    platform: HttpClientRequest.get("", {
      headers: { ...common, authorization: `Bearer ${Redacted.value(kernel.apiKey)}` }
    }),
    // The credential that the gateway judges stands in the body; it takes no other.
    gateway: HttpClientRequest.get("", { headers: common })
  }

  return (operation, input) => {
    const path = fillPath(operation.path, input.path ?? {}, operation.ids)
    const query = operation.query === undefined || input.query === undefined ? noQuery : operation.query(input.query)
    if (Either.isLeft(path) || Either.isLeft(query)) {
      return Either.left([...(Either.isLeft(path) ? path.left : []), ...(Either.isLeft(query) ? query.left : [])])
    }
    const url = kernel.baseUrls[operation.host] + path.right + queryString(query.right)
    const request = HttpClientRequest.setMethod(templates[operation.host], operation.method)
    return Either.right(HttpClientRequest.setUrl(request, url))
  }
}
