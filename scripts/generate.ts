// `npm run generate`: files that are made from the code.
import { writeFileSync } from 'node:fs'
import { cliReference } from '../test/support/cli-reference.js'
import { errorReference } from '../test/support/error-reference.js'

for (const [name, text] of [
  ['errors.md', errorReference()],
  ['cli.md', cliReference()],
] as const) {
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), text)
  console.log(`docs/${name} written`)
}
