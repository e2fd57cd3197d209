import { posix } from 'node:path'
import { isMapping, readYaml } from '../../../../base/index.js'

/** A path relative to a manifest: what the name of each folder on it, and of the file at its end, may be. */
export type PathPattern = readonly RegExp[]

/** Where a schema lies of which the manifest does not say it. */
const usualPath = "schemas/{{ parameters['name'] }}.json"

/**
 * The files that loaders of a manifest can mean by what is written in it, known without reading it as a manifest: all of its paths, with all of
 * its names.
 */
export function schemaPaths(text: string): PathPattern[] {
  const names = new Set<string>()
  const paths = new Set([usualPath])
  const seen = new Set<object>()
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return
    seen.add(value)
    if (isMapping(value)) {
      if (typeof value.name === 'string') names.add(value.name)
      if (typeof value.file_path === 'string') paths.add(value.file_path)
    }
    for (const item of Object.values(value)) walk(item)
  }
  walk(yamlOf(text))
  const anyName = names.size === 0 ? '[^/]*' : `(?:${[...names].map(escaped).join('|')})`
  return [...paths].flatMap((path) => patternsOf(path, anyName))
}

/** Of what is no YAML nothing: whoever reads the manifest says so. */
function yamlOf(text: string): unknown {
  try {
    return readYaml(text, 'manifest.yaml', { version: '1.1' }).value
  } catch {
    return undefined
  }
}

/** The files that a schema refers to. */
export function referredSchemas(schema: string): PathPattern[] {
  const names = [...schema.matchAll(/"\$ref"\s*:\s*"([^"#]+)/g)].map(([, name = '']) => name)
  return [...new Set(names)].flatMap((name) => patternsOf(`schemas/shared/${name}`, ''))
}

const nameTemplate = /\{\{-?\s*parameters(?:\.name|\[["']name["']\])\s*-?\}\}/g
const template = /\{\{.*?\}\}|\{%.*?%\}/g

/** Also without its first folder: paths begin with the name of the Python package, and the manifest lies within that. */
function patternsOf(path: string, anyName: string): PathPattern[] {
  const plain = path.replace(nameTemplate, '\u0001').replace(template, '\u0002')
  const parts = posix.normalize(plain).split('/').filter(Boolean)
  if (parts.includes('..') || parts.length === 0) return []
  const pattern = parts.map(
    (part) => new RegExp(`^${escaped(part).replaceAll('\u0001', anyName).replaceAll('\u0002', '[^/]*')}$`),
  )
  return pattern.length > 1 ? [pattern, pattern.slice(1)] : [pattern]
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
