/** The texts of a new project that do not come from the example. */

export interface PackageJson {
  readonly version?: string
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** Files of every new project. npm does not pack a .gitignore, so it cannot come from a template folder. */
export function commonFiles(name: string, { isExample }: { isExample: boolean }): Map<string, string> {
  const ignored = ['.millrace/', 'node_modules/', 'target/', 'logs/', 'dbt_packages/', '.env']
  return new Map([
    ['.gitignore', `${[...ignored, ...(isExample ? ['reports/'] : [])].join('\n')}\n`],
    ['tsconfig.json', `${JSON.stringify(tsconfig, null, 2)}\n`],
    [
      'README.md',
      readme(name) +
        (isExample ? '\nIt starts as the flights example: [FLIGHTS.md](FLIGHTS.md) tells what to try.\n' : ''),
    ],
  ])
}

const tsconfig = {
  compilerOptions: {
    target: 'es2023',
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['orchestration/**/*.ts'],
}

const readme = (name: string) => `# ${name}

A Millrace project: data is loaded, transformed and tested, and one asset graph runs all of it.

    npm install                       # once
    npx millrace up                   # everything, with the UI on http://localhost:3000 or the next free port
    npx millrace materialize '*'      # bring every asset up to date and return
    npx millrace --help               # what else there is
    npx millrace types                # tell TypeScript which streams, models and columns there are; \`up\` does it, too
    npx tsc --noEmit                  # check orchestration/: types, and the names of streams, models and columns

| Path | Holds |
|---|---|
| \`millrace.yaml\` | the project's settings; \`\${NAME}\` takes an environment variable, so no secret stands in it |
| \`extract_load/\` | one YAML file per connection: where data comes from, and which streams are loaded |
| \`transformation/dbt/\` | an ordinary dbt project: models, tests, seeds, snapshots; \`profiles.yml\` names the warehouse |
| \`orchestration/\` | \`definitions.ts\`: assets, checks, schedules and sensors in TypeScript; \`millrace-types.d.ts\`: what the compiler knows, written by Millrace |
| \`.millrace/\` | what Millrace keeps for itself (warehouse file, metadata store); not for git |

\`package.json\` names where Millrace itself lies. When that is a folder or a file (\`file:…\`) and it or this project moves, write
the new place there and run \`npm install\` again.

Every setting, command and option is described in \`node_modules/millrace/docs/\`: \`project.md\`, \`connections.md\`, \`transform.md\`,
\`orchestration.md\` and others.
`

/** Versions come from this program: the compiler and types that it was built with. */
export function projectPackageJson(
  name: string,
  { millrace, program, template }: { millrace: string; program: PackageJson; template: PackageJson },
) {
  const devDependency = (dependency: string) => ({ [dependency]: program.devDependencies?.[dependency] ?? 'latest' })
  return {
    name: name.toLowerCase(),
    private: true,
    type: 'module',
    scripts: { start: 'millrace up', types: 'tsc --noEmit' },
    dependencies: { millrace, ...template.dependencies },
    devDependencies: { ...devDependency('@types/node'), ...devDependency('typescript') },
  }
}

/** What stands in an existing package.json wins, except that definitions.ts needs ES modules. */
export function mergePackageJson(ours: ReturnType<typeof projectPackageJson>, existing: PackageJson): PackageJson {
  return {
    ...ours,
    ...existing,
    type: ours.type,
    scripts: { ...ours.scripts, ...existing.scripts },
    dependencies: { ...ours.dependencies, ...existing.dependencies },
    devDependencies: { ...ours.devDependencies, ...existing.devDependencies },
  } as PackageJson
}

/** The layout of a project with nothing in it. */
export function emptyProjectFiles(name: string): Map<string, string | Buffer> {
  // Names are quoted: a folder may be called `null`.
  const dbtName = name.replaceAll('-', '_').toLowerCase()
  return new Map([
    [
      'millrace.yaml',
      `name: '${name}'
warehouse: { profile: '${dbtName}', target: dev }
dbt: transformation/dbt
extract_load: extract_load
definitions: orchestration/definitions.ts
`,
    ],
    [
      'extract_load/README.md',
      `One YAML file per connection. For a CSV file \`data/orders.csv\`, write \`orders.yaml\`:

    name: orders
    source:
      connector: file
      config:
        streams:
          - { name: orders, path: data/orders.csv }
    destination: { connector: warehouse, schema: raw }
    streams:
      orders: { sync_mode: full_refresh, destination_sync_mode: overwrite }

\`npx millrace discover orders\` shows what it finds, \`npx millrace sync orders\` loads it into \`raw.orders\`.
`,
    ],
    [
      'transformation/dbt/dbt_project.yml',
      `name: '${dbtName}'
version: '1.0'
profile: '${dbtName}'
model-paths: [models]
`,
    ],
    [
      'transformation/dbt/profiles.yml',
      `'${dbtName}':
  target: dev
  outputs:
    dev:
      type: duckdb
      path: ../../.millrace/warehouse.duckdb
`,
    ],
    [
      'transformation/dbt/models/README.md',
      "One SQL file per model. `select * from {{ source('raw', 'orders') }}` reads a loaded table, once it is declared\nas a source in a YAML file of this folder.\n",
    ],
    [
      'orchestration/definitions.ts',
      `import { defineProject } from 'millrace'

// Assets, checks, schedules and sensors are arguments:
//   const nightly = schedule('nightly', { cron: '0 5 * * *', timezone: 'UTC', target: '*' })
//   export default defineProject(nightly)
export default defineProject()
`,
    ],
  ])
}
