import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { patienceMs } from '../../support/killed-syncs.js'
import { type SourceFiles, sourceFiles } from '../../support/source-files.js'

/** A Python that has airbyte-cdk. */
const python = process.env.MILLRACE_AIRBYTE_PYTHON ?? ''
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

interface Understood {
  readonly version: string
  readonly catalog: { readonly streams: readonly object[] }
  readonly state: readonly object[]
}

function understood({ catalog, state }: SourceFiles): Understood {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-models-'))
  try {
    writeFileSync(join(folder, 'catalog.json'), catalog)
    if (state !== null) writeFileSync(join(folder, 'state.json'), state)
    return JSON.parse(
      execFileSync(python, [path('models.py')], { input: JSON.stringify({ folder }) })
        .toString()
        .replaceAll('NaN', '"NaN"'),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

it.skipIf(python === '')(
  "Airbyte's own models take the files that sources are given, and hold all of them",
  async () => {
    const files = await sourceFiles()
    const all = files.map(understood)
    for (const [i, { catalog, state }] of files.entries()) {
      expect(all[i]?.catalog).toMatchObject(JSON.parse(catalog))
      expect(all[i]?.state).toMatchObject(JSON.parse((state ?? '[]').replaceAll('NaN', '"NaN"')))
    }
    const golden = { models: `airbyte-cdk ${all[0]?.version}`, files }
    writeFileSync(path('../../golden/airbyte-source/files.json'), `${JSON.stringify(golden, null, 2)}\n`)
  },
  patienceMs,
)
