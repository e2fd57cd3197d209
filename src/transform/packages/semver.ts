/** `1.2.3-rc.1+build`, as the hub numbers packages. */
export interface Version {
  readonly major: number
  readonly minor: number
  readonly patch: number
  readonly prerelease: string | undefined
  readonly text: string
}

/** One wish about a version: `>=1.0.0`. */
export interface VersionWish extends Version {
  readonly operator: '>=' | '>' | '<' | '<=' | '='
}

const identifier = '(?:0|[1-9]\\d*|\\d*[A-Za-z-][0-9A-Za-z-]*)'
const pattern = new RegExp(
  `^(>=|<=|>|<|=)?(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(?:-?(${identifier}(?:\\.${identifier})*))?(?:\\+[0-9A-Za-z.-]*)?$`,
)

/** A wish, or the version itself, which is one for exactly that version; undefined for what is no version. */
export function parseWish(text: string): VersionWish | undefined {
  const match = pattern.exec(text.trim())
  if (!match) return undefined
  const [whole, operator = '=', major, minor, patch, prerelease] = match
  return {
    operator: operator as VersionWish['operator'],
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch),
    prerelease,
    text: whole.replace(/^[<>=]+/, ''),
  }
}

/** Negative, zero or positive. A prerelease comes before the version that it leads to. */
function compareVersions(a: Version, b: Version): number {
  const numbers = a.major - b.major || a.minor - b.minor || a.patch - b.patch
  if (numbers !== 0) return numbers
  if (a.prerelease === b.prerelease) return 0
  if (a.prerelease === undefined) return 1
  return b.prerelease === undefined ? -1 : comparePrereleases(a.prerelease, b.prerelease)
}

/** Part by part: numbers by size and before words, words by letters, the shorter first. */
function comparePrereleases(a: string, b: string): number {
  const [left, right] = [a.split('.'), b.split('.')]
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i] as string, right[i] as string]
    if (x === y) continue
    const [isNumber, isOther] = [/^\d+$/.test(x), /^\d+$/.test(y)]
    if (isNumber && isOther) return Number(x) - Number(y)
    if (isNumber !== isOther) return isNumber ? -1 : 1
    return x < y ? -1 : 1
  }
  return left.length - right.length
}

/** Whether a version is what every wish asks for. */
export const meets = (version: Version, wishes: readonly VersionWish[]): boolean =>
  wishes.every((wish) => meetsOne(version, wish))

function meetsOne(version: Version, wish: VersionWish): boolean {
  const order = compareVersions(version, wish)
  switch (wish.operator) {
    case '=':
      return order === 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    case '<=':
      return order <= 0
    case '<':
      // `<2.0.0` does not mean 2.0.0-rc.1, which is all but 2.0.0.
      return order < 0 && (wish.prerelease !== undefined || version.prerelease === undefined || !isSame(version, wish))
  }
}

const isSame = (a: Version, b: Version) => a.major === b.major && a.minor === b.minor && a.patch === b.patch

/** Whether any version at all could be what the wishes ask for together. */
export function areCompatible(wishes: readonly VersionWish[]): boolean {
  const exact = wishes.find(({ operator }) => operator === '=')
  if (exact) return meets(exact, wishes)
  const lower = wishes.filter(({ operator }) => operator.startsWith('>'))
  const upper = wishes.filter(({ operator }) => operator.startsWith('<'))
  return lower.every((low) =>
    upper.every((high) => {
      const order = compareVersions(low, high)
      return order < 0 || (order === 0 && low.operator === '>=' && high.operator === '<=')
    }),
  )
}

/** The highest of these versions that meets the wishes. */
export function highest(versions: readonly string[], wishes: readonly VersionWish[]): string | undefined {
  const parsed = versions.flatMap((text) => parseWish(text) ?? []).filter((version) => meets(version, wishes))
  return parsed.sort(compareVersions).at(-1)?.text
}

/** In order; without prereleases unless they are wanted. */
export function installable(versions: readonly string[], takesPrereleases: boolean): string[] {
  return versions
    .flatMap((text) => parseWish(text) ?? [])
    .filter(({ prerelease }) => takesPrereleases || prerelease === undefined)
    .sort(compareVersions)
    .map(({ text }) => text)
}
