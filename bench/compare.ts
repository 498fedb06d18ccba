// Comparisons over the benchmark's server, every case in a process of its own.
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { casesOf } from "./cases.js"
import { inOwnProcess, type Measured, rounds, type Runner } from "./rounds.js"

/** Starts the server in a process of its own. */
export const startServer = async (): Promise<{ readonly baseUrl: string; readonly stop: () => void }> => {
  const server = fork(fileURLToPath(new URL("server.ts", import.meta.url)), { execArgv: ["--import", "tsx"] })
  const baseUrl = await new Promise<string>((resolve) => {
    server.once("message", (url) => resolve(String(url)))
  })
  return { baseUrl, stop: () => server.disconnect() }
}

/** The first case of a kind against the others that are wanted. */
export const compare = async (
  kind: string,
  baseUrl: string,
  options: Parameters<typeof rounds>[1],
  isWanted: (name: string) => boolean = () => true
): Promise<ReadonlyArray<Measured>> => {
  const runners: Array<Runner> = []
  for (const [index, { name }] of casesOf(kind, baseUrl).entries()) {
    if (index === 0 || isWanted(name)) runners.push(await inOwnProcess(kind, index, baseUrl))
  }
  const measured = await rounds(runners, options)
  for (const runner of runners) runner.close()
  return measured
}
