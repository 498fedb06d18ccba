import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

type Value = { readonly stringValue?: string; readonly intValue?: number | string }
interface Attribute {
  readonly key: string
  readonly value: Value
}
export interface CollectedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly attributes: ReadonlyArray<Attribute>
  readonly status: { readonly code: number }
}

/** A collector that keeps what is sent to it: OTLP over HTTP as JSON, on loopback. */
export class Collector extends Context.Tag("test/Collector")<
  Collector,
  {
    readonly url: string
    readonly received: ReadonlyArray<{ readonly path: string; readonly text: string }>
    readonly spans: () => ReadonlyArray<CollectedSpan>
  }
>() {}

export const attributesOf = (span: CollectedSpan): Readonly<Record<string, unknown>> =>
  Object.fromEntries(span.attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]))

export const layer: Layer.Layer<Collector> = Layer.scoped(
  Collector,
  Effect.acquireRelease(
    Effect.async<{ readonly service: Context.Tag.Service<Collector>; readonly close: () => void }>((resume) => {
      const received: Array<{ path: string; text: string }> = []
      const server = createServer((request, response) => {
        let text = ""
        request.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk
        })
        request.on("end", () => {
          received.push({ path: request.url ?? "", text })
          response.writeHead(200, { "content-type": "application/json" }).end("{}")
        })
      })
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo
        const spans = () =>
          received
            .filter(({ path }) => path === "/v1/traces")
            .flatMap(({ text }) => JSON.parse(text).resourceSpans)
            .flatMap(({ scopeSpans }) => scopeSpans)
            .flatMap((scope) => scope.spans)
        resume(
          Effect.succeed({
            service: { url: `http://127.0.0.1:${port}`, received, spans },
            close: () => {
              server.closeAllConnections()
              server.close()
            }
          })
        )
      })
    }),
    ({ close }) => Effect.sync(close)
  ).pipe(Effect.map(({ service }) => service))
)
