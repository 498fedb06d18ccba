/**
 * Query strings, from a flat record of texts.
 */

/** `?a=1&b=x%20y`, or nothing. Every blank is `%20`: on this server a raw `+` means blank too, and a date with an offset would break. */
export const queryString = (values: Readonly<Record<string, string | undefined>>): string => {
  let text = ""
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) text += `&${encodeURIComponent(name)}=${encodeURIComponent(value)}`
  }
  return text.replace("&", "?")
}
