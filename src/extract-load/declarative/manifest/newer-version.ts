/** What the components of this version are held against. */
const knownVersion = '7.39.1'

/** A manifest may use what came later; what it uses of that is refused, and the rest works. */
export function newerVersion(version: string): string[] {
  const [own, known] = [version, knownVersion].map((text) =>
    text.split('.').map((part) => Number.parseInt(part, 10) || 0),
  )
  const difference = [0, 1, 2].map((i) => (own?.[i] ?? 0) - (known?.[i] ?? 0)).find((step) => step !== 0) ?? 0
  if (difference <= 0) return []
  return [`It was written for version ${version} of Airbyte's CDK; what is known here is version ${knownVersion}.`]
}
