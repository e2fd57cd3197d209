import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeFolder } from '../../base/index.js'

/** A project that builds as it is: two models, their descriptions and tests, and the usual folders. By path. */
const filesOf = (name: string, profile: string): Readonly<Record<string, string>> => ({
  'dbt_project.yml': `# Names of projects are letters, digits and underscores.
name: '${name}'
version: '1.0.0'

# Which profile of profiles.yml says where the tables go.
profile: '${profile}'

model-paths: ["models"]
analysis-paths: ["analyses"]
test-paths: ["tests"]
seed-paths: ["seeds"]
macro-paths: ["macros"]
snapshot-paths: ["snapshots"]

# What \`dbt clean\` removes.
clean-targets:
  - "target"
  - "dbt_packages"

# The models of a folder share what stands here; a model's own config() counts more.
models:
  ${name}:
    example:
      +materialized: view
`,
  '.gitignore': 'target/\ndbt_packages/\nlogs/\n',
  'README.md': `# ${name}

    dbt build                           # everything: seeds, models, snapshots, tests
    dbt build --select my_first_model+  # one model, and what reads it
    dbt show --select my_second_model   # its first rows
    dbt docs generate                   # what the project is made of, below target/
`,
  'models/example/my_first_model.sql': `{{ config(materialized='table') }}

with source_data as (
    select 1 as id, 'open' as status
    union all
    select 2 as id, 'closed' as status
)

select id, status
from source_data
`,
  'models/example/my_second_model.sql': `-- ref() names another model: it is built first, and found in whichever schema it went to.
select id
from {{ ref('my_first_model') }}
where status = 'open'
`,
  'models/example/schema.yml': `version: 2

models:
  - name: my_first_model
    description: "A model to begin with"
    columns:
      - name: id
        description: "The primary key of this table"
        data_tests:
          - unique
          - not_null
      - name: status
        data_tests:
          - accepted_values:
              arguments:
                values: ['open', 'closed']

  - name: my_second_model
    description: "What of it is open"
    columns:
      - name: id
        data_tests:
          - unique
          - not_null
`,
  ...Object.fromEntries(['analyses', 'macros', 'seeds', 'snapshots', 'tests'].map((dir) => [`${dir}/.gitkeep`, ''])),
})

/** Writes the starter project into a new folder. */
export function writeStarterProject(dir: string, name: string, profile: string): void {
  for (const [path, text] of Object.entries(filesOf(name, profile))) {
    makeFolder(dirname(join(dir, path)))
    writeFileSync(join(dir, path), text)
  }
}
