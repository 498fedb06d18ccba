// Interleaved rounds: every case runs in every round, so that a noisy moment hits all of them alike.
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"

/** A case: runs `times` calls, sequentially or `atOnce` at a time. */
export interface Case {
  readonly name: string
  readonly run: (times: number, atOnce: number) => Promise<unknown>
}

/** What one round of a case took, in microseconds per call. */
export interface Round {
  readonly micros: number
  /** Of the processor, all threads of the process: steadier than the clock where others use the machine. */
  readonly cpu: number
}

/** A case, wherever it runs. */
export interface Runner {
  readonly name: string
  readonly measure: (times: number, atOnce: number) => Promise<Round>
  readonly close: () => void
}

/** The middle of numbers. */
export const median = (values: ReadonlyArray<number>): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** What a case took. */
export interface Measured {
  readonly name: string
  /** Microseconds per call, the median of the rounds. */
  readonly micros: number
  /** Times as fast as the first case: the median of the rounds' own ratios. */
  readonly ratio: number
  readonly rounds: ReadonlyArray<Round>
  /** Microseconds of the processor per call, the median of the rounds. */
  readonly cpu: number
  /** Processor time of the first case over this one's: the median of the rounds' own ratios. */
  readonly cpuRatio: number
}

const medianRatio = (a: Measured, b: Measured, of: (round: Round) => number): number =>
  median(a.rounds.map((round, index) => of(b.rounds[index] ?? { micros: Number.NaN, cpu: Number.NaN }) / of(round)))

/** The median over the rounds of how many times as fast `a` was as `b` in the same round. */
export const ratioOf = (a: Measured, b: Measured): number => medianRatio(a, b, ({ micros }) => micros)

/** Takes the time of one round. */
export const measure = async (one: Case, times: number, atOnce: number): Promise<Round> => {
  const usedBefore = process.cpuUsage()
  const began = performance.now()
  await one.run(times, atOnce)
  const micros = ((performance.now() - began) * 1000) / times
  const { system, user } = process.cpuUsage(usedBefore)
  return { micros, cpu: (user + system) / times }
}

/** A case in this process: its neighbours share the engine's memory and what it has learned. */
export const inProcess = (one: Case): Runner => ({
  name: one.name,
  measure: (times, atOnce) => measure(one, times, atOnce),
  close: () => undefined
})

/** A case in a process of its own, as an application that uses one client is: what the engine learns of one spoils none of the others. */
export const inOwnProcess = (kind: string, index: number, baseUrl: string): Promise<Runner> => {
  const worker = fork(fileURLToPath(new URL("worker.ts", import.meta.url)), [kind, String(index), baseUrl], {
    execArgv: ["--import", "tsx"]
  })
  const message = <A>(): Promise<A> =>
    new Promise((resolve, reject) => {
      const died = () => reject(new Error(`the process of case ${index} of ${kind} ended`))
      worker.once("exit", died)
      worker.once("message", (value) => {
        worker.off("exit", died)
        resolve(value as A)
      })
    })
  return message<string>().then((name) => ({
    name,
    measure: (times, atOnce) => {
      const answer = message<Round>()
      worker.send({ times, atOnce })
      return answer
    },
    close: () => worker.disconnect()
  }))
}

/** Runs the cases; the first is what the others are compared with. */
export const rounds = async (
  runners: ReadonlyArray<Runner>,
  options: { readonly rounds: number; readonly times: number; readonly atOnce: number; readonly warmUp: number }
): Promise<ReadonlyArray<Measured>> => {
  const taken = runners.map((): Array<Round> => [])
  // Until the engine has compiled what runs often.
  for (const runner of runners) await runner.measure(options.warmUp, options.atOnce)
  for (let round = 0; round < options.rounds; round++) {
    // The order turns, so that nobody always runs after the same neighbour.
    for (let turn = 0; turn < runners.length; turn++) {
      const index = (turn + round) % runners.length
      const runner = runners[index]
      if (runner !== undefined) taken[index]?.push(await runner.measure(options.times, options.atOnce))
    }
  }
  const measured = runners.map(({ name }, index): Measured => {
    const own = taken[index] ?? []
    const micros = median(own.map((round) => round.micros))
    return { name, micros, ratio: 1, rounds: own, cpu: median(own.map((round) => round.cpu)), cpuRatio: 1 }
  })
  const first = measured[0]
  return first === undefined
    ? []
    : measured.map((one) => ({
        ...one,
        ratio: ratioOf(one, first),
        cpuRatio: medianRatio(one, first, ({ cpu }) => cpu)
      }))
}

/** A case from a promise per call. */
export const fromPromise = (name: string, call: () => Promise<unknown>): Case => ({
  name,
  run: async (times, atOnce) => {
    const loop = async (count: number) => {
      for (let i = 0; i < count; i++) await call()
    }
    await Promise.all(Array.from({ length: atOnce }, () => loop(Math.ceil(times / atOnce))))
  }
})
