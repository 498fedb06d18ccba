/** A real server on loopback that keeps what it is sent, and the clients that people use. */
import "./ownFetch.js"
import { FetchHttpClient, type HttpClient } from "@effect/platform"
import { NodeHttpClient } from "@effect/platform-node"
import * as UndiciClient from "effect-wacht/UndiciClient"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

export type ClientName = "fetch" | "undici" | "node:http" | "dispatcher"

export const clients: Readonly<Record<ClientName, Layer.Layer<HttpClient.HttpClient>>> = {
  fetch: FetchHttpClient.layer,
  undici: NodeHttpClient.layerUndici,
  "node:http": NodeHttpClient.layer,
  /** The SDK's own. */
  dispatcher: UndiciClient.layer
}

export const clientNames: ReadonlyArray<ClientName> = ["fetch", "undici", "node:http", "dispatcher"]

/** A request as it came over the wire. */
export interface Received {
  readonly method: string
  /** As it was sent, nothing parsed. */
  readonly target: string
  readonly headers: IncomingMessage["headers"]
  readonly body: Buffer
}

export interface Loopback {
  readonly url: string
  readonly received: Array<Received>
}

/** Lives as long as its scope. */
export const loopback = (
  answer: (response: ServerResponse, request: Received) => void
): Effect.Effect<Loopback, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.async<Loopback & { readonly close: () => void }>((resume) => {
      const received: Array<Received> = []
      const server = createServer((request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk))
        request.on("end", () => {
          const seen = {
            method: request.method ?? "",
            target: request.url ?? "",
            headers: request.headers,
            body: Buffer.concat(chunks)
          }
          received.push(seen)
          answer(response, seen)
        })
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        const close = () => {
          server.closeAllConnections()
          server.close()
        }
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, received, close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )
