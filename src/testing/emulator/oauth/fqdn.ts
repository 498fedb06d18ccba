/** The host name of an OAuth app in a production deployment. */
import { byteLength } from "../text.js"

const labelViolation = (label: string): string | undefined => {
  const bytes = byteLength(label)
  if (bytes < 1 || bytes > 63) return "fqdn must be between 1 and 63 characters"
  if (label.startsWith("-") || label.endsWith("-")) return "fqdn cannot start or end with '-'"
  return /^[A-Za-z0-9-]+$/.test(label) ? undefined : "fqdn must contain only letters, numbers, or '-'"
}

/** The first rule that a host name breaks, in the server's words. */
export const violation = (fqdn: string): string | undefined => {
  const bytes = byteLength(fqdn)
  if (bytes < 1 || bytes > 253) return "fqdn must be between 1 and 253 characters"
  if (fqdn.startsWith(".") || fqdn.endsWith(".")) return "fqdn cannot start or end with '.'"
  if (!fqdn.includes(".")) return "fqdn must be a full domain name"
  for (const label of fqdn.split(".")) {
    const broken = labelViolation(label)
    if (broken !== undefined) return broken
  }
  return undefined
}
