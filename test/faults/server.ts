/**
 * A server that fails on purpose, on real sockets. The first segment of a path names what goes wrong, the second one the case; a case's
 * requests are counted. Every answer is written by hand: no HTTP library would write these.
 */
import { createServer, type Server, type Socket } from "node:net"

/** A request, read completely. */
export interface Seen {
  readonly variant: string
  readonly id: string
  readonly method: string
  /** Behind variant and case. */
  readonly target: string
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

/** What to do with a request. */
export type Respond = (socket: Socket, request: Seen) => void

export interface FaultServer {
  readonly port: number
  readonly url: string
  /** By case. */
  readonly requests: ReadonlyMap<string, number>
  /** Connections on which a request came. */
  readonly openSockets: () => number
  /** Connections on which nothing came yet. */
  readonly idleSockets: () => number
  readonly bytesWritten: () => number
  readonly close: () => Promise<void>
}

/** An answer in one piece, after which the connection ends. */
export const answer = (
  socket: Socket,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Uint8Array
): void => {
  socket.write(head(status, { "content-length": String(Buffer.byteLength(body)), ...headers }))
  socket.end(body)
}

/** A status line and headers; the connection is not to be used again, since what follows may be garbage. */
export const head = (status: number, headers: Readonly<Record<string, string>>): string =>
  [
    `HTTP/1.1 ${status} Whatever`,
    "connection: close",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "",
    ""
  ].join("\r\n")

/** Writes one piece after the other, for as long as the other side listens. */
export const dribble = (socket: Socket, next: (index: number) => string, millis: number): void => {
  let index = 0
  const timer = setInterval(() => {
    if (socket.destroyed) clearInterval(timer)
    else socket.write(next(index++))
  }, millis)
  socket.on("close", () => clearInterval(timer))
}

const parseHead = (text: string): { method: string; path: string; headers: Map<string, string> } => {
  const [first = "", ...lines] = text.split("\r\n")
  const [method = "", path = ""] = first.split(" ")
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":")
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    })
  )
  return { method, path, headers }
}

/** Reads one request of a connection, which is all that a connection here has. */
const readRequest = (socket: Socket, onRequest: (seen: Seen) => void): void => {
  let received = Buffer.alloc(0)
  let isDone = false
  socket.on("data", (chunk) => {
    if (isDone) return
    received = Buffer.concat([received, chunk])
    const end = received.indexOf("\r\n\r\n")
    if (end < 0) return
    const { headers, method, path } = parseHead(received.subarray(0, end).toString("latin1"))
    const body = received.subarray(end + 4)
    if (headers.get("transfer-encoding") === "chunked") {
      if (!body.includes("0\r\n\r\n")) return
    } else if (body.length < Number(headers.get("content-length") ?? "0")) return
    isDone = true
    const [, variant = "", id = "", ...rest] = path.split("/")
    onRequest({ variant, id, method, target: `/${rest.join("/")}`, headers, body })
  })
}

/** Starts one on a free port of the loopback. */
export const startFaultServer = async (variants: ReadonlyMap<string, Respond>): Promise<FaultServer> => {
  const sockets = new Set<Socket>()
  const requests = new Map<string, number>()
  let written = 0
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on("close", () => {
      written += socket.bytesWritten
      sockets.delete(socket)
    })
    // The other side goes away in the middle; that is what it is tested for.
    socket.on("error", () => undefined)
    readRequest(socket, (seen) => {
      requests.set(seen.id, (requests.get(seen.id) ?? 0) + 1)
      const respond = variants.get(seen.variant)
      if (respond === undefined) answer(socket, 418, {}, `no variant ${seen.variant}`)
      else respond(socket, seen)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  if (address === null || typeof address === "string") throw new Error("no port")
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    requests,
    // A client's pool may keep a connection that was made for a request which was given up before it was written.
    openSockets: () => [...sockets].filter(({ bytesRead }) => bytesRead > 0).length,
    idleSockets: () => [...sockets].filter(({ bytesRead }) => bytesRead === 0).length,
    bytesWritten: () => [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, written),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      })
  }
}

/** A port on which nobody listens. */
export const closedPort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return address === null || typeof address === "string" ? 9 : address.port
}
