import { isMapping, registerSecret, type YamlDocument } from '../../base/index.js'
import { extractLoadErrors } from '../errors.js'

/**
 * Remembers the keys of mappers as secrets, and refuses those that stand in the file.
 * @param filled the value of the document, with that of its variables
 * @throws CONNECTION_INVALID
 */
export function registerMapperKeys(document: YamlDocument, filled: unknown): void {
  for (const { key } of keysIn(filled)) registerSecret(key)
  for (const { path, key } of keysIn(document.value)) {
    if (/^\$\{[A-Za-z_]\w*\}$/.test(key)) continue
    registerSecret(key)
    throw extractLoadErrors.create('CONNECTION_INVALID', {
      message: `\`${path.join('.')}\` is no variable of the environment: a key stands in no file.`,
      ...document.show(path),
      hint: "Write the name of a variable that holds it: `key: '${CUSTOMERS_KEY}'`.",
    })
  }
}

function keysIn(value: unknown): { readonly path: (string | number)[]; readonly key: string }[] {
  const streams = isMapping(value) && isMapping(value.streams) ? Object.entries(value.streams) : []
  return streams.flatMap(([stream, settings]) => {
    const mappers: unknown = isMapping(settings) ? settings.mappers : undefined
    if (!Array.isArray(mappers)) return []
    return mappers.flatMap((mapper: unknown, i) =>
      isMapping(mapper) && typeof mapper.key === 'string'
        ? [{ path: ['streams', stream, 'mappers', i, 'key'], key: mapper.key }]
        : [],
    )
  })
}
