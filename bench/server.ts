// The server of the benchmark, in a process of its own: fixed answers, so that what is measured is the client.
import { createServer } from "node:http"
import { answers } from "./answers.js"

const app = Buffer.from(answers.app)
const keys = Buffer.from(answers.keys)
const missing = Buffer.from(answers.missing)
const trail = new Map<number | undefined, Buffer>()

/** A page of the trail, written once. */
const page = (url: string): Buffer => {
  const cursor = /[?&]cursor_id=req_(\d+)/.exec(url)
  const after = cursor === null ? undefined : Number(cursor[1])
  const known = trail.get(after)
  if (known !== undefined) return known
  const made = Buffer.from(answers.trail(after))
  trail.set(after, made)
  return made
}

const server = createServer((request, response) => {
  const url = request.url ?? "/"
  const isMissing = url.includes("/missing")
  const body = isMissing ? missing : url.includes("/audit/logs") ? page(url) : url.includes("/keys") ? keys : app
  const type = { "content-type": "application/json" }
  // As behind a proxy that packs bodies, or rewrites them.
  response.writeHead(
    isMissing ? 404 : 200,
    url.includes("/unsized") ? type : { ...type, "content-length": body.length }
  )
  response.end(body)
})

server.keepAliveTimeout = 60_000
server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  process.send?.(typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "")
})
process.on("disconnect", () => process.exit(0))
