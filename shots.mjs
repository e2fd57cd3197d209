import { chromium } from 'playwright-core'
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox','--disable-gpu'] })
for (const scheme of ['light','dark']) {
  const p = await b.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: scheme })
  const url = 'http://localhost:3977'
  await p.goto(url + '/settings?tab=secrets'); await p.getByText('OLD_KEY').waitFor(); await p.screenshot({ path: `/tmp/secshot/tab-${scheme}.png` })
  await p.getByRole('button', { name: 'New secret' }).click(); await p.waitForTimeout(500); await p.screenshot({ path: `/tmp/secshot/new-${scheme}.png` })
  await p.goto(url + '/connections'); await p.getByText('waits for a secret').waitFor(); await p.waitForTimeout(300); await p.screenshot({ path: `/tmp/secshot/conns-${scheme}.png` })
  await p.goto(url + '/connections/crm'); await p.getByText('waits for a secret').waitFor(); await p.waitForTimeout(300); await p.screenshot({ path: `/tmp/secshot/crm-${scheme}.png` })
  await p.close()
}
await b.close()
