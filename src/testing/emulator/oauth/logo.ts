/** Where the image that came with an OAuth app is served from. */
import * as Either from "effect/Either"

const extensions = new Map([
  ["image/jpeg", "jpg"],
  ["image/jpg", "jpg"],
  ["image/png", "png"],
  ["image/gif", "gif"],
  ["image/webp", "webp"],
  ["image/x-icon", "ico"],
  ["image/vnd.microsoft.icon", "ico"]
])

/** The file extension of an image type that is taken. */
export const extension = (mediaType: string | undefined): Either.Either<string, string> =>
  Either.fromNullable(
    extensions.get(mediaType ?? ""),
    () => "Unsupported image format. Supported formats: JPEG, PNG, GIF, WEBP, ICO"
  )

export const url = (cdnBase: string, deploymentId: string, slug: string, ext: string): string =>
  `${cdnBase}/deployments/${deploymentId}/oauth-apps/${slug}/logo.${ext}`
