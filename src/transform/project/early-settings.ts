import { existsSync } from 'node:fs'
import { readText } from '../../base/index.js'
import { readYamlText } from './yaml-file.js'

/**
 * What a file of settings says of some keys, before it is read for good; an empty mapping when it is not there or names none of
 * them. Most projects name none, which is no reason to read their YAML twice. @throws YAML_SYNTAX
 */
export function earlySettings(path: string, keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (!existsSync(path)) return {}
  const text = readText(path)
  const isNamed = new RegExp(`^\\W?(?:${keys.join('|')})\\W?\\s*:`, 'm').test(text)
  return isNamed ? readYamlText(text, path).mapping : {}
}
