import { existsSync } from 'node:fs'
import { readText, readYaml, type YamlDocument } from '../../base/index.js'

/** dbt reads YAML as Python does (version 1.1). An empty file is an empty mapping. */
export const readYamlFile = (path: string, shown: string) => readYamlText(readText(path, shown), shown)

export function readYamlText(
  text: string,
  shown: string,
): YamlDocument & { readonly mapping: Record<string, unknown>; readonly text: string } {
  const document = readYaml(text, shown, { version: '1.1' })
  return { ...document, mapping: isMapping(document.value) ? document.value : {}, text }
}

export function readYamlFileIfExists(path: string, shown: string) {
  return existsSync(path) ? readYamlFile(path, shown) : undefined
}

export const isMapping = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
export const asList = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
export const asText = (value: unknown, fallback = ''): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? fallback : String(value)
export const mappings = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isMapping) : []
