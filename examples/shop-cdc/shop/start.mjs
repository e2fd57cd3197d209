// The whole example: a PostgreSQL with a shop in it that never sleeps, and Millrace beside it. Arguments go to `millrace up`.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepare } from '../../../scripts/prepare.mjs'
import { endSignal, runUp } from '../../../scripts/run-up.mjs'

const signal = endSignal()
await prepare(signal)
// What it needs was not there before.
const { openShop } = await import('./open-shop.mjs')

const project = dirname(dirname(fileURLToPath(import.meta.url)))
const perSecond = Number(process.env.SHOP_RATE ?? 20)
let shop
try {
  console.log('Opening the shop …')
  shop = await openShop({ folder: join(project, '.shop'), perSecond })
  console.log(`The shop is open: about ${perSecond} transactions a second (SHOP_RATE).`)
  const args = ['--project-dir', project, ...process.argv.slice(2)]
  const env = { ...process.env, SHOP_PORT: shop.port, SHOP_PASSWORD: shop.password }
  process.exitCode = await runUp({ args, env, signal: AbortSignal.any([signal, shop.failed]) })
} catch (error) {
  // Ctrl-C in the terminal reaches what is being set up as well.
  if (!signal.aborted)
    console.error(`The shop cannot be opened: ${[error.message, error.hint].filter(Boolean).join(' ')}`)
  process.exitCode = signal.aborted ? 130 : 2
} finally {
  const transactions = await shop?.close()
  if (shop) console.log(`The shop is closed after ${transactions} transactions.`)
}
process.exit()
