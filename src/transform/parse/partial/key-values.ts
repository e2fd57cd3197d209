import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { varsFor } from '../../context/node-context.js'
import { exactJson } from '../../python/exact-json.js'
import { fixtureFiles } from '../files/files.js'
import { hashText } from '../files/tracker.js'
import type { ParserOptions } from '../scope/parse-scope.js'

/**
 * A hash of what a key that was read leads to now. Names of nodes, sources and entries are compared in another way: those
 * who make them tell.
 */
export function keyValue(
  key: string,
  {
    invocation,
    root,
    packages,
    registry,
    docs,
  }: Pick<ParserOptions, 'invocation' | 'root' | 'packages' | 'registry' | 'docs'>,
  salt: string,
): string {
  const [kind, rest] = parted(key)
  switch (kind) {
    case 'env': {
      // Only a keyed hash is kept: a value may be a secret.
      const value = invocation.env[rest]
      return value === undefined ? '' : createHmac('sha1', salt).update(value).digest('base64url')
    }
    case 'var': {
      const [packageName, name] = parted(rest)
      const own = packages.find((one) => one.name === packageName)
      const value =
        packageName === '' ? invocation.cliVars[name] : varsFor({ invocation, root, packageName, own }).get(name)
      return value === undefined ? '' : hashText(exactJson(value))
    }
    case 'flags': {
      // Each flag in it stands beside it.
      const { INVOCATION_COMMAND: _, ...flags } = invocation.flags
      return hashText(exactJson(flags))
    }
    case 'macro': {
      const [, packageName = '', name = ''] = rest.split('.')
      const macro = registry.findIn(packageName, name)
      return macro ? hashText(macro.macro_sql) : ''
    }
    case 'doc': {
      const [packageName, names] = parted(rest)
      return hashText(docs.contentOf(packageName, names) ?? '')
    }
    case 'file':
      return fileHash(rest)
    case 'fixtures': {
      const own = packages.find(({ name }) => name === rest)
      return own
        ? hashText(
            fixtureFiles(own)
              .map(({ original }) => original)
              .join('\n'),
          )
        : ''
    }
    default:
      return ''
  }
}

function parted(text: string): readonly [string, string] {
  const at = text.indexOf(':')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

function fileHash(path: string): string {
  try {
    return hashText(readFileSync(path, 'utf8'))
  } catch {
    return ''
  }
}
