/**
 * A timeseries as a plot for a terminal.
 */
import type { ApiAuditTimeseries } from "effect-wacht/schemas"
import * as DateTime from "effect/DateTime"

const height = 6
const eighths = ["", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

const cell = (value: number, row: number, most: number): string => {
  const filled = Math.round((value / most) * height * 8) - row * 8
  return eighths[Math.min(8, Math.max(0, filled))] || " "
}

const pad = (text: string, width: number): string => text.padStart(width)

/** One column per bucket, allowed calls over blocked ones, with the hour below. */
export const plot = ({ data }: ApiAuditTimeseries): ReadonlyArray<string> => {
  const most = Math.max(1, ...data.map((point) => point.totalRequests))
  const rows = Array.from({ length: height }, (_, index) => height - 1 - index).map((row) => {
    const label = row === height - 1 ? String(most) : row === 0 ? "0" : ""
    return `${pad(label, 6)} ┤${data.map((point) => cell(point.totalRequests, row, most).repeat(3)).join(" ")}`
  })
  const hours = data.map((point) => `${pad(String(DateTime.getPartUtc(point.timestamp.utc, "hours")), 2)}h`)
  const blocked = data.map((point) => pad(point.blockedRequests === 0 ? "·" : String(point.blockedRequests), 3))
  return [
    ...rows,
    `${" ".repeat(7)}└${"─".repeat(data.length * 4)}`,
    `        ${hours.join(" ")}`,
    `blocked ${blocked.join(" ")}`
  ]
}
