import { accessErrors } from '../../src/access/index.js'
import { baseErrors, type ErrorDefinition } from '../../src/base/index.js'
import { cliErrors } from '../../src/cli/errors.js'
import { extractLoadErrors } from '../../src/extract-load/index.js'
import { jinjaErrors } from '../../src/jinja/index.js'
import { metastoreErrors } from '../../src/metastore/index.js'
import { orchestrateErrors } from '../../src/orchestrate/index.js'
import { platformErrors } from '../../src/platform/index.js'
import { serverErrors } from '../../src/server/index.js'
import { transformErrors } from '../../src/transform/index.js'
import { warehouseErrors } from '../../src/warehouse/index.js'

const catalogues: readonly (readonly [string, { readonly definitions: Readonly<Record<string, ErrorDefinition>> }])[] =
  [
    ['base', baseErrors],
    ['jinja', jinjaErrors],
    ['warehouse', warehouseErrors],
    ['extract-load', extractLoadErrors],
    ['transform', transformErrors],
    ['orchestrate', orchestrateErrors],
    ['access', accessErrors],
    ['metastore', metastoreErrors],
    ['platform', platformErrors],
    ['server', serverErrors],
    ['cli', cliErrors],
  ]

/** docs/errors.md, made from the catalogues. */
export function errorReference(): string {
  const sections = catalogues.map(([folder, { definitions }]) => {
    const rows = Object.entries(definitions).map(
      ([code, { kind, retryable, summary }]) => `| \`${code}\` | ${kind} | ${retryable ? 'yes' : 'no'} | ${summary} |`,
    )
    return [`## ${folder}`, '', '| Code | Who acts | Retry helps | When |', '|---|---|---|---|', ...rows].join('\n')
  })
  return `# Error codes\n\nCodes are permanent: scripts may rely on them. Made by \`npm run generate\`.\n\n${sections.join('\n\n')}\n`
}
