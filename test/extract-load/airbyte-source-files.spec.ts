import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { patienceMs } from '../support/killed-syncs.js'
import { sourceFiles } from '../support/source-files.js'

const golden = JSON.parse(readFileSync(new URL('../golden/airbyte-source/files.json', import.meta.url), 'utf8'))

it(
  "catalogs and states that sources are given are the ones that Airbyte's own models took",
  async () => {
    // Other ones are to be taken by them first: test/conformance/airbyte-source records them.
    expect(await sourceFiles()).toEqual(golden.files)
  },
  patienceMs,
)
