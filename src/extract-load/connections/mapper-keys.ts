import { isMapping, registerSecret, type YamlDocument } from '../../base/index.js'
import { extractLoadErrors } from '../errors.js'
import { readPublicKey } from '../fields/encryption.js'

/**
 * Remembers the keys of mappers as secrets, and refuses those that stand in the file.
 * @param filled the value of the document, with that of its variables
 * @throws CONNECTION_INVALID
 */
export function registerMapperKeys(document: YamlDocument, filled: unknown): void {
  for (const { key } of keysIn(filled, 'key')) registerSecret(key)
  // Who took the private key for the public one does not want to see it in the error.
  for (const { key } of keysIn(filled, 'public_key')) if (!readPublicKey(key)) registerLines(key)
  for (const { path, key } of keysIn(document.value, 'key')) {
    if (/^\$\{[A-Za-z_]\w*\}$/.test(key)) continue
    registerSecret(key)
    throw extractLoadErrors.create('CONNECTION_INVALID', {
      message: `\`${path.join('.')}\` is no variable of the environment: a key stands in no file.`,
      ...document.show(path),
      hint: "Write the name of a variable that holds it: `key: '${CUSTOMERS_KEY}'`.",
    })
  }
}

/** What is too short to be a part of a key is a typing error, and no secret. */
function registerLines(key: string): void {
  for (const line of key.split(/\s+/)) if (line.length >= 32) registerSecret(line)
}

function keysIn(
  value: unknown,
  name: 'key' | 'public_key',
): { readonly path: (string | number)[]; readonly key: string }[] {
  const streams = isMapping(value) && isMapping(value.streams) ? Object.entries(value.streams) : []
  return streams.flatMap(([stream, settings]) => {
    const mappers: unknown = isMapping(settings) ? settings.mappers : undefined
    if (!Array.isArray(mappers)) return []
    return mappers.flatMap((mapper: unknown, i) => {
      const key = isMapping(mapper) ? mapper[name] : undefined
      return typeof key === 'string' ? [{ path: ['streams', stream, 'mappers', i, name], key }] : []
    })
  })
}
