import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { readYaml } from '../../../../base/index.js'

const originSchema = z.object({
  /** As it was named to `connectors add`; of a text that somebody gave, in words. */
  from: z.string(),
  kind: z.enum(['file', 'address', 'package', 'text']),
  /** Of a package, the version that was installed; of a text that clients change, how often they did. */
  version: z.string().optional(),
  /** What whoever gave it calls it. */
  title: z.string().optional(),
  /** Of the manifest as it came, so that it can be told from one that was edited. */
  sha256: z.string(),
})

/** Where a manifest of the project came from. */
export type ManifestOrigin = z.output<typeof originSchema>

export const originName = 'origin.yaml'

export const manifestHash = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Undefined where nobody added it: somebody wrote it there. A file that cannot be read says that it came from elsewhere. */
export function readOrigin(folder: string): ManifestOrigin | undefined {
  const path = join(folder, originName)
  if (!existsSync(path)) return undefined
  const unknown: ManifestOrigin = { from: 'unknown', kind: 'address', sha256: '' }
  try {
    return originSchema.safeParse(readYaml(readFileSync(path, 'utf8'), path).value).data ?? unknown
  } catch {
    return unknown
  }
}

/** Its own author may have written it for a server of this network; what came from elsewhere has no business there. */
export const isTrusted = (origin: ManifestOrigin | undefined): boolean => origin === undefined || origin.kind === 'file'

/** The file that says it, by its name. */
export function originFile({
  from,
  kind,
  version,
  title,
  sha256,
}: ManifestOrigin): readonly [name: string, text: string] {
  const lines = [
    '# Where manifest.yaml came from; Millrace wrote this when it was added. What came from outside the project may not',
    '# ask for addresses inside a private network, unless a connection says `allows_private_addresses: true`.',
    `from: ${JSON.stringify(from)}`,
    `kind: ${kind}`,
    ...(version === undefined ? [] : [`version: ${JSON.stringify(version)}`]),
    ...(title === undefined ? [] : [`title: ${JSON.stringify(title)}`]),
    `sha256: ${sha256}`,
    '',
  ]
  return [originName, lines.join('\n')]
}
