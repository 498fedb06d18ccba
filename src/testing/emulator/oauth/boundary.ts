/** What introduces a multipart body: the boundary that its content type names. */

/** One parameter of a header value, quoted or not, from the `;` before it. */
const parameter = /\s*;\s*([^\s=;"]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^\s;"]*))/gy

/** The parameters of a header value such as `form-data; name="a"`, lower-cased names, in order. */
export const parameters = (value: string): ReadonlyArray<readonly [name: string, value: string]> => {
  const found: Array<readonly [string, string]> = []
  const start = value.indexOf(";")
  if (start < 0) return found
  for (const match of value.slice(start).matchAll(parameter)) {
    const quoted = match[2]
    found.push([
      (match[1] ?? "").toLowerCase(),
      quoted === undefined ? (match[3] ?? "") : quoted.replace(/\\(.)/g, "$1")
    ])
  }
  return found
}

/** The media type alone, lower-cased: `image/png` of `Image/PNG; q=1`. */
export const essence = (value: string): string => (value.split(";")[0] ?? "").trim().toLowerCase()

/** The boundary of a `multipart/form-data` content type; `undefined` where it is another type or names none. */
export const boundaryOf = (contentType: string | undefined): string | undefined => {
  if (contentType === undefined || essence(contentType) !== "multipart/form-data") return undefined
  const value = parameters(contentType).find(([name]) => name === "boundary")?.[1]
  return value === "" ? undefined : value
}
