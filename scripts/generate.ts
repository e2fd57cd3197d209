// `npm run generate`: files that are made from the code.
import { writeFileSync } from 'node:fs'
import { errorReference } from '../test/support/error-reference.js'

writeFileSync(new URL('../docs/errors.md', import.meta.url), errorReference())
console.log('docs/errors.md written')
