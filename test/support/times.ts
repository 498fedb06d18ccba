/** How many requests a limit lets through: whole ones, and none for what is no number of them. */
export const wholeTimes = [
  [0, 0],
  [-1, 0],
  [Number.NaN, 0],
  [0.5, 0],
  [1.5, 1],
  [2, 2]
] as const
