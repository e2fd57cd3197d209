// `npm run generate`: files that are made from the code.
import { writeFileSync } from 'node:fs'
import { cliReference } from '../test/support/cli-reference.js'
import { errorReference } from '../test/support/error-reference.js'
import { systemdUnits } from '../test/support/systemd-units.js'

for (const [path, text] of [
  ['docs/errors.md', errorReference()],
  ['docs/cli.md', cliReference()],
  ...[...systemdUnits()].map(([name, text]) => [`deploy/systemd/${name}`, text] as const),
] as const) {
  writeFileSync(new URL(`../${path}`, import.meta.url), text)
  console.log(`${path} written`)
}
