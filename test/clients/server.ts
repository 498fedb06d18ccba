// A real server on loopback, which sees whether a connection was closed by the client.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { Duplex } from "node:stream"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** A server, and what it saw. */
export interface TestServer {
  readonly url: string
  /** Resolves when the client closed a connection before its answer was complete. */
  readonly closed: Promise<void>
  /** How many bytes of the endless answer were taken by the connection. */
  readonly written: () => number
  readonly requests: () => number
  readonly connections: () => number
}

const readAll = async (request: IncomingMessage): Promise<string> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString("utf8")
}

/** Serves until the scope closes. */
export const startServer: Effect.Effect<TestServer, never, Scope.Scope> = Effect.gen(function* () {
  let onClosed = (): void => undefined
  const closed = new Promise<void>((resolve) => {
    onClosed = resolve
  })
  let written = 0
  let requests = 0
  let connections = 0
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname: path, searchParams } = new URL(request.url ?? "/", "http://localhost")
    response.on("close", () => {
      if (!response.writableFinished) onClosed()
    })
    switch (path) {
      case "/echo": {
        const body = await readAll(request)
        response.writeHead(200, { "content-type": "application/json" })
        return response.end(
          JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body })
        )
      }
      case "/json":
        response.writeHead(200, {
          "content-type": "application/json",
          "set-cookie": ["a=1; Path=/", "b=2"],
          "x-many": ["1", "2"]
        })
        return response.end('{"a":"é"}')
      case "/bom":
        return response.end(Buffer.from([0xef, 0xbb, 0xbf, 0x68, 0x69]))
      case "/empty":
        // A length that it must not have, and that some servers give.
        response.writeHead(204, { "content-length": "77" })
        return response.end()
      case "/not-modified":
        // The length of what a GET without conditions would give.
        response.writeHead(304, { "content-length": "77" })
        return response.end()
      case "/params":
        response.writeHead(200, { "content-type": "application/x-www-form-urlencoded" })
        return response.end("a=1&b=x+y")
      case "/form": {
        const form = new FormData()
        form.set("name", "value")
        form.set("file", new File([new Uint8Array([1, 2, 3])], "f.bin", { type: "application/octet-stream" }))
        const made = new Response(form)
        response.writeHead(200, { "content-type": made.headers.get("content-type") ?? "" })
        return response.end(Buffer.from(await made.arrayBuffer()))
      }
      case "/hints":
        response.writeEarlyHints({ link: "</style.css>; rel=preload" })
        response.writeHead(200)
        return response.end("after the hints")
      case "/redirect":
        response.writeHead(307, { location: "/json" })
        return response.end()
      case "/no-headers":
        return undefined
      case "/no-body":
        response.writeHead(200, { "content-type": "application/json", "content-length": "100" })
        return response.write("{")
      case "/cut":
        response.writeHead(200, { "content-length": "100" })
        response.write("half")
        return setTimeout(() => request.socket.destroy(), 20)
      case "/resumed":
        // All but the first byte is for who asks again, and comes without an end.
        if (request.headers.range === undefined) {
          response.writeHead(200, { "content-length": "100" })
          return response.end("x", () => setTimeout(() => request.socket.destroy(), 20))
        }
        response.writeHead(206, { "content-length": "99", "content-range": "bytes 1-99/100" })
        return response.write("x")
      case "/reset":
        return request.socket.destroy()
      case "/large":
        response.writeHead(200)
        return response.end(Buffer.alloc(Number(searchParams.get("size") ?? 1_000_000), "x"))
      case "/early": {
        response.writeHead(413)
        return response.end("too large")
      }
      case "/endless": {
        response.writeHead(200, { "content-type": "text/plain" })
        const chunk = Buffer.alloc(65_536, "x")
        const more = () => {
          while (!response.destroyed) {
            written += chunk.length
            if (!response.write(chunk)) break
          }
        }
        response.on("drain", more)
        return more()
      }
      default:
        response.writeHead(404)
        return response.end()
    }
  }
  const upgraded: Array<Duplex> = []
  const server = createServer((request, response) => {
    requests += 1
    answer(request, response).catch(() => response.destroy())
  })
  server.on("connection", () => {
    connections += 1
  })
  server.on("upgrade", (_, socket) => {
    // The server leaves such a connection to whoever takes it.
    socket
      .on("end", () => socket.destroy())
      .on("error", onClosed)
      .on("close", onClosed)
      .resume()
    upgraded.push(socket)
    socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n")
  })
  yield* Effect.async<void>((resume) => {
    server.listen(0, "127.0.0.1", () => resume(Effect.void))
  })
  yield* Effect.addFinalizer(() =>
    Effect.async<void>((resume) => {
      server.close(() => resume(Effect.void))
      server.closeAllConnections()
      for (const socket of upgraded) socket.destroy()
    })
  )
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    closed,
    written: () => written,
    requests: () => requests,
    connections: () => connections
  }
})
