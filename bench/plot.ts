// The comparison as one picture, readable on light and dark ground.
import type { Measured } from "./rounds.js"

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")

const left = 330
const unit = 110
const line = 22

const bars = (title: string, measured: ReadonlyArray<Measured>, top: number): string => {
  const shown = measured.map(({ name, ratio }, index) => {
    const y = top + 34 + index * line
    const own = name.startsWith("effect-wacht")
    const width = Math.min(ratio, 4.2) * unit
    return `<text x="${left - 10}" y="${y + 12}" text-anchor="end">${escape(name)}</text>
<rect x="${left}" y="${y}" width="${width.toFixed(1)}" height="15" rx="2" class="${own ? "own" : "other"}"/>
<text x="${(left + width + 6).toFixed(1)}" y="${y + 12}">${ratio.toFixed(2)}</text>`
  })
  const bottom = top + 34 + measured.length * line
  return `<text x="10" y="${top + 18}" class="title">${escape(title)}</text>
<line x1="${left + unit}" x2="${left + unit}" y1="${top + 28}" y2="${bottom}" class="mark"/>
${shown.join("\n")}`
}

/** Two groups of bars: one call at a time, 64 at once. */
export const plot = (one: ReadonlyArray<Measured>, many: ReadonlyArray<Measured>): string => {
  const second = 50 + one.length * line
  const height = second + 50 + many.length * line
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 860 ${height}" role="img" aria-label="Calls per second, raw fetch is 1" font-family="system-ui, sans-serif" font-size="12">
<style>
text { fill: #24292f } .title { font-weight: 600; font-size: 13px }
.own { fill: #2f6fde } .other { fill: #9aa4b2 } .mark { stroke: #57606a; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) { text { fill: #d6dde6 } .own { fill: #6aa2ff } .other { fill: #5b6675 } .mark { stroke: #8b949e } }
</style>
${bars("A small GET, one at a time (calls per second, raw fetch = 1)", one, 0)}
${bars("A small GET, 64 at once", many, second)}
</svg>
`
}
