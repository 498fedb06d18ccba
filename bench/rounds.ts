// Interleaved rounds: every case runs in every round, so that a noisy moment hits all of them alike.
/** A case: runs `times` calls, sequentially or `atOnce` at a time. */
export interface Case {
  readonly name: string
  readonly run: (times: number, atOnce: number) => Promise<unknown>
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
  /** The rounds' own times. */
  readonly rounds: ReadonlyArray<number>
  /** Microseconds of this process's processor time per call: steadier than the clock where others use the machine. */
  readonly cpu: number
  /** Processor time of the first case over this one's. */
  readonly cpuRatio: number
}

/** The median over the rounds of how many times as fast `a` was as `b` in the same round. */
export const ratioOf = (a: Measured, b: Measured): number =>
  median(a.rounds.map((micros, round) => (b.rounds[round] ?? Number.NaN) / micros))

/** Runs the cases; the first is what the others are compared with. */
export const rounds = async (
  cases: ReadonlyArray<Case>,
  options: { readonly rounds: number; readonly times: number; readonly atOnce: number; readonly warmUp?: number }
): Promise<ReadonlyArray<Measured>> => {
  const taken = cases.map((): Array<number> => [])
  const used = cases.map((): Array<number> => [])
  // Until the engine has compiled what runs often.
  for (const { run } of cases) await run(options.warmUp ?? options.times * 5, options.atOnce)
  for (let round = 0; round < options.rounds; round++) {
    // The order turns, so that nobody always runs after the same neighbour.
    for (let turn = 0; turn < cases.length; turn++) {
      const index = (turn + round) % cases.length
      const one = cases[index]
      if (one === undefined) continue
      if (!process.env.NOGC) globalThis.gc?.()
      const usedBefore = process.cpuUsage()
      const began = performance.now()
      await one.run(options.times, options.atOnce)
      taken[index]?.push(((performance.now() - began) * 1000) / options.times)
      const { system, user } = process.cpuUsage(usedBefore)
      used[index]?.push((user + system) / options.times)
    }
  }
  const measured = cases.map((one, index): Measured => {
    const own = taken[index] ?? []
    const cpu = median(used[index] ?? [])
    return { name: one.name, micros: median(own), ratio: 1, rounds: own, cpu, cpuRatio: 1 }
  })
  const first = measured[0]
  return first === undefined
    ? []
    : measured.map((one) => ({ ...one, ratio: ratioOf(one, first), cpuRatio: first.cpu / one.cpu }))
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
