import { describe, expect, it } from 'vitest'
import { catalogAddress, catalogName } from './catalog-address.js'

describe('the address of a manifest of the catalog', () => {
  const env = { MILLRACE_CONNECTOR_CATALOG: 'https://copy.example.com/airbyte/' }
  it.each([
    ['airbyte:pokeapi', 'https://copy.example.com/airbyte/source-pokeapi/latest/manifest.yaml'],
    [
      'airbyte:source-google-ads@1.2.3-rc.1',
      'https://copy.example.com/airbyte/source-google-ads/1.2.3-rc.1/manifest.yaml',
    ],
    [catalogName('pokeapi', 'latest'), 'https://copy.example.com/airbyte/source-pokeapi/latest/manifest.yaml'],
    [catalogName('pokeapi', '0.3.1'), 'https://copy.example.com/airbyte/source-pokeapi/0.3.1/manifest.yaml'],
    ['airbyte:../../elsewhere', undefined],
    ['airbyte:a/b', undefined],
    ['npm:airbyte', undefined],
  ])('%s is %s', (from, address) => expect(catalogAddress(from, env)).toBe(address))

  it('is that of Airbyte where nobody has a copy', () =>
    expect(catalogAddress('airbyte:pokeapi', { MILLRACE_CONNECTOR_CATALOG: '' })).toMatch(
      /^https:.*\/source-pokeapi\/latest\/manifest\.yaml$/,
    ))
})
