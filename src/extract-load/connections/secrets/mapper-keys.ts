import { isMapping, registerSecret } from '../../../base/index.js'
import type { ConfiguredStream, Mapper } from '../../contract.js'
import { extractLoadErrors } from '../../errors.js'
import { readPublicKey } from '../../fields/encryption.js'
import type { ConnectionDocument } from '../document/connection-document.js'
import { freeName, isFree, isReference } from './secret-references.js'
import type { Variables } from './variables.js'

/**
 * Remembers the keys of mappers as secrets, and refuses those that stand in the file.
 * @param filled the value of the document, with that of its variables
 * @throws CONNECTION_INVALID
 */
export function registerMapperKeys(document: ConnectionDocument, filled: unknown): void {
  for (const { key } of keysIn(filled, 'key')) registerSecret(key)
  // Who took the private key for the public one does not want to see it in the error.
  for (const { key } of keysIn(filled, 'public_key')) if (!readPublicKey(key)) registerLines(key)
  for (const { path, key } of keysIn(document.value, 'key')) {
    if (isReference(key)) continue
    registerSecret(key)
    throw extractLoadErrors.create('CONNECTION_INVALID', {
      message: `\`${path.join('.')}\` is no name of a variable: a key stands in no file.`,
      ...document.show(path),
      hint: "Write the name of a variable or secret that holds it: `key: '${CUSTOMERS_KEY}'`.",
    })
  }
}

/**
 * Takes the keys of mappers out of streams. One that is a reference already stays; every other one gets a variable, called after the
 * connection, the stream and the field: `SHOP_CUSTOMERS_PHONE_KEY`. The same key has one variable.
 * @param values is given the keys, by their variables
 */
export function referenceMapperKeys(
  connection: string,
  streams: readonly ConfiguredStream[],
  variables: Variables,
  values: Map<string, string>,
): readonly ConfiguredStream[] {
  const names = new Map<string, string>()
  const variableOf = (stream: string, field: string, key: string) => {
    const known = names.get(key) ?? freeName(connection, [stream, field, 'key'], isFree(key, variables, values))
    names.set(key, known)
    values.set(known, key)
    return known
  }
  return streams.map((stream) => {
    if (!stream.mappers?.some(({ type }) => type === 'encryption')) return stream
    const mappers = stream.mappers.map((mapper): Mapper => {
      // A public key is no secret; and what is no key at all is refused where the file is read.
      if (mapper.type !== 'encryption' || mapper.algorithm === 'RSA') return mapper
      if (typeof mapper.key !== 'string' || mapper.key === '' || isReference(mapper.key)) return mapper
      return { ...mapper, key: `\${${variableOf(stream.name, mapper.field, mapper.key)}}` }
    })
    return { ...stream, mappers }
  })
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
