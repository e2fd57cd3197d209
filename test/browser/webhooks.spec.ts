import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deliveryAnswerSchema } from '../../src/server/contract/index.js'
import { executablePath } from './open-browser.js'
import { openPages, type Pages } from './open-pages.js'

const secret = 'the secret of the shop'
const files = {
  'orchestration/definitions.ts': `import { asset, defineProject, sensor, webhook, z } from 'millrace'

export default defineProject(
  asset('raw/orders', { run: ({ log, tags }) => log('order ' + tags.order) }),
  sensor('orders_arrived', webhook({
    target: 'raw/orders',
    secret: 'MILLRACE_TEST_SHOP_SECRET',
    payload: z.object({ action: z.string(), order: z.object({ id: z.number() }) }),
    description: 'The shop tells of each order',
    evaluate: ({ payload, deliveryId }) =>
      payload.action === 'paid'
        ? { runs: [{ key: deliveryId, tags: { order: String(payload.order.id) } }] }
        : { skip: 'only paid orders count' },
  })),
  sensor('without', webhook({ target: 'raw/orders', secret: 'MILLRACE_TEST_NO_SUCH_SECRET' })),
)
`,
}

describe.skipIf(executablePath === undefined)('webhooks', { timeout: 60_000 }, () => {
  let pages: Pages
  beforeAll(async () => {
    process.env.MILLRACE_TEST_SHOP_SECRET = secret
    pages = await openPages(files)
  }, 60_000)
  afterAll(async () => {
    delete process.env.MILLRACE_TEST_SHOP_SECRET
    await pages?.close()
  })
  const send = async (payload: unknown, id: string) => {
    const body = JSON.stringify(payload)
    const signature = createHmac('sha256', secret).update(body).digest('hex')
    const response = await fetch(`${pages.up.url}/api/hooks/orders_arrived`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-hub-signature-256': `sha256=${signature}`,
        'x-github-delivery': id,
      },
    })
    expect(response.status).toBe(202)
    return deliveryAnswerSchema.parse(await response.json())
  }

  it('have an address to copy, and say what keeps them from working', async () => {
    const { page } = pages
    await pages.open('/automation')
    const card = page.getByRole('article', { name: 'orders_arrived' })
    await card.getByText(`POST ${pages.up.url}/api/hooks/orders_arrived`).waitFor()
    await card.getByRole('button', { name: 'Copy the address' }).waitFor()
    expect(await card.getByRole('alert').count()).toBe(0)
    await page
      .getByRole('article', { name: 'without' })
      .getByText('the server has no environment variable MILLRACE_TEST_NO_SUCH_SECRET')
      .waitFor()
  })

  it('show what came of each delivery, as user code says', async () => {
    const { page } = pages
    const paid = await send({ action: 'paid', order: { id: 17 } }, 'd1')
    expect(paid).toMatchObject({ status: 'requested', runIds: [expect.any(String)] })
    expect(await send({ action: 'opened', order: { id: 17 } }, 'd2')).toMatchObject({ status: 'skipped' })
    expect(await send({ action: 'paid' }, 'd3')).toMatchObject({ status: 'failed' })
    expect(await send({ action: 'paid', order: { id: 17 } }, 'd1')).toEqual({ ...paid, isRepeated: true })
    const card = page.getByRole('article', { name: 'orders_arrived' })
    await card.getByText('only paid orders count').waitFor()
    await card.getByText('A delivery of orders_arrived has another shape than its schema: order').waitFor()
    await card.getByText('delivery d1').waitFor()
    await page.setViewportSize({ width: 390, height: 844 })
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true)
    expect(pages.problems).toEqual([])
  })
})
