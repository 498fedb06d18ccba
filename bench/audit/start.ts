/** Starts the server in a process of its own, and ends it with the scope. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

export interface ServerOptions {
  readonly rows: number
  readonly failing: number
  readonly audit: "meant" | "plainClickHouse"
}

const root = fileURLToPath(new URL("../..", import.meta.url))

/** Its URL, once it listens. */
export const startServer = ({ audit, failing, rows }: ServerOptions): Effect.Effect<string, Error, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() =>
      spawn(
        process.execPath,
        `--max-old-space-size=6144 --import tsx bench/audit/server.ts --rows ${rows} --failing ${failing} --audit ${audit}`.split(
          " "
        ),
        { cwd: root, stdio: ["ignore", "inherit", "inherit", "ipc"] }
      )
    ),
    (server) => Effect.sync(() => server.kill())
  ).pipe(
    Effect.flatMap((server) =>
      Effect.async<string, Error>((resume) => {
        server.once("message", (url) => resume(Effect.succeed(String(url))))
        server.once("exit", (code) => resume(Effect.fail(new Error(`the server ended with ${code}`))))
      })
    )
  )
