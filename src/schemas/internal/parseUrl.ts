/** A URL, if it is one. `URL.canParse` of Node 20 and 22 refuses hosts such as `é.com` once it was called a few thousand times. */
export const parseUrl = (text: string | URL): URL | undefined => {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}
