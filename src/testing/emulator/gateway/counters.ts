/**
 * The calls that rate-limit rules count. Plain data, bounded: a counter keeps exact moments up to a point and
 * neighbours together beyond it, and the counters that were left alone longest go when there are too many.
 */
import type { Counter, Options, World } from "../World.js"

/** By the counter's key. */
export type Counters = World["counters"]

/** `meant`: a sliding window. `observed`: what the recorded server did instead, by the clock's seconds and minutes. */
export type Windows = Options["windows"]

export interface Taken {
  readonly isAllowed: boolean
  readonly remaining: number
}

const second = 1_000_000
const minute = 60 * second
const hour = 60 * minute
const maxCounters = 100_000
const exactMoments = 2048

/** Moments later than this one are still in the window. */
const openSince = (now: number, length: number, windows: Windows): number => {
  if (windows === "meant" || length > hour) return now - length
  const unit = length > 9 * second ? minute : second
  return Math.floor(now / unit) * unit - 1
}

/** The observed server overlooks calls of the first 100 ms of a second for as long as that second lasts. */
const overlooked = (counter: Counter, now: number): number => {
  const thisSecond = Math.floor(now / second) * second
  let calls = 0
  for (let index = counter.times.length - 1; index >= 0; index--) {
    const at = counter.times[index] ?? 0
    if (at < thisSecond) break
    if (at < thisSecond + second / 10) calls += counter.calls[index] ?? 0
  }
  return calls
}

/** Counts a call, unless the window is full. A refused call is not counted by the rule that refuses it. */
export const take = (
  counters: Counters,
  key: string,
  now: number,
  length: number,
  max: number,
  windows: Windows
): Taken => {
  let counter = counters.get(key)
  if (counter === undefined) {
    if (counters.size >= maxCounters) evict(counters)
    counters.set(key, (counter = { times: [], calls: [], total: 0, usedAt: now }))
  }
  counter.usedAt = now
  forget(counter, openSince(now, length, windows))
  const used = counter.total - (windows === "observed" ? overlooked(counter, now) : 0)
  if (used >= max) return { isAllowed: false, remaining: 0 }
  add(counter, now, length)
  return { isAllowed: true, remaining: max - used - 1 }
}

/** Drops the sixteenth of the counters that was left alone longest: many at once, so that it is rarely done. */
const evict = (counters: Counters): void => {
  const byUse = [...counters].sort(([, a], [, b]) => a.usedAt - b.usedAt)
  for (const [key] of byUse.slice(0, maxCounters >> 4)) counters.delete(key)
}

/** Drops what is out of the window. */
const forget = (counter: Counter, since: number): void => {
  let gone = 0
  while (gone < counter.times.length && (counter.times[gone] ?? 0) <= since) counter.total -= counter.calls[gone++] ?? 0
  if (gone === 0) return
  counter.times.splice(0, gone)
  counter.calls.splice(0, gone)
}

const add = (counter: Counter, now: number, length: number): void => {
  const last = counter.times.length - 1
  const isMerged = last >= exactMoments && now - (counter.times[last] ?? 0) < length / exactMoments
  if (isMerged) counter.calls[last] = (counter.calls[last] ?? 0) + 1
  else {
    counter.times.push(now)
    counter.calls.push(1)
  }
  counter.total++
}
