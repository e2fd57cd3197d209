// Starts sync-program.mjs from its one file, with what V8 compiled of it before, as `millrace` starts. Arguments: the file, and the connection and the
// warehouse as JSON. Prints what the program tells.
import { loadProgram } from '../../dist/cli/bundled-program.js'

const [bundle, connection, target] = process.argv.slice(2)
const { syncOnce } = loadProgram(bundle, ['sync'])
console.log(JSON.stringify(await syncOnce(JSON.parse(connection), JSON.parse(target))))
